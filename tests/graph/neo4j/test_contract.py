"""The server holds what the workspace holds, and answers as the embedded store does: on both releases."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import NamedTuple

import polars as pl
import pytest

from graph.answers import Answer
from graph.bolt.connection import check_version
from graph.casebook import Casebook
from graph.claims import Versioned, judgement_quads, nquads, resolutions
from graph.exports.claims import nameless
from graph.identity import Judgement, resolve
from graph.neo4j_store import Neo4jStore
from graph.officials import officials
from graph.questions import ask, questions
from graph.row_files import records as records_of
from graph.rows import MemoryRows, Rows
from graph.store import OxigraphStore
from ontology import tables
from tests.graph.conftest import shipped_judgements, shipped_rows
from tests.graph.neo4j.generated import generated_rows

TODAY = date(2026, 11, 23)
_ASKED = {
    "person": (
        "cases-ru/mendeleeva-olesya",
        "exchanges/sentsov-oleg",
        "exchanges/kara-murza-vladimir",
        "cases-ru/nobody",
    ),
    "court": ("cases-ru/meshchansky-dc", "exchanges/b-moscow-city-court"),
    "exchange": ("exchanges/ex-2024-08-01", "exchanges/ex-2019-09-07"),
    "thing": ("cases-ru/gorinov-1", "exchanges/sentsov-oleg"),
    "role": ("expert_witness", "presiding_judge"),
}

pytestmark = pytest.mark.neo4j


def embedded(rows: Rows, judgements: list[Judgement]) -> OxigraphStore:
    """The embedded store with the same records and judgements."""
    store = OxigraphStore()
    store.add(claims(rows))
    identity = resolve(judgements)
    judged = {(j.kind, thing) for j in judgements for thing in j.pair}
    text = resolutions((kind, thing, identity.canonical(kind, thing)) for kind, thing in judged)
    for j in judgements:
        cells = {"verdict": j.verdict, "decided_on": j.decided_on, "why": j.why, "evidence": j.evidence}
        text += judgement_quads(j.kind, j.left, j.right, cells)
    store.identify(text)
    return store


def claims(rows: Rows) -> str:
    """All records as N-Quads, made from rows."""
    return "".join(
        nquads(
            Versioned(r, row["since"])
            for row in rows.table(name).iter_rows(named=True)
            for r in records_of(name, [row])
        )
        for name in tables()
    )


class Pushed(NamedTuple):
    """The shipped data, a server that was empty before they were pushed to it, and what that push said."""

    rows: MemoryRows
    judgements: list[Judgement]
    casebook: Casebook
    store: Neo4jStore
    said: Answer


@pytest.fixture(scope="module")
def pushed(either: Neo4jStore) -> Pushed:
    rows, judgements = shipped_rows(), shipped_judgements()
    casebook = Casebook(rows, judgements, today=TODAY)
    return Pushed(rows, judgements, casebook, either, either.push(casebook, pseudonym=str))


def test_what_was_pushed_is_read_back_as_equal_rows_and_claims(pushed: Pushed) -> None:
    rows, store = nameless(pushed.casebook).rows, pushed.store  # the notes on children stay behind
    for name in tables():
        assert store.table(name).equals(rows.table(name), null_equal=True), name
        assert store.table(name).schema == rows.table(name).schema
    assert claims(store) == claims(rows)
    assert {j.pair: j for j in store.judgements()} == {j.pair: j for j in pushed.judgements}


def test_rows_are_found_by_any_column(pushed: Pushed) -> None:
    rows = nameless(pushed.casebook).rows
    for table, column, values in (
        ("roles", "person_id", ["cases-ru/mendeleeva-olesya"]),
        ("roles", "role", ["expert_witness", "secretary"]),
        ("people", "aliases", ["Olesya Mendeleeva"]),
        ("people", "sources", ["exchanges/tass-20240801"]),
        ("cases", "record", rows.table("cases")["record"].to_list()[:3]),
        ("cases", "case_id", []),
    ):
        assert pushed.store.where(table, column, values).equals(rows.where(table, column, values)), (table, column)


def test_a_casebook_of_the_server_gives_the_same_officials(pushed: Pushed) -> None:
    there = officials(Casebook(pushed.store, pushed.store.judgements(), today=TODAY))
    assert there.rows == officials(pushed.casebook).rows


def test_pushing_again_writes_nothing(pushed: Pushed) -> None:
    assert sum(row["written"] for row in pushed.said.rows) > 9_000
    again = pushed.store.push(pushed.casebook, pseudonym=str)
    assert [row["written"] for row in again.rows] == [0] * len(again.rows)
    assert again.notes[0] == "nothing had changed"


@pytest.fixture(scope="module")
def two_stores(pushed: Pushed) -> tuple[OxigraphStore, Neo4jStore]:
    """Both stores with the shipped data."""
    return embedded(pushed.rows, pushed.judgements), pushed.store


@pytest.mark.parametrize("name", sorted(questions()))
def test_both_stores_answer_every_question_alike_about_the_shipped_data(
    name: str, two_stores: tuple[OxigraphStore, Neo4jStore]
) -> None:
    (parameter,) = questions()[name].parameters
    answers = [[ask(s, name, **{parameter.name: value}) for s in two_stores] for value in _ASKED[parameter.name]]
    for here, there in answers:
        assert there == here
    if name != "tenures_of":  # nobody's posts are in the shipped data
        assert any(here.rows for here, _ in answers)


@pytest.mark.thorough
def test_both_stores_answer_every_question_alike_about_a_generated_graph(store: Neo4jStore, tmp_path: Path) -> None:
    rows, judgements = generated_rows(tmp_path, cases=150)
    store.push(Casebook(rows, judgements, today=TODAY))
    here = embedded(rows, judgements)
    asked = 0
    for name, question in questions().items():
        (parameter,) = question.parameters
        for value in _values(rows, parameter.kind):
            answer = ask(here, name, **{parameter.name: value})
            assert ask(store, name, **{parameter.name: value}) == answer
            asked += bool(answer.rows)
    assert asked >= len(questions())


def _values(rows: MemoryRows, kind: str) -> list[str]:
    """Some things of a kind, those first that most is said of."""
    if kind.startswith("word:"):
        return ["presiding_judge"]
    table, column = {
        "person": ("roles", "person_id"), "body": ("proceedings", "body_id"), "exchange": ("exchanges", "exchange_id"),
        "thing": ("proceedings", "proceeding_id"),
    }[kind]  # fmt: skip
    counted = rows.table(table).group_by(column).len().sort("len", column, descending=True).drop_nulls()
    some = counted[column].to_list()[:2]
    if kind == "person":
        for other in ("cases", "sanctions", "classifications", "recognitions", "tenures", "exchange_participants"):
            some += rows.table(other)["person_id"].drop_nulls().sort().to_list()[:1]
    return some


def test_versions_before_the_long_term_one_are_refused() -> None:
    from graph.bolt.connection import Target
    from graph.errors import StoreError

    check_version(Target("bolt://host"), "Neo4j/5.26.30")
    check_version(Target("bolt://host"), "Neo4j/2026.08.1")
    for agent in ("Neo4j/5.25.1", "Neo4j/4.4.0", "Memgraph/2.0", "Neo4j/"):
        with pytest.raises(StoreError, match=r"too old; repgraph needs Neo4j 5\.26 or newer"):
            check_version(Target("bolt://host"), agent)


def test_every_frame_has_text_that_a_server_can_hold() -> None:
    # what Neo4j cannot keep apart: it knows no empty list in a missing property, so a frame has no null list
    rows = shipped_rows()
    for name in tables():
        frame = rows.table(name)
        lists = [c for c, kind in frame.schema.items() if kind == pl.List(pl.String)]
        assert not any(frame[c].null_count() for c in lists)
