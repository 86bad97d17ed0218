"""Claims from outside: what repgraph wrote comes back whole, and nothing else gets in."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pyoxigraph as ox
import pytest

from graph.claims import Versioned, nquads
from graph.errors import BadData, Problem
from graph.judging import judge
from graph.leaving import claims as export
from graph.reading import Original
from graph.records import Cell, Record
from graph.workspace import Workspace
from loaders import claims
from loaders.loading import load_paths
from tests.graph.tiny import changed, content, live, problems, take, tiny

SAMPLE = Path(__file__).parent / "sample.nq"


def _read(path: Path, dataset: str = "invented") -> tuple[list[Record], list[Problem]]:
    found: list[Problem] = []
    return list(claims.read([Original(path.name, path, "")], dataset, found)), found


def _said(tmp_path: Path, change: Callable[[str], str]) -> list[str]:
    """The faults of the sample after a change of its text."""
    text = SAMPLE.read_text(encoding="utf-8")
    assert change(text) != text
    (tmp_path / "changed.nq").write_text(change(text), encoding="utf-8")
    return [p.remedy for p in _read(tmp_path / "changed.nq")[1]]


@pytest.mark.parametrize("ending", ["trig", "nq"])
def test_what_was_exported_loads_as_the_same_records_and_answers(tmp_path: Path, ending: str) -> None:
    first, second = Workspace.create(tmp_path / "first"), tmp_path / "second"
    take(first, tmp_path / "in", changed(tiny(), "cases", 0, title='Quotes " and \\ and\ttabs', status="disputed"))
    take(first, tmp_path / "in", tiny(), name="other")
    judge(first, "tiny/p1", "other/p1", "same", why="one person", by="anna secret")
    export(first, tmp_path / f"all.{ending}", profile="internal")

    answer = load_paths(second, [tmp_path / f"all.{ending}"])

    there = Workspace.open(second)
    assert answer.parameters == {"datasets": ["other", "tiny"]}
    assert live(there) == live(first)
    assert there.data_hash == first.data_hash
    assert [(j.left, j.right, j.verdict, j.why, j.by) for j in there.judgements()] == [
        ("tiny/p1", "other/p1", "same", "one person", None)
    ]
    assert _answers(there) == _answers(first)
    assert problems(there) == []
    assert load_paths(second, [tmp_path / f"all.{ending}"]).rows == []
    assert len(there.lines()) == 4


def _answers(workspace: Workspace) -> list[str]:
    """The answers without where the records came from."""
    apart = ('"load":', '"file":', '"row":', '"locator":')
    return [line for line in content(workspace).splitlines() if not line.strip().startswith(apart)]


def test_a_file_of_one_dataset_may_be_loaded_under_another_name(tmp_path: Path) -> None:
    load_paths(tmp_path / "w", [SAMPLE], dataset="elsewhere")

    workspace = Workspace.open(tmp_path / "w")
    assert workspace.rows().table("cases")["thing"].to_list() == ["elsewhere/c1"]
    assert problems(workspace) == []


def test_a_file_of_several_datasets_keeps_their_names(tmp_path: Path) -> None:
    text = SAMPLE.read_text(encoding="utf-8")
    more = nquads(
        [Versioned(Record("other", "sources", {"source_id": "s", "url": "https://a.example"}, "0" * 64, 2), 2)]
    )
    (tmp_path / "two.nq").write_text(text + more, encoding="utf-8")

    with pytest.raises(
        BadData, match="holds the datasets invented, other, which keep their names; load it without --dataset"
    ):
        load_paths(tmp_path / "w", [tmp_path / "two.nq"], dataset="mine")


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda t: t.replace("Pyotr", "Boris"), "has a version that does not fit what it says"),
        (lambda t: t.replace("<https://w3id.org/repgraph/vocab/record_status/disputed>", "<https://w3id.org/repgraph/vocab/record_status/accepted>"), "has a version"),
        (lambda t: t + t.splitlines()[0].replace("ns#Source", "ns#Saint") + "\n", "is nothing that a column of its table says"),
        (lambda t: t.replace("/ns#arrest", "/ns#arrested").replace("ns#birthYear", "ns#bornIn"), "has a version"),
        (lambda t: t.replace('ns#dataset> "invented"', 'ns#dataset> "stolen"'), "is not the IRI of what dataset, table and key name"),
        (lambda t: t.replace('ns#table> "people"', 'ns#table> "poeple"'), "is not a table of repgraph"),
        (lambda t: "\n".join(x for x in t.splitlines() if "ns#version" not in x) + "\n", "should stand there once"),
        (lambda t: "\n".join(x for x in t.splitlines() if "provenance>" not in x) + "\n", "has no provenance that can be read"),
        (lambda t: t + "<x:a> <x:b> <x:c> .\n", "is a statement without a graph"),
        (lambda t: t + "<x:a> <x:b> <x:c> <x:d> .\n", "is a graph that repgraph does not write"),
        (lambda t: t + "_:a <x:b> <x:c> <https://w3id.org/repgraph/ns#provenance> .\n", "is a statement without a graph or about a nameless thing"),
        (lambda t: t + "<x:a> <x:b> <x:c> <https://w3id.org/repgraph/ns#identity> .\n", "is no judgement and follows from none"),
        (lambda t: t + "<x:a> <x:b> <x:c> <https://w3id.org/repgraph/ns#vocabulary> .\n", "is no label of a word"),
        (lambda t: t[:-40], "cannot be read as claims"),
        (lambda t: t.replace("record/", "record/0", 1), "has no provenance that can be read"),
    ],
)  # fmt: skip
def test_what_repgraph_does_not_write_is_refused(tmp_path: Path, change: Callable[[str], str], said: str) -> None:
    found = _said(tmp_path, change)

    assert any(said in remedy for remedy in found), found


def _record(table: str, **cells: str | int | tuple[str, ...]) -> str:
    rows: list[tuple[str, dict[str, Cell]]] = [
        ("sources", {"source_id": "s1", "url": "https://a.example"}),
        (table, {**cells, "source_ids": ("s1",)}),
    ]
    return nquads(Versioned(Record("invented", t, dict(c), "0" * 64, 2), 2) for t, c in rows)


@pytest.mark.parametrize(
    ("table", "cells", "said"),
    [
        ("people", {"person_id": "p\u202e1", "name": "X"}, "invisible character"),
        ("people", {"person_id": "p1", "name": "X\x07"}, "control character U\\+0007"),
        ("people", {"person_id": "p1", "name": " X"}, "is not written as a table's cell is read"),
        ("people", {"person_id": "p1", "sex": "x"}, "is not in ontology/vocab/sex.csv"),
        ("people", {"person_id": "p1", "birth_date": "2022-02-30"}, "does not exist"),
        ("people", {"person_id": "k1", "name": "A Child", "category": "minor_family_member"}, "names a child; take it out"),
        ("people", {"person_id": "k1", "name": "A Child", "birth_year": 2020}, "names a child; take it out"),
        ("cases", {"case_id": "c1"}, "is blank; the record cannot stand without it"),
        ("cases", {"case_id": "c1", "person_id": "s1", "articles": ("nonsense",)}, "cannot be read|article|grammar"),
        ("sources", {"source_id": "s2", "url": "javascript:alert(1)"}, "is not an address"),
        ("sources", {"source_id": "s2", "url": "https://a.example", "file": "../../etc/passwd"}, "leaves the folder"),
    ],
)  # fmt: skip
def test_a_cell_is_read_as_if_it_stood_in_a_table(tmp_path: Path, table: str, cells: dict[str, str], said: str) -> None:
    import re

    if table == "sources":
        rows = [("sources", cells)]
        text = nquads(Versioned(Record("invented", t, dict(c), "0" * 64, 2), 2) for t, c in rows)
    else:
        text = _record(table, **cells)
    (tmp_path / "hostile.nq").write_text(text, encoding="utf-8")

    found = _read(tmp_path / "hostile.nq")[1]

    assert any(re.search(said, p.remedy) for p in found), found
    assert all("A Child" not in str(p) for p in found)


def test_a_reference_to_another_dataset_is_refused(tmp_path: Path) -> None:
    other = nquads([Versioned(Record("other", "people", {"person_id": "p1"}, "0" * 64, 2), 2)])
    iri = next(line.split(" ")[0] for line in other.splitlines())

    def to_other(text: str) -> str:
        lines = [line for line in text.splitlines() if "ns#defendant" not in line]
        old = next(line for line in text.splitlines() if "ns#defendant" in line)
        return "\n".join([*lines, old.replace(old.split(" ")[2], iri), other])

    assert any(
        "cannot be read" in r or "does not fit" in r or "no column" in r or "column of its table" in r
        for r in _said(tmp_path, to_other)
    )


def test_a_file_too_large_is_refused_before_it_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(claims, "LARGEST", 100)

    assert "is larger than" in _read(SAMPLE)[1][0].remedy


def test_more_statements_than_are_read_are_refused() -> None:
    from graph.claim_reading import read_claims

    quads = ox.parse(path=str(SAMPLE), format=ox.RdfFormat.N_QUADS)

    assert "has more than 5 statements" in read_claims(quads, file="", most=5).faults[0].what


@pytest.mark.parametrize("ending", ["trig", "nq"])
def test_a_purge_takes_a_record_out_of_the_file(tmp_path: Path, ending: str) -> None:
    from graph.purging import purge
    from loaders import known_loaders
    from tests.graph.tiny import record

    first = Workspace.create(tmp_path / "first")
    take(first, tmp_path / "in", changed(tiny(), "roles", 3, note="a canary in here"))
    export(first, tmp_path / f"all.{ending}", profile="internal")
    load_paths(tmp_path / "second", [tmp_path / f"all.{ending}"])
    second = Workspace.open(tmp_path / "second")
    gone = record(second, "roles", "v3|c3|j2|judge")

    purge(second, gone, known_loaders(), why="at risk")

    assert all(b"canary" not in p.read_bytes() for p in second.path.rglob("*") if p.is_file())
    assert gone not in {r for r, _ in live(second)}
    assert len(live(second)) == len(live(first)) - 1
    assert problems(second) == []


def test_only_files_of_claims_are_taken(tmp_path: Path) -> None:
    (tmp_path / "some.zip").write_bytes(b"PK")
    (tmp_path / "notes.txt").write_text("mine")

    assert [claims.files(p) for p in (tmp_path, tmp_path / "some.zip", tmp_path / "notes.txt")] == [[], [], []]
    assert claims.files(SAMPLE) == [SAMPLE]
