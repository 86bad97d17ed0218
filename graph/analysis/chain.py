"""The steps of each case: who decided each, how long it took, what became of the decision, what is missing."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date
from statistics import median

import polars as pl

from graph.analysis.finding import named
from graph.answers import Answer, Row
from graph.casebook import Casebook
from graph.dates import first_day

COLUMNS = (
    "case", "defendant", "name", "step", "stage", "proceeding", "court", "court_name", "date", "outcome", "change",
    "judges", "days", "court_median_days", "court_steps", "same_judges", "reading", "sources",
)  # fmt: skip
COURT_COLUMNS = (
    "court", "court_name", "panel", "stage", "decisions", "upheld", "changed", "overturned", "not_stated",
    "decision_ids", "sources",
)  # fmt: skip
STAGES = ("pretrial_detention", "detention_extension", "first_instance", "retrial", "appeal", "cassation")
_NEEDED = ("pretrial_detention", "first_instance", "appeal")  # what a later step lets one expect
_CHANGES: Mapping[str, str] = {
    "upheld": "upheld", "upheld_with_changes": "changed", "made_lighter": "changed", "made_heavier": "changed",
    "overturned": "overturned", "returned_for_rehearing": "overturned", "returned_to_prosecutor": "overturned",
    "acquitted": "overturned", "partly_acquitted": "changed",
}  # fmt: skip
REVIEWS = ("appeal", "cassation")
JUDGES = ("presiding_judge", "judge")
MISSING = "not in the data; it may not have taken place"
AGAIN = "a judge decided two steps of one case"


def chain(casebook: Casebook, *, by: str = "case", case: str | None = None, min_steps: int = 2) -> Answer:
    """The steps of every case in order of time; or, `by` "court", what courts and panels made of what they reviewed.

    `days` counts from the step before with a day of its own, `court_median_days` is the median of the same court
    and stage (of `court_steps` intervals). `same_judges` are those who decided an earlier step of the case too. A
    stage that a later one lets expect and that no record has is a row of its own with the reading that says so.

    Shape: one row per case and step; cases with fewer than `min_steps` known steps are left out.
    Raises:
        ValueError: `by` is neither case nor court.
    """
    if by not in ("case", "court"):
        raise ValueError(f"{by!r} is neither case nor court")
    acts = casebook.proceedings
    judges = _judges(casebook)
    if by == "court":
        return _reviews(casebook, acts, judges)
    steps = _steps(acts)
    if case is not None:
        asked = casebook.canonical("case", case)
        steps = {asked: steps[asked]} if asked in steps else {}
        min_steps = 1
    medians = _medians(_steps(acts))
    shown = {c: found for c, found in steps.items() if len(found) >= min_steps}
    rows = [row for c in sorted(shown) for row in _case_rows(c, shown[c], judges, medians)]
    _fill(casebook, rows)
    left = {"cases_with_fewer_steps": len(steps) - len(shown)} if len(steps) > len(shown) else {}
    parameters = {"by": by, "case": case, "min_steps": min_steps}
    notes = [
        "a step without a record is said to be missing, never filled in",
        "days are counted only between steps that are dated to the day",
    ]
    return Answer("chain", {k: v for k, v in parameters.items() if v is not None}, COLUMNS, rows, notes, left)


def _judges(casebook: Casebook) -> dict[str, list[tuple[str, str]]]:
    """Judges of each proceeding whose role counts, as (person, role)."""
    rows = casebook.involvements.filter(
        pl.col("counts") & pl.col("role").is_in(JUDGES) & pl.col("proceeding").is_not_null()
    ).select("proceeding", "person", "role").unique().sort("proceeding", "role", "person", descending=[False, True, False])  # fmt: skip
    out: defaultdict[str, list[tuple[str, str]]] = defaultdict(list)
    for act, person, role in rows.iter_rows():
        out[act].append((person, role))
    return out


def _steps(acts: pl.DataFrame) -> dict[str, list[Row]]:
    """The proceedings of each case in order of time, then of stage; undated ones by stage."""
    out: defaultdict[str, list[Row]] = defaultdict(list)
    wanted = acts.select("case", "proceeding", "stage", "court", "date", "outcome", "sources").drop_nulls("case")
    for row in wanted.iter_rows(named=True):
        out[row["case"]].append(row)
    return {case: _in_time(found) for case, found in out.items()}


def _rank(row: Row) -> int:
    return STAGES.index(row["stage"]) if row["stage"] in STAGES else len(STAGES)


def _in_time(found: Sequence[Row]) -> list[Row]:
    """Dated steps by date; an undated one stands before the first dated one of a later stage."""
    out = sorted((r for r in found if r["date"]), key=lambda r: (first_day(r["date"]), _rank(r), r["proceeding"]))
    for row in sorted((r for r in found if not r["date"]), key=lambda r: (_rank(r), r["proceeding"])):
        out.insert(_place(out, row), row)
    return out


def _place(rows: Sequence[Row], row: Row) -> int:
    return next((i for i, r in enumerate(rows) if _rank(r) > _rank(row)), len(rows))


def _day(row: Row) -> date | None:
    return first_day(row["date"]) if row["date"] and len(row["date"]) == len("2021-02-16") else None


def _intervals(found: Sequence[Row]) -> list[int | None]:
    """Days from the last dated step before each step; None where one of the two has no day."""
    out: list[int | None] = []
    before: date | None = None
    for row in found:
        day = _day(row)
        out.append((day - before).days if day and before and day >= before else None)
        before = day or before
    return out


def _medians(steps: Mapping[str, Sequence[Row]]) -> dict[tuple[str, str], tuple[float, int]]:
    """The median interval of each court and stage, and of how many."""
    found: defaultdict[tuple[str, str], list[int]] = defaultdict(list)
    for rows in steps.values():
        for row, days in zip(rows, _intervals(rows), strict=True):
            if days is not None and row["court"]:
                found[row["court"], row["stage"]].append(days)
    return {key: (median(days), len(days)) for key, days in found.items()}


def _case_rows(
    case: str, found: Sequence[Row], judges: Mapping[str, Sequence[tuple[str, str]]], medians: Mapping[tuple[str, str], tuple[float, int]]
) -> list[Row]:  # fmt: skip
    rows: list[Row] = []
    known = {row["stage"] for row in found}
    last = max((STAGES.index(s) for s in known if s in STAGES), default=-1)
    earlier: set[str] = set()
    blank = dict.fromkeys(COLUMNS)
    for row, days in zip(found, _intervals(found), strict=True):
        mine = judges.get(row["proceeding"], ())
        again = sorted({person for person, _ in mine} & earlier)
        earlier |= {person for person, _ in mine}
        usual = medians.get((row["court"], row["stage"]), (None, 0))
        rows.append(
            {
                **blank, **row, "case": case, "days": days, "court_median_days": usual[0], "court_steps": usual[1],
                "change": _CHANGES.get(row["outcome"] or "") if row["stage"] in REVIEWS else None,
                "judges": [{"person": p, "name": None, "role": r} for p, r in mine], "same_judges": again,
                "reading": AGAIN if again else "" if mine else "no judge named",
            }
        )  # fmt: skip
    for stage in _NEEDED:
        if stage not in known and STAGES.index(stage) < last:
            row = {
                **blank,
                "case": case,
                "stage": stage,
                "judges": [],
                "same_judges": [],
                "reading": MISSING,
                "sources": [],
            }
            rows.insert(_place(rows, row), row)
    for number, row in enumerate(rows, start=1):
        row["step"] = number
    return rows


def _fill(casebook: Casebook, rows: Sequence[Row]) -> None:
    defendants = dict(casebook.cases.select("case", "defendant").iter_rows())
    people = {j["person"] for row in rows for j in row["judges"]} | {defendants.get(r["case"]) for r in rows}
    names = named(casebook, "person", people)
    courts = named(casebook, "body", (row["court"] for row in rows))
    for row in rows:
        row["defendant"] = defendants.get(row["case"])
        row["name"] = names.get(row["defendant"])
        row["court_name"] = courts.get(row["court"])
        row["judges"] = [{**j, "name": names[j["person"]]} for j in row["judges"]]
        row["sources"] = casebook.source_list(row["sources"])


def _most_first(row: Row) -> tuple[int, str, str, list[str]]:
    return -row["decisions"], row["court"], row["stage"], [p["person"] for p in row["panel"]]


def _reviews(casebook: Casebook, acts: pl.DataFrame, judges: Mapping[str, Sequence[tuple[str, str]]]) -> Answer:
    """What each court and each panel made of the decisions that it reviewed; proceedings of a matter on a day are one."""
    groups: defaultdict[tuple[str, tuple[str, ...], str], dict[tuple[str, str], Row]] = defaultdict(dict)
    wanted = acts.filter(pl.col("stage").is_in(REVIEWS) & pl.col("court").is_not_null())
    for row in wanted.sort("proceeding").iter_rows(named=True):
        panel = tuple(sorted({person for person, _ in judges.get(row["proceeding"], ())}))
        for key in {(row["court"], (), row["stage"]), (row["court"], panel, row["stage"])}:
            groups[key].setdefault((row["matter"], row["date"] or row["proceeding"]), row)
    people = named(casebook, "person", (p for _, panel, _ in groups for p in panel))
    courts = named(casebook, "body", (court for court, _, _ in groups))
    rows: list[Row] = []
    for (court, panel, stage), found in groups.items():
        changes = [_CHANGES.get(r["outcome"] or "", "not_stated") for r in found.values()]
        sources = {s for r in found.values() for s in r["sources"]}
        counts = {name: changes.count(name) for name in ("upheld", "changed", "overturned", "not_stated")}
        rows.append(
            {
                "court": court, "court_name": courts[court], "stage": stage, "decisions": len(found), **counts,
                "decision_ids": [r["proceeding"] for r in found.values()],
                "panel": [{"person": p, "name": people[p]} for p in panel], "sources": casebook.source_list(sources),
            }
        )  # fmt: skip
    rows.sort(key=_most_first)
    notes = ["a row without a panel counts all decisions of the court; a row with one those of just these judges"]
    return Answer("chain", {"by": "court"}, COURT_COLUMNS, rows, notes)
