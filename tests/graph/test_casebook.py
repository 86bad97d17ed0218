"""The joined rows of one state: agreement, matters, effects, children, origins."""

from __future__ import annotations

from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.casebook import Casebook
from graph.rows import MemoryRows
from tests.graph.conftest import TODAY, World, records, shipped_judgements, shipped_rows

PEOPLE = [{"person_id": "p", "name": "Ivan Invented"}, {"person_id": "j", "name": "Anna Judge", "category": "official"}]


def act(**more: Any) -> dict[str, Any]:
    return {"proceeding_id": "v", "case_id": "k", "stage": "first_instance", **more}


def role(**more: Any) -> dict[str, Any]:
    return {"proceeding_id": "v", "case_id": "k", "person_id": "j", "role": "judge", "basis": "stated", **more}


def tables(**more: Any) -> dict[str, Any]:
    """One case with one verdict by one judge."""
    base = {"people": PEOPLE, "cases": [{"case_id": "k", "person_id": "p"}], "proceedings": [act()], "roles": [role()]}
    return base | more


def only(frame: pl.DataFrame) -> dict[str, Any]:
    assert frame.height == 1
    return frame.row(0, named=True)


def test_a_blank_agrees_with_a_value_and_a_year_with_a_day_in_it(world: World) -> None:
    acts = [act(src="a", decision_date="2024"), act(src="b", decision_date="2024-05-06", outcome="convicted")]
    verdict = only(world({"d": tables(proceedings=acts)}).proceedings)
    assert (verdict["date"], verdict["outcome"], verdict["conflicts"]) == ("2024-05-06", "convicted", [])
    assert verdict["sources"] == ["d/a", "d/b"]


def test_facts_that_differ_leave_null_and_are_named_with_both_versions(world: World) -> None:
    acts = [act(src="a", sentence_months=84), act(src="b", sentence_months=72), act(src="c", sentence_months=84)]
    book = world({"d": tables(proceedings=acts)})
    verdict = only(book.proceedings)
    assert (verdict["sentence_months"], verdict["conflicts"]) == (None, ["sentence_months"])
    assert [(v["value"], v["sources"]) for v in book.versions("d/v", "sentence_months")] == [
        (84, ["d/a", "d/c"]),
        (72, ["d/b"]),
    ]
    assert only(book.involvements)["conflicts"] == ["sentence_months"]


def test_days_of_two_months_are_a_conflict_though_the_year_agrees(world: World) -> None:
    acts = [act(src=s, decision_date=d) for s, d in (("a", "2024"), ("b", "2024-05"), ("c", "2024-06-01"))]
    verdict = only(world({"d": tables(proceedings=acts)}).proceedings)
    assert (verdict["date"], verdict["conflicts"]) == (None, ["decision_date"])


def test_a_disputed_date_of_a_role_is_not_replaced_by_that_of_the_proceeding(world: World) -> None:
    roles = [role(src="a", date="2024-05-06"), role(src="b", date="2024-05-07")]
    row = only(world({"d": tables(proceedings=[act(decision_date="2024-05-06")], roles=roles)}).involvements)
    assert (row["date"], row["first_day"], row["conflicts"]) == (None, None, ["date"])


def test_charges_are_joined_and_a_coarser_one_agrees_with_a_finer(world: World) -> None:
    cases = [
        {"case_id": "k", "person_id": "p", "src": "a", "articles": "RU-CC 207.3"},
        {"case_id": "k", "person_id": "p", "src": "b", "articles": "RU-CC 207.3(2)(a)"},
    ]
    row = only(world({"d": tables(cases=cases)}).cases)
    assert (row["articles"], row["conflicts"]) == (["RU-CC 207.3(2)(a)"], [])
    cases.append({"case_id": "k", "person_id": "p", "src": "c", "articles": "RU-CC 275"})
    row = only(world({"d": tables(cases=cases)}).cases)
    assert (row["articles"], row["conflicts"]) == (["RU-CC 207.3(2)(a)", "RU-CC 275"], ["articles"])


def test_names_of_two_datasets_are_spellings_and_no_conflict(world: World) -> None:
    book = world(
        {
            "d": {"people": [{"person_id": "a", "name": "Oleg S"}]},
            "e": {"people": [{"person_id": "a", "name": "Oleh S"}]},
        },
        "person d/a same e/a",
    )
    row = only(book.people)
    assert (row["name_en"], row["aliases"], row["conflicts"]) == ("Oleg S", ["Oleh S"], [])
    assert (row["records"], row["datasets"]) == (["d/a", "e/a"], ["d", "e"])


def test_two_spellings_in_rows_of_one_key_are_a_conflict_and_the_first_stands(world: World) -> None:
    people = [{"person_id": "p", "name": "Ivan", "src": "a"}, {"person_id": "p", "name": "Iwan", "src": "b"}]
    row = only(world({"d": {"people": people}}).people)
    assert row["name_en"] in {"Ivan", "Iwan"}
    assert row["conflicts"] == ["name"]


def test_birth_years_that_differ_across_datasets_are_a_conflict(world: World) -> None:
    book = world(
        {n: {"people": [{"person_id": "a", "birth_year": y}]} for n, y in (("d", 1970), ("e", 1971))},
        "person d/a same e/a",
    )
    assert only(book.people)["birth_year"] is None
    assert book.conflicts.select("thing", "field").rows() == [("d/a", "birth_year")]


def test_a_matter_is_the_trial_or_the_case_itself(world: World) -> None:
    cases = [
        {"case_id": "a", "person_id": "p", "trial_id": "t"},
        {"case_id": "b", "person_id": "j", "trial_id": "t"},
        {"case_id": "c", "person_id": "p"},
    ]
    book = world({"d": {"people": PEOPLE, "cases": cases}})
    assert book.cases.select("case", "matter").rows() == [("d/a", "d/t"), ("d/b", "d/t"), ("d/c", "d/c")]


def test_one_trial_known_to_two_datasets_is_one_matter(world: World) -> None:
    one = {"people": PEOPLE, "cases": [{"case_id": c, "person_id": "p", "trial_id": "x"} for c in ("k", "l")]}
    two = {"people": PEOPLE, "cases": [{"case_id": c, "person_id": "p", "trial_id": "y"} for c in ("k", "m")]}
    book = world({"d": one, "e": two}, "case d/k same e/k")
    assert book.cases.select("case", "matter").rows() == [("d/k", "d/x"), ("d/l", "d/x"), ("e/m", "d/x")]
    assert book.cases.row(0, named=True)["trial"] == ["d/x", "e/y"]


def test_records_that_name_two_trials_of_a_case_join_them_and_say_so(world: World) -> None:
    cases = [
        {"case_id": "k", "person_id": "p", "trial_id": "t", "src": "a"},
        {"case_id": "k", "person_id": "p", "trial_id": "u", "src": "b"},
        {"case_id": "l", "person_id": "j", "trial_id": "u"},
    ]
    book = world({"d": {"people": PEOPLE, "cases": cases}})
    assert set(book.cases["matter"]) == {"d/t"}
    assert book.cases.row(0, named=True)["conflicts"] == ["trial_id"]


def test_a_lone_case_whose_id_is_the_name_of_a_trial_is_a_matter_of_its_own(world: World) -> None:
    cases = [{"case_id": "t", "person_id": "p"}, {"case_id": "a", "person_id": "j", "trial_id": "t"}]
    book = world({"d": {"people": PEOPLE, "cases": cases}})
    assert book.cases["matter"].n_unique() == 2


@pytest.mark.parametrize(
    ("outcome", "effect", "expected"),
    [("convicted", None, "adverse"), ("made_lighter", None, "favourable"), ("overturned", None, "unknown"),
     ("convicted", "mixed", "mixed"), (None, "adverse", "adverse"), (None, None, None)],
)  # fmt: skip
def test_a_blank_effect_is_the_default_of_the_outcome(
    world: World, outcome: str | None, effect: str | None, expected: str | None
) -> None:
    given_ = {c: v for c, v in (("outcome", outcome), ("effect", effect)) if v}
    assert only(world({"d": tables(proceedings=[act(**given_)])}).proceedings)["effect"] == expected


def test_outcomes_that_differ_have_their_common_effect_or_an_unknown_one(world: World) -> None:
    def effect(*outcomes: str) -> tuple[str | None, str | None]:
        acts = [act(src=s, outcome=o) for s, o in zip("abc", outcomes, strict=False)]
        row = only(world({"d": tables(proceedings=acts)}).proceedings)
        return row["outcome"], row["effect"]

    assert effect("convicted", "convicted_in_absentia") == (None, "adverse")
    assert effect("convicted", "acquitted") == (None, "unknown")


def test_only_stated_roles_and_those_at_another_hearing_count(world: World) -> None:
    bases = ["stated", "other_hearing", "whole_case", "one_of", "identity_inferred", "not_sitting", "allegation"]
    people = [{"person_id": b} for b in bases]
    book = world({"d": tables(people=[*PEOPLE, *people], roles=[role(person_id=b, basis=b) for b in bases])})
    assert sorted(book.involvements.filter("counts")["person"]) == ["d/other_hearing", "d/stated"]


def test_a_weaker_basis_of_another_source_takes_nothing_from_a_stated_role(world: World) -> None:
    row = only(world({"d": tables(roles=[role(src="a", basis="allegation"), role(src="b")])}).involvements)
    assert (row["basis"], row["counts"], row["conflicts"]) == ("stated", True, ["basis"])


def test_a_source_that_says_somebody_did_not_sit_stops_the_count(world: World) -> None:
    row = only(world({"d": tables(roles=[role(src="a", basis="not_sitting"), role(src="b")])}).involvements)
    assert (row["basis"], row["counts"], row["conflicts"]) == (None, False, ["basis"])


def test_another_hearing_counts_for_the_matter_and_not_for_the_date(world: World) -> None:
    acts = [act(decision_date="2024-05-06")]
    row = only(world({"d": tables(proceedings=acts, roles=[role(basis="other_hearing")])}).involvements)
    assert (row["counts"], row["date"], row["first_day"], row["year"]) == (True, "2024-05-06", None, None)


def test_a_record_without_dispute_makes_an_involvement_undisputed(world: World) -> None:
    roles = [role(src="a", status="disputed", confidence="low"), role(src="b", confidence="high")]
    row = only(world({"d": tables(roles=roles)}).involvements)
    assert (row["status"], row["confidence"]) == ("accepted", "high")


def test_two_roles_of_one_person_in_one_proceeding_are_two_involvements(world: World) -> None:
    book = world({"d": tables(roles=[role(), role(role="secretary")])})
    assert sorted(book.involvements["role"]) == ["judge", "secretary"]


def test_a_proceeding_judged_the_same_is_one_with_the_roles_of_both(world: World) -> None:
    both = {"d": tables(), "e": tables(roles=[role(role="presiding_judge")])}
    book = world(both, "case d/k same e/k", "proceeding d/v same e/v", "person d/j same e/j", "person d/p same e/p")
    assert book.proceedings["ids"].to_list() == [["d/v", "e/v"]]
    assert book.involvements.select("person", "proceeding").unique().rows() == [("d/j", "d/v")]


def test_proceedings_judged_the_same_stay_in_both_cases_and_make_them_one_matter(world: World) -> None:
    two = tables(
        cases=[{"case_id": "k", "person_id": "p"}, {"case_id": "l", "person_id": "j"}],
        proceedings=[act(), act(proceeding_id="w", case_id="l")],
        roles=[role(), role(proceeding_id="w", case_id="l")],
    )
    book = world({"d": two}, "proceeding d/v same d/w")
    row = only(book.proceedings)
    assert (row["case"], row["matter"], row["conflicts"]) == (None, "d/k", ["case_id"])
    assert sorted(book.involvements["matter"]) == ["d/k", "d/k"]
    assert sorted(book.case_acts.rows()) == [("d/k", "d/v"), ("d/l", "d/v")]


def test_judgements_about_things_that_are_not_loaded_wait(world: World) -> None:
    book = world({"d": tables()}, "person d/j same a/unknown", "person d/p same d/j", "person d/p different d/j")
    assert sorted(book.people["person"]) == ["d/j", "d/p"]


def test_unresolved_joins_nothing_and_keeps_the_doubts(world: World) -> None:
    book = world({"d": tables()}, "person d/j same d/p", "person d/p unsure d/j", resolved=False)
    assert book.people.height == 2
    assert book.identity.unsure("person", "d/j") == ("d/p",)


@pytest.mark.parametrize(
    ("cells", "child"),
    [
        ({"category": "minor_family_member"}, True),
        ({"birth_date": "2008-11-23"}, False),  # eighteen today
        ({"birth_date": "2008-11-24"}, True),
        ({"birth_date": "2008-11"}, True),  # may be seventeen
        ({"birth_date": "2008"}, True),
        ({"birth_year": 2008}, True),
        ({"birth_year": 2007}, False),
        ({"birth_date": "2008-03-01", "birth_year": 2008}, False),
        ({}, False),
    ],
)
def test_whoever_may_be_under_age_today_is_a_child(world: World, cells: dict[str, Any], child: bool) -> None:
    book = world({"d": {"people": [{"person_id": "c", "name": "Small", "aliases": "S", **cells}]}})
    row = only(book.people)
    assert row["child"] is child
    assert (row["name_en"], row["aliases"]) == ((None, []) if child else ("Small", ["S"]))


def test_one_record_that_makes_somebody_a_child_takes_the_name_from_all(world: World) -> None:
    one = {"people": [{"person_id": "c", "category": "minor_family_member"}]}
    two = tables(
        people=[*PEOPLE, {"person_id": "x", "name": "Named There"}],
        roles=[role(person_id="x", role="witness", name_as_written="Named T.")],
        exchange_mentions=[
            {"mention_id": "m", "person_id": "x", "name": "Named", "kind": "offered", "quote": "Named!"}
        ],
    )
    book = world({"d": one, "e": two}, "person d/c same e/x")
    assert book.name("e/x") == {"en": None, "ru": None}
    shown = [book.people, book.involvements, book.mentions, book.classifications]
    assert not any("Named" in str(frame.to_dicts()) for frame in shown)


def test_two_datasets_may_look_up_one_list_on_two_days(world: World) -> None:
    check = {"authority": "EU", "programme": "EU-2024-1485", "scope": "official"}
    book = world(
        {n: {"list_checks": [{**check, "as_of": day}]} for n, day in (("d", "2026-01-01"), ("e", "2026-02-01"))}
    )
    assert book.conflicts.is_empty()


def test_unresolved_names_no_child_that_a_judgement_makes_one(world: World) -> None:
    two = {
        "d": {"people": [{"person_id": "c", "birth_year": 2015}]},
        "e": {"people": [{"person_id": "x", "name": "Named"}]},
    }
    book = world(two, "person d/c same e/x", resolved=False)
    assert book.people.select("person", "name_en").rows() == [("d/c", None), ("e/x", None)]


def test_a_citation_of_a_child_has_no_words(world: World) -> None:
    people = [*PEOPLE, {"person_id": "c", "birth_year": 2015}]
    cited = [
        {"table": "people", "key": "c", "source_id": "s", "quote": "Named"},
        {"table": "classifications", "key": "c|hostage|X", "source_id": "s", "quote": "Named", "translation": "Named"},
        {"table": "people", "key": "p", "source_id": "s", "quote": "Ivan"},
    ]
    book = world({"d": tables(people=people, citations=cited)})
    assert sorted(book.citations["quote"].drop_nulls()) == ["Ivan"]
    assert book.citations["translation"].null_count() == 3


def test_sources_of_one_origin_are_one(world: World) -> None:
    sources = [
        {"source_id": "a", "url": "https://a.example/1", "publisher": "The  Gazette"},
        {"source_id": "b", "url": "https://b.example/1", "publisher": "Mirror", "origin": "the gazette"},
        {"source_id": "c", "url": "https://c.example/1", "publisher": "Copy", "canonical_url": "https://b.example/1"},
        {"source_id": "d", "url": "https://d.example/1"},
        {"source_id": "e", "url": "https://e.example/1", "canonical_url": "https://e.example/1", "publisher": "Self"},
    ]
    book = world({"d": tables(sources=sources, roles=[role(src="a|b|c|d|e")])})
    assert only(book.involvements)["origins"] == ["The Gazette", "d/d", "Self"]


def test_a_public_name_in_ukrainian_alone_is_shown(world: World) -> None:
    book = world({"d": {"people": [{"person_id": "p", "name_uk": "Вигадана"}]}})
    assert book.name("d/p") == {"en": None, "ru": None, "uk": "Вигадана"}


@pytest.mark.thorough
@given(st.randoms(use_true_random=False))
def test_the_order_of_rows_changes_nothing(random: Any) -> None:
    acts = [act(src="a", sentence_months=84), act(src="b", sentence_months=72), act(src="c", decision_date="2024")]
    rows = records("d", tables(proceedings=acts, roles=[role(src="a"), role(src="b", basis="one_of")]))
    straight = Casebook(MemoryRows.of(rows), today=TODAY)
    random.shuffle(rows)
    shuffled = Casebook(MemoryRows.of(rows), today=TODAY)
    for name in ("people", "cases", "proceedings", "involvements", "conflicts", "sources"):
        assert getattr(straight, name).equals(getattr(shuffled, name))


def test_an_empty_state_gives_empty_frames() -> None:
    book = Casebook(MemoryRows({}), today=TODAY)
    for name in ("people", "bodies", "cases", "proceedings", "involvements", "listings", "exchanges", "mentions",
                 "participants", "classifications", "recognitions", "tenures", "citations", "sources", "conflicts"):  # fmt: skip
        assert getattr(book, name).is_empty(), name


def test_a_judged_copy_of_the_shipped_data_changes_sources_only() -> None:
    rows, judgements = shipped_rows(), shipped_judgements()
    frames = {name: rows.table(name) for name in ("people", "bodies", "cases", "proceedings", "roles", "sources")}
    copy = {name: _renamed(frame) for name, frame in frames.items()}
    both = MemoryRows({name: pl.concat([frames[name], copy[name]]).sort("record") for name in frames})
    kinds = {"people": "person", "bodies": "body", "cases": "case", "proceedings": "proceeding"}
    from graph.identity import Judgement

    same = [
        Judgement(kind, thing, "zz-" + thing, "same")
        for table, kind in kinds.items()
        for thing in set(frames[table]["thing"])
    ]
    one = Casebook(MemoryRows(frames), judgements, today=TODAY)
    two = Casebook(both, [*judgements, *same], today=TODAY)
    columns = [c for c in one.involvements.columns if c not in ("records", "sources", "origins")]
    by = ["person", "case", "proceeding", "role"]
    assert two.involvements.select(columns).sort(by).equals(one.involvements.select(columns).sort(by))


def _renamed(frame: pl.DataFrame) -> pl.DataFrame:
    """The same rows in datasets called `zz-...`, with records of their own."""
    ids = [
        c
        for c in frame.columns
        if c in ("thing", "proceeding_id", "case_id", "person_id", "body_id", "trial_id", "source_id")
    ]
    return frame.with_columns(
        ("zz-" + pl.col("record")).alias("record"),
        ("zz-" + pl.col("dataset")).alias("dataset"),
        pl.col("sources").list.eval("zz-" + pl.element()),
        *(("zz-" + pl.col(c)).alias(c) for c in ids),
    )
