"""The shapes: what conforms, what is found."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from rdflib import RDF, Dataset, Graph, Literal, Namespace, URIRef
from rdflib.namespace import XSD

from graph.claims import Versioned, judgement_quads, nquads, retracted
from graph.errors import Problem
from graph.reading import Original
from graph.records import Cell, Record
from graph.store import OxigraphStore
from graph.validation import RG, validate
from loaders.shipped import datasets
from loaders.tables import files, read
from ontology import VOCAB, tables

OUTCOME = Namespace(VOCAB + "outcome/")


def _record(table: str, /, **cells: Cell) -> Record:
    if "source_ids" in tables()[table].columns and table != "list_checks":
        cells.setdefault("source_ids", ("s1",))
    return Record("d", table, cells, "0" * 64, 2)


def _world() -> list[Record]:
    """One trial, one judge, one prisoner exchanged, one listing: all names are invented."""
    return [
        _record("sources", source_id="s1", url="https://example.org/1", lang="ru", published="2024-05"),
        _record("people", person_id="p", name="Ivan Invented", name_ru="Иван Выдуманный", birth_year=1980, sex="m"),
        _record("people", person_id="j", name="Anna Madeup", aliases=("Мэдапова А.А.",), category="official"),
        _record("bodies", body_id="c", name="Some District Court", kind="court", level="district", country="RU"),
        _record("cases", case_id="k", person_id="p", trial_id="t", articles=("RU-CC 207.3(2)(a)",), arrest_date="2023"),
        _record("proceedings", proceeding_id="v", case_id="k", stage="first_instance", body_id="c",
                decision_date="2024-05-06", outcome="convicted", sentence_months=84),
        _record("roles", proceeding_id="v", case_id="k", person_id="j", role="presiding_judge", basis="stated"),
        _record("roles", case_id="k", person_id="j", role="judge", basis="whole_case"),
        _record("sanctions", person_id="j", authority="EU", programme="EU-2024-1485", list_date="2024-05-27"),
        _record("list_checks", authority="EU", programme="EU-2024-1485", scope="official", as_of="2026-07"),
        _record("exchanges", exchange_id="x", name="An exchange", date="2024-08-01", parties=("RU", "US")),
        _record("exchange_participants", exchange_id="x", person_id="p", released_by=("RU",)),
        _record("recognitions", person_id="p", body="Somebody", status="prisoner_of_conscience"),
        _record("citations", table="people", key="p", column="birth_year", source_id="s1", page="3"),
    ]  # fmt: skip


def _graph(records: list[Record], more: str = "") -> Dataset:
    store = OxigraphStore()
    store.add(nquads(Versioned(r, 1) for r in records) + more)
    return store.graph()


def _faults(graph: Graph) -> list[tuple[str, str | None, str | None]]:
    return [(row["thing"], row["field"], row["value"]) for row in validate(graph).rows]


def test_records_as_the_loader_makes_them_conform() -> None:
    answer = validate(
        _graph(_world(), judgement_quads("person", "d/p", "e/p", {"verdict": "same", "why": "born alike"}))
    )
    assert answer.rows == []
    assert answer.notes == ["the graph conforms to the shapes"]


def test_records_that_disagree_are_no_fault() -> None:
    other = [
        _record("sources", source_id="s2", url="https://example.org/2"),
        _record("people", person_id="p", name="Ivan Invented", birth_year=1981, source_ids=("s2",)),
    ]
    assert _faults(_graph([*_world(), *other])) == []


def test_a_retracted_record_may_rest_on_a_source_that_is_gone() -> None:
    gone = _record("people", person_id="z", name="Gone", source_ids=("s9",))
    assert _faults(_graph(_world(), retracted(gone, 1, 2))) == []


@pytest.mark.parametrize(
    ("record", "fault"),
    [
        (_record("people", person_id="q", sex="male"), ("d/q", "sex", VOCAB + "sex/male")),
        (_record("people", person_id="q", citizenships=("Russia",)), ("d/q", "citizenship", "Russia")),
        (_record("people", person_id="q", birth_year="soon"), ("d/q", "birthYear", "soon")),
        (_record("people", person_id="q", category="minor_family_member", name="A Child"), ("d/q", None, None)),
        (_record("people", person_id="q", category="minor_family_member", aliases=("A",)), ("d/q", None, None)),
        (_record("cases", case_id="q", person_id="nobody"), ("d/q", "defendant", None)),
        (_record("cases", case_id="q", person_id="p", arrest_date="2023-02-30"), (None, "from", "2023-02-30")),
        (_record("cases", case_id="q", person_id="p", articles=("207.3",)), (None, "article", "207.3")),
        (_record("proceedings", proceeding_id="q", case_id="k", stage="appeal", sentence_months=-1),
         ("d/q", "sentenceMonths", "-1")),
        (_record("sources", source_id="q", url="javascript:alert(1)"), ("d/q", "url", "javascript:alert(1)")),
        (_record("sources", source_id="q", url="https://example.org/", sha256="ABC"), ("d/q", "sha256", "ABC")),
        (_record("sanctions", authority="EU"), ("d/||EU||", None, None)),
        (_record("sanctions", person_id="p", body_id="c", authority="EU"), ("d/p|c|EU||", None, None)),
        (_record("roles", proceeding_id="v", case_id="k2", person_id="j", role="judge"), ("d/v|k2|j|judge", None, None)),
    ],
)  # fmt: skip
def test_a_fault_is_found_where_it_is(record: Record, fault: tuple[str | None, str | None, str | None]) -> None:
    second = _record("cases", case_id="k2", person_id="p")
    found = _faults(_graph([*_world(), second, record]))
    thing, field, value = fault
    assert len(found) == 1
    assert thing is None or found[0][0] == thing
    assert found[0][1] == field
    assert value is None or found[0][2] == value


def test_a_record_without_a_source_is_found() -> None:
    bare = _record("people", person_id="q", source_ids=("nowhere",))
    answer = validate(_graph([*_world(), bare]))
    assert [row["message"]["en"] for row in answer.rows] == ["a record needs a source that a reader can open"]
    assert answer.rows[0]["message"]["ru"] == "записи нужен источник, который читатель может открыть"


def test_a_plain_graph_is_checked_like_a_dataset_and_stays_as_it_was() -> None:
    graph = Graph()
    thing = URIRef("https://w3id.org/repgraph/id/proceeding/d/1")
    graph.add((thing, RDF.type, RG.Proceeding))
    graph.add((thing, RG.outcome, OUTCOME.hanged))
    graph.add((thing, RG.decisionDate, Literal("2024-13-01", datatype=XSD.string)))
    before = set(graph)
    fields = {row["field"] for row in validate(graph).rows}
    assert fields == {"identifier", "inCase", "outcome", "decisionDate"}
    assert set(graph) == before


def test_a_graph_cannot_widen_the_vocabularies() -> None:
    graph = _graph([*_world(), _record("people", person_id="q", sex="other")])
    graph.add((URIRef(VOCAB + "sex/other"), RDF.type, URIRef(VOCAB + "sex"), graph.default_graph))
    assert [field for _, field, _ in _faults(graph)] == ["sex"]


def test_an_empty_graph_conforms() -> None:
    assert validate(Graph()).rows == []


def test_the_shape_of_an_article_is_the_grammar_of_articles() -> None:
    from graph.articles import parse

    shape = re.search(r'sh:path rg:article ;.*?sh:pattern "([^"]+)"', _shapes_text(), re.DOTALL)
    assert shape
    pattern = shape[1].replace("\\\\", "\\")
    for text in ("RU-CC 207.3(2)(a)", "RU-CC 30(1)-278", "DE-StGB 129a", "RU-CC 222(1.1)", "RU-CAO 20.3.3(1)"):
        assert re.search(pattern, str(parse(text)))
    for text in ("207.3", "RU-CC 207.3 (2)", "RU-CC 30(4)-278", "RU-CC 207.3(2)(в)", "RU-CC 207.3(a)"):
        assert not re.search(pattern, text)


def test_every_column_has_a_shape_that_names_its_vocabulary_or_table() -> None:
    shapes = {
        found[1]: found[0]
        for found in re.finditer(r"^:(\w+) a sh:NodeShape.*?\.\n(?=\n|\Z)", _shapes_text(), re.S | re.M)
    }
    for table in tables().values():
        for column in table.columns.values():
            if column.meta:
                continue
            through, _, last = column.property.rpartition("/")
            text = shapes[through.capitalize() if through else table.cls]
            found = re.search(rf"sh:path rg:{last} ;.*?\n    \]", text, re.DOTALL)
            assert found, f"{table.name}.{column.name} has no shape"
            if column.type == "word":
                assert f"sh:class vocab:{column.range} ;" in found[0]
            if column.type == "ref":
                assert f"sh:class rg:{tables()[column.range].cls} ;" in found[0]
            assert ("sh:minCount 1" in found[0]) >= (column.need in ("key", "required"))


def _shapes_text() -> str:
    import ontology

    return (Path(ontology.__file__).parent / "shapes.ttl").read_text(encoding="utf-8")


def test_the_shipped_data_conform() -> None:
    problems: list[Problem] = []
    found: list[Record] = []
    for folder in datasets():
        originals = [Original(p.name, p, "0" * 64) for p in files(folder)]
        found += read(originals, folder.name, problems)
    assert problems == []
    assert len(found) > 3000
    assert validate(_graph(found)).rows == []


def test_a_thing_is_named_as_people_know_it() -> None:
    record = _record("classifications", person_id="p", category="spy", by="Somebody", date="2024-13")
    assert [thing for thing, _, _ in _faults(_graph([*_world(), record]))] == ["d/p|spy|Somebody"]
