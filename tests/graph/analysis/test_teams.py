"""Teams: pairs counted by hand, planted ones found, blind pairing left alone, triples beyond their pairs."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from scipy.stats import hypergeom

from benchmarks.worlds import World, casebook, quick
from graph.analysis.teams import TOGETHER, teams

J, P, I = "presiding_judge", "prosecutor", "investigator"  # noqa: E741


def members(row: Any) -> list[str]:
    return [m["person"].removeprefix("d/") for m in row["members"]]


def sittings(pairs: str) -> list[tuple[str, str, dict[str, str]]]:
    """`ax by` is two sittings: judge a with prosecutor x, then judge b with prosecutor y."""
    return [
        (f"2021-{1 + n // 28:02}-{1 + n % 28:02}", "court", {pair[0]: J, pair[1]: P})
        for n, pair in enumerate(pairs.split())
    ]


def test_a_pair_is_tested_by_the_overlap_of_two_hands_dealt_from_one_pack(docket: Any) -> None:
    """Eight sittings; a and x are there from the first to the last, 4 times each, 3 times together: expected 4*4/8."""
    answer = teams(docket(sittings("ax ax by by bx ay by ax")))
    row = next(r for r in answer.rows if members(r) == ["a", "x"])
    assert (row["observed"], row["expected"], row["matters"]) == (3, 2.0, 3)
    assert row["p"] == pytest.approx(float(hypergeom.sf(2, 8, 4, 4)), rel=1e-3)
    assert [m["role"] for m in row["members"]] == [J, P]
    assert row["matter_ids"] == ["d/m0", "d/m1", "d/m7"]


def test_only_the_time_when_both_were_there_is_compared(docket: Any) -> None:
    """x comes only for the last four of eight sittings, a was there before: the first four say nothing of the pair."""
    answer = teams(docket(sittings("ay by ay by ax ax bx ax")))
    row = next(r for r in answer.rows if members(r) == ["a", "x"])
    assert (row["observed"], row["expected"]) == (3, 3.0)  # 3 of the 4 sittings are a's, all 4 are x's


def test_over_all_time_a_leave_does_not_part_what_is_compared(docket: Any) -> None:
    """a sits seven times, b ten times while a is away, a once more: with `none` it is one pack of 18 sittings, x's all."""
    days = [f"2021-01-{n:02}" for n in range(1, 8)] + [f"2021-{m:02}-15" for m in range(2, 12)] + ["2021-12-20"]
    taken = [{"a": J, "x": P}] * 7 + [{"b": J, "x" if n % 2 else "y": P} for n in range(10)] + [{"a": J, "x": P}]
    book = docket([(day, "court", who) for day, who in zip(days, taken, strict=True)])
    row = next(r for r in teams(book, period="none").rows if members(r) == ["a", "x"])
    assert (row["observed"], row["expected"]) == (8, pytest.approx(8 * 13 / 18, abs=1e-3))
    whole = next(r for r in teams(book).rows if members(r) == ["a", "x"])
    assert whole["expected"] == 8.0  # while a was there x had every sitting


def test_planted_teams_are_found() -> None:
    world = World(matters=110, planted=10)
    found = 0
    for seed in range(6):
        rows = [r for r in teams(casebook(world, seed), size="pairs").rows if r["q"] is not None and r["q"] < 0.05]
        found += sum(
            m[0]["person"].endswith("j1") and m[1]["person"].endswith("p1") for m in (r["members"] for r in rows)
        )
    assert found >= 0.95 * 6 * world.courts - 1


@pytest.mark.parametrize(
    "world",
    [
        World(courts=3, uneven=0.8, coming=0.6),
        World(courts=3, uneven=0.8, specialised=5, hunted=4, matters=200),
        World(courts=3, uneven=0.8, specialised=5, prosecutors_too=True, matters=300),
    ],
    ids=["come and go", "one hunted, judges by article", "both sides by article"],
)
def test_blind_pairing_is_silent(world: World) -> None:
    loud = [any(r["q"] is not None and r["q"] < 0.05 for r in teams(casebook(world, seed)).rows) for seed in range(10)]
    assert sum(loud) <= 2  # 0.05 and two standard errors of 10 worlds


def test_strata_with_articles_are_said(docket: Any) -> None:
    answer = teams(casebook(World(courts=2, uneven=0.5, specialised=12, prosecutors_too=True, matters=300), 0))
    assert any(note.startswith("officials on both sides divide the work by article in ") for note in answer.notes)


def test_the_family_is_every_pair_that_could_have_met(docket: Any) -> None:
    answer = teams(docket(sittings("ax by az bx ay bz")))
    assert any(note.endswith("of the 6 pairs that could have met could have been found") for note in answer.notes)


def test_a_pair_that_met_on_unknown_days_is_listed_untested(docket: Any) -> None:
    book = docket([("", "court", {"a": J, "x": P}), ("", "court", {"a": J, "x": P})])
    row = teams(book).rows[0]
    assert (members(row), row["matters"], row["p"], row["reading"]) == (["a", "x"], 2, None, "untestable")


def test_somebody_without_a_court_took_part_in_every_sitting_of_the_matter(world: Any) -> None:
    book = world(
        {
            "d": {
                "people": [{"person_id": p, "name": p} for p in ("j", "i", "k")],
                "bodies": [{"body_id": "court", "name": "Court"}],
                "cases": [{"case_id": c, "person_id": "k"} for c in ("c1", "c2")],
                "proceedings": [
                    {
                        "proceeding_id": c,
                        "case_id": c,
                        "stage": "first_instance",
                        "body_id": "court",
                        "decision_date": d,
                    }
                    for c, d in (("c1", "2021-01-01"), ("c2", "2021-02-01"))
                ],
                "roles": [
                    row
                    for c in ("c1", "c2")
                    for row in (
                        {"proceeding_id": c, "case_id": c, "person_id": "j", "role": J, "basis": "stated"},
                        {"case_id": c, "person_id": "i", "role": I, "basis": "stated"},
                    )
                ],
            }
        }
    )
    assert [members(r) for r in teams(book).rows] == [["i", "j"]]


def test_a_pair_that_one_matter_brought_before_two_courts_met_once(world: Any) -> None:
    """An expert and an investigator without a court stood in two matters; both were tried and appealed."""
    acts = [(c, stage, court) for c in ("c1", "c2") for stage, court in (("first_instance", "low"), ("appeal", "high"))]
    tables = {
        "people": [{"person_id": p, "name": p} for p in ("j", "h", "i", "e", "k")],
        "bodies": [{"body_id": b, "name": b} for b in ("low", "high")],
        "cases": [{"case_id": c, "person_id": "k"} for c in ("c1", "c2")],
        "proceedings": [
            {"proceeding_id": c + stage, "case_id": c, "stage": stage, "body_id": court, "decision_date": f"2021-0{c[1]}-01"}
            for c, stage, court in acts
        ],
        "roles": [
            *({"proceeding_id": c + stage, "case_id": c, "person_id": "j" if court == "low" else "h", "role": J, "basis": "stated"}
              for c, stage, court in acts),
            *({"case_id": c, "person_id": p, "role": r, "basis": "stated"}
              for c in ("c1", "c2") for p, r in (("i", I), ("e", "expert_witness"))),
        ],
    }  # fmt: skip
    row = next(r for r in teams(world({"d": tables})).rows if sorted(members(r)) == ["e", "i"])
    assert (row["matters"], row["observed"], row["expected"]) == (2, 2, 2.0)


def test_a_leave_of_both_is_no_team() -> None:
    world = World(courts=2, judges=7, prosecutors=7, matters=400, uneven=0.6, coming=1, returning=True)
    loud = [any(r["q"] is not None and r["q"] < 0.05 for r in teams(quick(world, seed)).rows) for seed in range(8)]
    assert sum(loud) <= 1


def test_a_triple_beyond_its_pairs_is_found(docket: Any) -> None:
    """With i0, the judge j0 and the prosecutor p0 come together or not at all; with i1 they come blindly."""
    rng = np.random.default_rng(5)
    rows: list[tuple[str, str, dict[str, str]]] = []
    for n in range(200):
        day = f"2021-{1 + n // 28:02}-{1 + n % 28:02}"
        both, i = int(rng.integers(2)), n % 2
        rows.append((day, "court", {f"j{both}": J, f"p{both if i == 0 else rng.integers(2)}": P, f"i{i}": I}))
    answer = teams(docket(rows))
    assert any(members(r) == ["j0", "p0"] and r["q"] < 0.05 for r in answer.rows if r["size"] == 2)
    triple = next(r for r in answer.rows if r["size"] == 3 and sorted(members(r)) == ["i0", "j0", "p0"])
    assert triple["reading"] == TOGETHER
    assert triple["observed"] > triple["expected"]
    assert triple["matters"] == triple["observed"]


def test_a_triple_that_its_pairs_explain_is_not_called_one(docket: Any) -> None:
    """j0 and p0 go together whoever investigates: the pair stands out, no triple does."""
    rng = np.random.default_rng(6)
    rows: list[tuple[str, str, dict[str, str]]] = []
    for n in range(200):
        both = int(rng.integers(4))
        day = f"2021-{1 + n // 28:02}-{1 + n % 28:02}"
        rows.append((day, "court", {f"j{both}": J, f"p{both}": P, f"i{rng.integers(3)}": I}))
    answer = teams(docket(rows))
    assert any(r["reading"] == TOGETHER for r in answer.rows if r["size"] == 2)
    assert not any(r["reading"] == TOGETHER for r in answer.rows if r["size"] == 3)


def test_no_triple_is_tested_where_no_pair_stands_out(docket: Any) -> None:
    answer = teams(docket(sittings("ax by ax by")))
    assert "no triple was looked at: no pair stands out" in answer.notes


def test_an_unknown_size_is_refused(docket: Any) -> None:
    with pytest.raises(ValueError, match="'quartets' is none of all; pairs; triples"):
        teams(docket(sittings("ax")), size="quartets")
