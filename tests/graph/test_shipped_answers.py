"""Facts of the shipped data, as the answers give them."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest

from graph.answers import Answer, as_csv, as_json, as_tsv
from graph.case import case
from graph.casebook import Casebook, around
from graph.conflicts import conflicts
from graph.court import court
from graph.exchange import exchange
from graph.officials import officials
from graph.sources import sources
from graph.who import who
from ontology import vocabulary
from tests.graph.conftest import TODAY, shipped_judgements, shipped_rows

Asked = Callable[[Casebook, str], Answer]
_DEAL = "exchanges/ex-2024-08-01"


def test_mikhailyuk_has_one_matter_and_two_cases(shipped: Casebook) -> None:
    rows = [r for r in officials(shipped, min_matters=1).rows if r["person"] == "cases-ru/mikhailyuk-sergei"]
    assert [(r["matters"], r["cases"], r["adverse"]) for r in rows] == [(1, 2, 1)]
    lines = who(shipped, ["exchanges/mikhailyuk-sergei"], asked="x").rows
    assert [len(line["defendants"]) for line in lines] == [2, 2]


def test_moscow_city_court_is_one_court_by_either_id(shipped: Casebook) -> None:
    answers = [
        court(shipped, [b], asked="Moscow City Court").rows
        for b in ("exchanges/b-moscow-city-court", "cases-ru/mosgorsud")
    ]
    assert answers[0] == answers[1]
    assert {person.partition("/")[0] for row in answers[0] for person in row["records"]} == {"cases-ru", "exchanges"}
    assert shipped.bodies["name_en"].to_list().count("Moscow City Court") == 1


def test_who_only_helped_defendants_ranks_nowhere(shipped: Casebook) -> None:
    answer = officials(shipped, min_matters=1)
    assert answer.left_out["only_favourable"] > 0
    assert all(row["adverse"] + row["other"] > 0 for row in answer.rows)
    assert all(row["adverse"] + row["favourable"] + row["other"] == row["matters"] for row in answer.rows)


def test_nobody_was_looked_up_in_lists_of_the_united_states(shipped: Casebook) -> None:
    answer = officials(shipped, not_listed_by=["US"])
    assert answer.rows == []
    assert answer.left_out["not_looked"] > 0
    assert any("US-STATE-VISA" in note for note in answer.notes)


def test_the_two_programmes_that_were_looked_up_give_rows(shipped: Casebook) -> None:
    rows = officials(shipped, not_listed_by=["EU-2024-1485", "EU-2020-1998"]).rows
    assert rows
    assert all(
        {s["state"] for s in row["listings"] if s["programme"] in ("EU-2024-1485", "EU-2020-1998")} == {"not_found"}
        for row in rows
    )


def test_minors_have_no_name_in_the_deal(shipped: Casebook) -> None:
    rows = {r["person"]: r for r in exchange(shipped, [_DEAL], asked="2024-08-01").rows}
    minors = [p for p in rows if "minor" in p]
    assert len(minors) == 2
    assert all(not any(rows[p]["name"].values()) for p in minors)


def test_kara_murza_was_received_by_germany_or_the_united_states(shipped: Casebook) -> None:
    rows = {r["person"]: r for r in exchange(shipped, [_DEAL], asked="2024-08-01").rows}
    (conflict,) = rows["exchanges/kara-murza-vladimir"]["conflicts"]
    assert [v["value"] for v in conflict["versions"]] == [["DE"], ["US"]]
    (row,) = conflicts(shipped, ["exchanges/kara-murza-vladimir"]).rows
    assert (row["field"], [v["value"] for v in row["versions"]]) == ("received_by", [["DE"], ["US"]])


def test_the_deal_of_august_2024_has_26_released_people(shipped: Casebook) -> None:
    rows = exchange(shipped, [_DEAL], asked="2024-08-01").rows
    assert sum(r["part"] == "released" for r in rows) == 26
    assert {"cases-ru/navalny-alexei", "exchanges/fogel-marc"} <= {
        r["person"] for r in rows if r["part"] == "mentioned"
    }


def test_every_line_has_a_source_that_can_be_opened(shipped: Casebook) -> None:
    people = shipped.people["person"].to_list()
    lines = who(shipped, people, asked="all").rows
    assert len(lines) > shipped.involvements.height
    assert all(s["url"].startswith("http") for line in lines for s in line["sources"])
    assert all(line["sources"] for line in lines)


def test_the_shipped_judgements_do_not_contradict_each_other(shipped: Casebook) -> None:
    assert shipped.identity.contradictions == ()


def test_unresolved_knows_the_judge_twice() -> None:
    book = Casebook(shipped_rows(), shipped_judgements(), resolved=False, today=TODAY)
    rows = [r for r in officials(book, min_matters=1).rows if "mikhailyuk" in r["person"]]
    assert [(r["person"], r["matters"], r["cases"]) for r in rows] == [
        ("cases-ru/mikhailyuk-sergei", 1, 2),
        ("exchanges/mikhailyuk-sergei", 1, 2),
    ]


def test_every_answer_has_its_columns_and_can_be_written(shipped: Casebook) -> None:
    for answer in _answers(shipped):
        assert answer.rows
        assert all(tuple(row) == tuple(answer.columns) or set(row) == set(answer.columns) for row in answer.rows)
        for text in (as_json(answer), as_csv(answer), as_tsv(answer)):
            assert text.endswith("\n")


def _answers(book: Casebook) -> Sequence[Answer]:
    person = "exchanges/kara-murza-vladimir"
    return [
        who(book, [person], asked="x"), case(book, ["exchanges/c-kara-murza"], asked="x"),
        court(book, ["cases-ru/mosgorsud"], asked="x"), officials(book), exchange(book, [_DEAL], asked="x"),
        sources(book, [person]), conflicts(book),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("kind", "ask", "things"),
    [
        ("person", lambda b, t: who(b, [t], asked=t),
         ["cases-ru/mikhailyuk-sergei", "exchanges/kara-murza-vladimir", "cases-ru/kostin-igor", "cases-ru/navalny-alexei"]),
        ("case", lambda b, t: case(b, [t], asked=t), ["exchanges/c-sentsov", "cases-ru/navalny-kirovles"]),
        ("body", lambda b, t: court(b, [t], asked=t), ["exchanges/b-ncdmc", "cases-ru/basmanny-dc"]),
        ("exchange", lambda b, t: exchange(b, [t], asked=t), [_DEAL, "exchanges/ex-2019-09-07"]),
        ("any", lambda b, t: sources(b, [t]), ["exchanges/kara-murza-vladimir", "cases-ru/mosgorsud", _DEAL]),
    ],
)  # fmt: skip
def test_a_casebook_around_a_thing_answers_as_the_whole_one(
    shipped: Casebook, kind: str, ask: Asked, things: Sequence[str]
) -> None:
    rows, judgements = shipped_rows(), shipped_judgements()
    for thing in things:
        part = around(rows, judgements, kind, [thing], today=TODAY)
        assert as_json(ask(part, thing)) == as_json(ask(shipped, thing))
        assert part.people.height < shipped.people.height


def test_counts_are_those_of_plain_loops_over_the_tables(shipped: Casebook) -> None:
    """Matters, cases and effects once more, by the rules of the case tables and without frames of ours."""
    rows, same = shipped_rows(), shipped.identity.canonical
    trial_of: dict[str, set[str]] = {}
    defendant: dict[str, str] = {}
    for c in rows.table("cases").to_dicts():
        one = same("case", c["case_id"])
        trial_of.setdefault(one, set()).update([c["trial_id"]] if c["trial_id"] else [])
        defendant[one] = same("person", c["person_id"])
    outcomes: dict[str, set[str | None]] = {}
    for p in rows.table("proceedings").to_dicts():
        default = vocabulary("outcome")[p["outcome"]].more["effect"]
        outcomes.setdefault(same("proceeding", p["proceeding_id"]), set()).add(p["effect"] or default)
    acts: dict[str, dict[str, list[str | None]]] = {}
    cases: dict[str, set[tuple[str, str]]] = {}
    for r in rows.table("roles").to_dicts():
        if vocabulary("role")[r["role"]].more["official"] == "yes" and r["basis"] in ("stated", "other_hearing"):
            person, one = same("person", r["person_id"]), same("case", r["case_id"])
            matter = min(trial_of[one], default=one)
            act = outcomes[same("proceeding", r["proceeding_id"])] if r["proceeding_id"] else {None}
            effect = next(iter(act)) if len(act) == 1 else None
            acts.setdefault(person, {}).setdefault(matter, []).append(effect)
            cases.setdefault(person, set()).add((defendant[one], matter))
    expected = {}
    for person, matters in acts.items():
        adverse = sum("adverse" in found for found in matters.values())
        favourable = sum("adverse" not in found and "favourable" in found for found in matters.values())
        if len(matters) > favourable:
            other = len(matters) - adverse - favourable
            expected[person] = (len(matters), len(cases[person]), adverse, favourable, other)
    columns = ("matters", "cases", "adverse", "favourable", "other")
    assert {r["person"]: tuple(r[c] for c in columns) for r in officials(shipped, min_matters=1).rows} == expected
