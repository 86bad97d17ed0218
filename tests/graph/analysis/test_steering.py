"""Steering: what a judge attracts, by hand; specialised courts are not accused; nothing is found in blind draws."""

from __future__ import annotations

from typing import Any

import pytest
from scipy.stats import hypergeom

from benchmarks.worlds import World, casebook
from graph.analysis.steering import SPECIALISED, steering

J = "presiding_judge"


def court(docket: Any, text: str, **more: Any) -> Any:
    """`a1 b2`: judge a got a matter of article 1, then judge b one of article 2."""
    articles = {"1": "RU-CC 207.3(1)", "2": "RU-CC 275", "3": "RU-CC 105(1)"}
    pairs = text.split()
    sittings = [(f"2021-{1 + n // 28:02}-{1 + n % 28:02}", "court", {pair[0]: J}) for n, pair in enumerate(pairs)]
    cases = {f"m{n}": {"articles": articles[pair[1]]} for n, pair in enumerate(pairs)}
    return docket(sittings, cases=cases, **more)


def test_attraction_is_the_overlap_of_a_judge_and_a_kind(docket: Any) -> None:
    """Judge a, there all the time, has 4 of 8 matters; article 1 is in 4; three of these are a's: expected 2."""
    answer = steering(court(docket, "a1 a1 b2 b2 c1 a2 b2 a1"), by="article")
    row = next(r for r in answer.rows if r["person"] == "d/a" and r["kind"] == "army_fakes")
    assert (row["observed"], row["expected"], row["matters"]) == (3, 2.0, 3)
    assert row["p"] == pytest.approx(float(hypergeom.sf(2, 8, 4, 4)), rel=1e-3)
    assert row["effect_size"] > 0


def test_a_judge_who_gets_one_article_among_judges_who_do_not_divide_the_work_stands_out() -> None:
    world = World(courts=1, judges=8, matters=200, steered=0.7)
    found = 0
    for seed in range(4):
        rows = steering(casebook(world, seed), by="article").rows
        found += any(r["q"] < 0.05 and r["person"] == "w/court-0-j0" and r["kind"] == "army_fakes" for r in rows)
    assert found >= 3


def test_where_judges_divide_the_work_by_article_nobody_is_accused(docket: Any) -> None:
    answer = steering(court(docket, "a1 b2 c3 " * 12), by="article")
    assert {r["reading"] for r in answer.rows if r["person"]} == {SPECIALISED}
    assert all(r["q"] == 1.0 for r in answer.rows)
    assert any(note.startswith(SPECIALISED) and "Court" in note for note in answer.notes)


def test_with_two_judges_nobody_can_tell_steering_from_division(docket: Any) -> None:
    answer = steering(court(docket, "a1 b2 " * 15), by="article")
    assert {r["reading"] for r in answer.rows} == {SPECIALISED}


@pytest.mark.parametrize(
    "world",
    [
        World(courts=2, uneven=0.8, coming=0.5),
        World(courts=2, uneven=0.8, specialised=5, coming=0.3, matters=200),
        World(courts=2, uneven=0.8, hunted=4, matters=150),
    ],
    ids=["come and go", "judges by article", "one hunted"],
)
def test_blind_draws_are_silent(world: World) -> None:
    loud = [any(r["q"] < 0.05 for r in steering(casebook(world, seed)).rows) for seed in range(6)]
    assert sum(loud) <= 1


def test_kinds_of_defendants_are_compared_within_articles(docket: Any) -> None:
    """Every journalist is tried under article 1 and judge a gets article 1: within it nothing is left to explain."""
    text = "a1 b2 " * 10
    people = {f"defendant{n}": {"category": "journalist" if n % 2 == 0 else "lawyer"} for n in range(20)}
    answer = steering(court(docket, text, people=people), by="category")
    assert all(r["p"] == 1.0 for r in answer.rows)


def test_an_unknown_way_of_sorting_is_refused(docket: Any) -> None:
    with pytest.raises(ValueError, match="'height' is none of article, category, sex, citizenship"):
        steering(court(docket, "a1"), by="height")
