"""What a store must do, on the embedded one: on disk and in memory."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from graph.claims import Versioned, judgement_quads, nquads, resolutions
from graph.errors import StoreError
from graph.records import Cell, Record
from graph.rows import frame
from graph.store import Ended, OxigraphStore, clone


@pytest.fixture(params=["memory", "disk"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[OxigraphStore]:
    made = OxigraphStore() if request.param == "memory" else OxigraphStore(tmp_path / "store")
    yield made
    made.close()


def _some() -> list[Record]:
    rows: list[tuple[str, dict[str, Cell]]] = [
        ("sources", {"source_id": "s"}),
        ("people", {"person_id": "p", "name": "P", "aliases": ("A", "B"), "source_ids": ("s",)}),
        ("people", {"person_id": "q", "name": "Q", "source_ids": ("s",)}),
        ("cases", {"case_id": "c", "person_id": "p", "trial_id": "t", "source_ids": ("s",)}),
    ]
    return [Record("d", table, dict(cells), "0" * 64, n) for n, (table, cells) in enumerate(rows, 2)]


def test_a_store_gives_the_rows_of_its_records(store: OxigraphStore) -> None:
    store.apply([Versioned(r, 3) for r in _some()])

    assert store.table("people").equals(frame("people", [r for r in _some() if r.table == "people"], since=3))
    assert store.where("people", "aliases", ["B"])["person_id"].to_list() == ["d/p"]
    assert store.where("cases", "trial_id", ["d/t"])["case_id"].to_list() == ["d/c"]
    assert store.table("tenures").is_empty()


def test_dropping_a_record_removes_its_claims_and_no_others(store: OxigraphStore) -> None:
    store.apply([Versioned(r, 3) for r in _some()])
    before = set(store.lines())

    store.apply((), [Ended(_some()[2], 3, 4, "purged")])

    assert before - set(store.lines()) == set(nquads([Versioned(_some()[2], 3)]).splitlines())
    assert set(store.lines()) <= before


def test_a_retracted_record_keeps_its_provenance_and_comes_back_without_a_trace(store: OxigraphStore) -> None:
    store.apply([Versioned(r, 3) for r in _some()])
    before = set(store.lines())
    store.apply((), [Ended(_some()[2], 3, 4, "retracted")])
    assert any("retractedIn" in line for line in store.lines())

    store.apply([Versioned(_some()[2], 3)])

    assert set(store.lines()) == before


def test_a_replaced_record_stands_in_its_new_version_alone(store: OxigraphStore) -> None:
    old, new = _some()[1], Record("d", "people", {"person_id": "p", "name": "New", "source_ids": ("s",)}, "0" * 64, 9)
    store.apply([Versioned(r, 3) for r in _some()])

    store.apply([Versioned(new, 4)], [Ended(old, 3, 4, "replaced")])

    assert [(v.record.cells.get("name"), v.since) for v in store.records() if v.record.id == old.id] == [("New", 4)]


@pytest.mark.parametrize("mark", ["\n", "\r", "\u2028", "\u2029", "\x85", "\x0b", "\x0c", "\x1c"], ids=ascii)
def test_a_text_may_hold_whatever_ends_a_line_elsewhere(store: OxigraphStore, mark: str) -> None:
    old, new = (
        Record("d", "people", {"person_id": "p", "name": f"{said}{mark}end", "source_ids": ("s",)}, "0" * 64, 2)
        for said in ("One", "Other")
    )
    source = Versioned(_some()[0], 3)
    store.apply([source, Versioned(old, 3)])

    store.apply([Versioned(new, 4)], [Ended(old, 3, 4, "replaced")])

    other = OxigraphStore()
    other.apply([source, Versioned(new, 4)])
    assert store.content_hash() == other.content_hash()
    assert f"Other{mark}end" in [v.record.cells.get("name") for v in store.records()]


def test_the_order_of_records_does_not_change_the_hash_of_a_store(store: OxigraphStore) -> None:
    store.apply([Versioned(r, 3) for r in _some()])
    other = OxigraphStore()
    other.apply([Versioned(r, 3) for r in reversed(_some())])

    assert store.content_hash() == other.content_hash()
    other.apply((), [Ended(_some()[2], 3, 4, "retracted")])
    assert store.content_hash() != other.content_hash()


def test_the_identity_overlay_is_replaced_whole_and_touches_no_record(store: OxigraphStore) -> None:
    store.apply([Versioned(r, 3) for r in _some()])
    before = set(store.lines())
    same = {"verdict": "same", "decided_on": "2026", "why": "one", "evidence": None, "decided_by": None}
    store.identify(resolutions([("person", "d/q", "d/p")]) + judgement_quads("person", "d/p", "d/q", same))
    assert set(store.lines()) > before
    assert len(store.records()) == 4

    store.identify("")

    assert set(store.lines()) == before


def test_a_store_is_an_rdflib_dataset_too(store: OxigraphStore) -> None:
    store.apply([Versioned(r, 3) for r in _some()])

    found = store.graph().query(
        "SELECT ?n { ?p a <https://w3id.org/repgraph/ns#Person> ; <https://w3id.org/repgraph/ns#name> ?n }"
    )

    assert sorted(str(row[0]) for row in found) == ["P", "Q"]  # type: ignore[index]


def test_a_clone_goes_its_own_way(tmp_path: Path) -> None:
    first = OxigraphStore(tmp_path / "first")
    first.apply([Versioned(r, 3) for r in _some()])
    first.quads.flush()
    first.close()
    clone(tmp_path / "first", tmp_path / "second")
    second = OxigraphStore(tmp_path / "second")
    second.apply((), [Ended(_some()[2], 3, 4, "purged")])
    second.quads.flush()
    second.close()

    counts = [len(OxigraphStore(tmp_path / n, read_only=True).records()) for n in ("first", "second")]
    assert counts == [4, 3]


def test_a_store_that_is_damaged_sends_the_reader_to_rebuild(tmp_path: Path) -> None:
    (tmp_path / "store").mkdir()
    (tmp_path / "store" / "CURRENT").write_text("nonsense")

    with pytest.raises(StoreError, match="the store cannot be opened .*; run `repgraph rebuild`"):
        OxigraphStore(tmp_path / "store", read_only=True)
