"""The list of analyses, their shared options, and every one of them on the shipped data."""

from __future__ import annotations

import inspect
import json
from importlib import import_module
from typing import Any

import pytest

from benchmarks.worlds import World, casebook, quick
from graph.analysis import ANALYSES, listing
from graph.analysis.sensitivity import CHOICES, narrowed, without_origin
from graph.answers import as_csv, as_json
from graph.casebook import Casebook

J = "presiding_judge"


@pytest.mark.parametrize("name", ANALYSES)
def test_declared_options_are_those_of_the_function_with_their_defaults(name: str) -> None:
    function = getattr(import_module(f"graph.analysis.{name}"), name)
    parameters = list(inspect.signature(function).parameters.values())[1:]
    assert {p.name: p.default for p in parameters} == {o.name: o.default for o in ANALYSES[name].own}


@pytest.mark.parametrize("name", ANALYSES)
def test_every_analysis_answers_on_the_shipped_data(shipped: Casebook, name: str) -> None:
    options: dict[str, Any] = {"drops": 3} if name == "structure" else {}
    answer = ANALYSES[name].run(shipped, **options)
    body = json.loads(as_json(answer))
    assert body["question"] == name
    assert all(set(row) == set(body["columns"]) for row in body["rows"])
    assert as_csv(answer).count("\n") >= len(answer.rows)
    assert any(note.startswith("known: ") for note in answer.notes)


@pytest.mark.parametrize("name", ["recurring", "teams", "steering", "gaps", "experts", "exchanges"])
def test_every_row_comes_with_its_sources(shipped: Casebook, name: str) -> None:
    for row in ANALYSES[name].run(shipped).rows:
        if name == "steering" and row["person"] is None:
            continue  # the court as a whole
        assert row["sources"], row
        assert all(s["url"] for s in row["sources"])


def test_the_shipped_data_make_no_finding_of_chance(shipped: Casebook) -> None:
    """Too few matters of any court are known: silence is right, and the notes say that it is no innocence."""
    for name in ("recurring", "teams", "steering"):
        answer = ANALYSES[name].run(shipped)
        assert not any(row["q"] is not None and row["q"] < 0.05 for row in answer.rows)
        assert any("silence says nothing of them" in note for note in answer.notes)


def test_no_child_is_named(shipped: Casebook) -> None:
    for name in ("exchanges", "chain"):
        for row in ANALYSES[name].run(shipped).rows:
            people = {row.get("person"), row.get("defendant")} & set(shipped.children)
            assert not people or not any((row["name"] or {}).values())


def test_an_option_that_is_not_there_is_refused(shipped: Casebook) -> None:
    with pytest.raises(ValueError, match="gaps has no option 'colour'"):
        ANALYSES["gaps"].run(shipped, colour="red")


def test_leaving_out_single_sources_leaves_out_what_rests_on_one(shipped: Casebook) -> None:
    rows = narrowed(shipped, ["single-source"]).involvements
    assert 0 < rows.height < shipped.involvements.height
    assert rows["sources"].list.len().min() == 2
    by_origin = narrowed(shipped, ["single-source"], origins=True).involvements
    assert by_origin.height < rows.height  # reprints of one text are one origin


def test_narrowing_changes_nothing_in_the_casebook_itself(shipped: Casebook) -> None:
    before = shipped.involvements.height
    narrow = narrowed(shipped, CHOICES)
    assert narrow.involvements.height < before
    assert shipped.involvements.height == before
    person = shipped.involvements["person"][0]
    assert narrow.at("involvements", "person", [person]).height <= shipped.at("involvements", "person", [person]).height


def test_an_unknown_choice_is_refused(shipped: Casebook) -> None:
    with pytest.raises(ValueError, match="'rumours' is none of single-source"):
        ANALYSES["gaps"].run(shipped, without=["rumours"])


def test_a_finding_that_hangs_on_one_origin_names_it(docket: Any) -> None:
    """a's only act is told by one publisher, b's by two."""
    book = docket(
        [("2021-01-01", "c", {"a": J}), ("2021-01-02", "c", {"b": J})], roles={"a": {"src": "x"}, "b": {"src": "x|y"}}
    )
    rows = {r["person"]: r for r in ANALYSES["gaps"].run(book, sweep=True, origins=True).rows}
    assert (rows["d/a"]["hangs_on"], rows["d/a"]["falls_without"]) == (["Publisher of x"], ["single-source"])
    assert (rows["d/b"]["hangs_on"], rows["d/b"]["survives"]) == ([], list(CHOICES))
    assert without_origin(book, "Publisher of x").involvements["person"].to_list() == ["d/b"]


def test_the_list_of_analyses_has_a_question_for_each() -> None:
    rows = listing().rows
    assert [r["analysis"] for r in rows] == list(ANALYSES)
    assert all(r["question"].endswith("?") for r in rows)


@pytest.mark.parametrize("name", ANALYSES)
def test_every_analysis_answers_where_there_is_nothing(world: Any, name: str) -> None:
    empty = world({"d": {"people": [{"person_id": "a", "name": "A"}]}})
    assert ANALYSES[name].run(empty).rows == []


@pytest.mark.parametrize("name", ANALYSES)
def test_every_analysis_answers_where_nearly_nothing_is_known(docket: Any, name: str) -> None:
    """One sitting without a date, one without a court, one official in two roles."""
    book = docket(
        [("", "c", {"a": J}), ("2021", "", {"a": J, "b": "prosecutor"}), ("2021-02", "c", {"a": "prosecutor"})]
    )
    answer = ANALYSES[name].run(book, **({"drops": 2} if name == "structure" else {}))
    assert not any(row.get("q") is not None and row["q"] < 0.05 for row in answer.rows)


@pytest.mark.parametrize("name", ["recurring", "teams", "steering"])
def test_the_worlds_of_the_honesty_benchmark_are_what_case_tables_would_give(name: str) -> None:
    world = World(courts=2, coming=0.5, uneven=0.5, matters=100)
    columns = ("matters", "observed", "expected", "p", "q", "reading")
    slow, fast = (ANALYSES[name].run(make(world, 3)).rows for make in (casebook, quick))
    assert [[r[c] for c in columns] for r in slow] == [[r[c] for c in columns] for r in fast]
