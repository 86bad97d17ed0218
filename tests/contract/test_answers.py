"""The commands on worlds nobody has seen give what the oracle works out, to the last count.

One world is of every run, the others are thorough; `REPGRAPH_CONTRACT_SEEDS=200` with `--thorough` plays more of them.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable, Mapping
from typing import Any

import pytest

from graph.dates import first_day
from tests.contract.conftest import Command, Json, Played
from tests.contract.oracle import FACTS, OFFICIAL, Oracle, Row
from tests.thorough import more

SEEDS = range(int(os.environ.get("REPGRAPH_CONTRACT_SEEDS", "2")))
Play = Callable[[int], Played]

pytestmark = pytest.mark.parametrize("seed", [*SEEDS[:1], *more(*SEEDS[1:])])


class Unresolved(Command):
    """The command asked without judgements."""

    def ask(self, *arguments: str) -> Json:
        return super().ask(arguments[0], "--unresolved", *arguments[1:])


def oracle_of(world: Played, *, resolved: bool = True) -> Oracle:
    return Oracle(world.folders, world.judgements, resolved=resolved)


def ids(cards: list[Row], key: str = "id") -> list[str]:
    return [card[key] for card in cards]


def line(row: Mapping[str, Any]) -> tuple[Any, ...]:
    """A row of `who` or `case` as something to count."""
    plain = (
        "person", "role", "basis", "proceeding", "case", "matter", "court", "institution", "stage", "date", "outcome",
        "effect", "sentence_months",
    )  # fmt: skip
    sources = row["sources"] if not row["sources"] or isinstance(row["sources"][0], str) else ids(row["sources"])
    accused = row["defendants"]
    accused = accused if not accused or isinstance(accused[0], str) else ids(accused, "person")
    return (*(row[c] for c in plain), tuple(sources), tuple(accused))


def assert_lines(answer: Json, expected: list[Row]) -> None:
    got, want = Counter(map(line, answer["rows"])), Counter(map(line, expected))
    assert not (got - want), "told, not so"
    assert not (want - got), "so, not told"
    days = [row["date"] and first_day(row["date"]) for row in answer["rows"]]
    known = [d for d in days if d]
    assert known == sorted(known), "in order of time"
    assert days == [*known, *[None] * (len(days) - len(known))], "undated last"


def test_who_gives_every_involvement_of_a_person_by_each_of_the_ids(play_or: tuple[Played, Oracle]) -> None:
    world, oracle = play_or
    for person in sorted(oracle.people):
        answer = world.command.ask("who", person)
        assert_lines(answer, oracle.who(person))
        for row in answer["rows"]:
            assert row["records"] == oracle.ids("person", person)
            assert_named(row["name"], oracle.people[person])
        for other in oracle.ids("person", person):
            if other != person:
                assert world.command.ask("who", other)["rows"] == answer["rows"]


def assert_named(name: Row, records: list[Row]) -> None:
    child = any(r["birth_year"] == "2015" for r in records)
    for lang, column in (("en", "name"), ("ru", "name_ru")):
        known = {r[column] for r in records} - {""}
        assert name[lang] in (known if known and not child else {None})


def test_case_gives_everybody_in_it(play_or: tuple[Played, Oracle]) -> None:
    world, oracle = play_or
    for case in sorted(oracle.cases):
        answer = world.command.ask("case", case)
        assert_lines(answer, oracle.case(case))
        for other in set(oracle.ids("case", case)) - {case}:
            assert world.command.ask("case", other)["rows"] == answer["rows"]


TALLY = ("person", "matters", "cases", "first", "last", "matter_ids", "case_ids", "records")
RANK = (*TALLY, "adverse", "favourable", "other", "source_origins")


def assert_tallies(rows: list[Row], expected: list[Row], columns: tuple[str, ...]) -> None:
    assert [{c: row[c] for c in columns} for row in rows] == [{c: row[c] for c in columns} for row in expected]
    for row, want in zip(rows, expected, strict=True):
        assert row["roles"] == [r for r in OFFICIAL if r in want["roles"]]
        assert ids(row["sources"]) == want["sources"]


def test_court_gives_its_officials(play_or: tuple[Played, Oracle]) -> None:
    world, oracle = play_or
    for body in sorted(oracle.bodies):
        answer = world.command.ask("court", body)
        rows, uncounted = oracle.court(body)
        assert_tallies(answer["rows"], rows, TALLY)
        assert answer["left_out"] == {"not_stated": uncounted}
        for other in set(oracle.ids("body", body)) - {body}:
            assert world.command.ask("court", other)["rows"] == answer["rows"]


FILTERS: list[dict[str, Any]] = [
    {},
    {"min_matters": 1},
    {"min_matters": 3},
    {"role": "presiding_judge", "min_matters": 1},
    {"role": "prosecutor", "min_matters": 1},
    {"court": "BODY", "min_matters": 1},
    {"article": "207.3", "min_matters": 1},
    {"article": "RU-CC 207.3(2)", "min_matters": 1},
    {"article": "278", "min_matters": 1},
    {"article": "RU-CC 30(1)-278", "min_matters": 1},
    {"since": "2023-06-15", "min_matters": 1},
    {"until": "2023", "min_matters": 1},
    {"since": "2023-03", "until": "2024-06", "min_matters": 1},
    {"listed_by": ("EU", "GB"), "min_matters": 1},
    {"listed_by": ("EU-2024-1485",), "min_matters": 1},
    {"not_listed_by": ("EU",), "min_matters": 1},
    {"not_listed_by": ("EU-2020-1998", "GB-GHR"), "min_matters": 1},
    {"not_listed_by": ("US",), "min_matters": 1},
    {"listed_by": ("GB",), "not_listed_by": ("EU-2024-1485",), "min_matters": 1},
]


def arguments(asked: Mapping[str, Any]) -> list[str]:
    found = []
    for name, value in asked.items():
        found += ["--" + name.replace("_", "-"), ",".join(value) if isinstance(value, tuple) else str(value)]
    return found


def test_officials_are_counted_ranked_and_filtered(play_or: tuple[Played, Oracle]) -> None:
    world, oracle = play_or
    for given in FILTERS:
        asked = {**given, **({"court": min(oracle.bodies)} if "court" in given else {})}
        answer = world.command.ask("officials", *arguments(asked))
        rows, left = oracle.officials(**asked)
        assert_tallies(answer["rows"], rows, RANK)
        for row, want in zip(answer["rows"], rows, strict=True):
            assert row["listings"] == want["listings"]
            assert want["bodies"] <= set(row["institutions"]) <= want["bodies"] | want["courts"]
            assert row["adverse"] + row["favourable"] + row["other"] == row["matters"]
        for reason in (
            "not_stated",
            "only_favourable",
            "below_min_matters",
            "listed",
            "not_looked",
            "cannot_tell",
            "delisted",
        ):
            if "listed_by" not in asked or reason in ("not_stated", "only_favourable", "below_min_matters"):
                assert answer["left_out"].get(reason, 0) == left.get(reason, 0), reason


def test_exchange_gives_both_sides_with_categories_cases_and_officials(play_or: tuple[Played, Oracle]) -> None:
    world, oracle = play_or
    for deal in sorted(f"{d}/x1" for d in world.folders):
        answer, want = world.command.ask("exchange", deal), oracle.exchange(deal)
        assert sorted(ids(answer["rows"], "person")) == sorted(want)
        for row in answer["rows"]:
            mine = want[row["person"]]
            for column in ("part", "released_by", "received_by", "case_ids", "records"):
                assert row[column] == mine[column], column
            assert row["cases"] == len(mine["case_ids"])
            assert {(o["person"], o["role"], o["case"]) for o in row["officials"]} == mine["officials"]
            assert {(c["category"], c["by"]) for c in row["categories"]} == mine["categories"]


def test_sources_give_every_record_of_a_thing_with_each_of_its_sources(play_or: tuple[Played, Oracle]) -> None:
    world, oracle = play_or
    for table, kind, groups in (
        ("people", "person", oracle.people),
        ("bodies", "body", oracle.bodies),
        ("cases", "case", oracle.cases),
        ("proceedings", "proceeding", oracle.acts),
    ):
        for thing in sorted(groups)[:: 1 if len(SEEDS) > 2 else 3]:
            answer = world.command.ask("sources", thing)
            own = [(r["thing"], r["source"]["id"]) for r in answer["rows"] if r["table"] == table]
            members = oracle.ids(kind, thing)
            column = {"people": "person_id", "bodies": "body_id", "cases": "case_id", "proceedings": "proceeding_id"}[
                table
            ]
            want = [(r[column], s) for r in oracle.rows[table] if r[column] in members for s in r["sources"]]
            # proceedings refer to cases, so a case shows them too
            assert sorted(pair for pair in own if pair[0] in members) == sorted(want)


def test_conflicts_are_the_facts_on_which_records_differ(play_or: tuple[Played, Oracle]) -> None:
    world, oracle = play_or
    answer = world.command.ask("conflicts")
    told = {(r["table"], r["thing"], r["field"]) for r in answer["rows"]}
    assert {t for t in told if t[2] in FACTS.get(t[0], ())} == oracle.conflicts()
    assert all(len(r["versions"]) > 1 for r in answer["rows"])


@pytest.fixture(params=[True, False], ids=["resolved", "unresolved"])
def play_or(request: pytest.FixtureRequest, played: Play, seed: int) -> tuple[Played, Oracle]:
    """A world with its oracle, with judgements and without."""
    world = played(seed)
    if request.param:
        return world, oracle_of(world)
    return world._replace(command=Unresolved(world.command.workspace)), oracle_of(world, resolved=False)
