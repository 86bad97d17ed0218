"""How often the analyses cry out where there is nothing, and how often they find what was planted.

    python -m benchmarks.honesty [--worlds 200] [--only recurring|teams|steering|power] [-o FILE.csv]

Each world is drawn by its seed (benchmarks/worlds.py) and put through the analysis as the command does it. Without a pattern the share of worlds with any q below 0.05 may be 0.05
plus two standard errors.
"""

from __future__ import annotations

import argparse
import csv
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from benchmarks.worlds import World, quick
from graph.analysis import ANALYSES
from graph.answers import Answer

LEVEL = 0.05
COME_AND_GO = World(coming=0.6, matters=240)
NULLS: Mapping[str, Mapping[str, World]] = {
    "recurring": {
        "all there": World(judges=8, matters=200),
        "come and go": World(judges=8, matters=200, coming=0.7),
        "come and go, many matters": World(judges=8, matters=800, coming=0.7),
        "there in some years": World(judges=8, matters=240, coming=0.7, yearly=True),
        "on leave and back": World(judges=12, prosecutors=12, matters=250, coming=1, returning=True),
        "on leave and back, dated to the month": World(
            judges=12, prosecutors=12, matters=250, coming=1, returning=True, dates="month"
        ),
        "benches of three": World(judges=10, matters=240, coming=0.5, panels=0.5),
        "dated to the month": World(judges=8, matters=200, coming=0.7, dates="month"),
        "dated to the year": World(judges=8, matters=200, coming=0.7, dates="year"),
    },
    "teams": {
        "even": World(),
        "uneven, come and go": replace(COME_AND_GO, uneven=0.8),
        "uneven, there in some years": replace(COME_AND_GO, uneven=0.8, yearly=True),
        "uneven, on leave and back": World(judges=7, prosecutors=7, matters=400, uneven=0.6, coming=1, returning=True),
        "judges by article": replace(COME_AND_GO, uneven=0.8, specialised=5),
        "both sides by article": replace(COME_AND_GO, uneven=0.8, specialised=5, prosecutors_too=True),
        "one searched four times as hard": replace(COME_AND_GO, uneven=0.8, hunted=4),
        "all of it": replace(COME_AND_GO, uneven=0.8, specialised=5, hunted=4, panels=0.3),
        "dated to the year": replace(COME_AND_GO, uneven=0.8, dates="year"),
    },
    "steering": {
        "even": World(),
        "uneven, come and go": replace(COME_AND_GO, uneven=0.8),
        "judges by article": replace(COME_AND_GO, uneven=0.8, specialised=5),
        "judges by article, weakly": World(uneven=0.5, specialised=3),
        "judges by article, benches of three": World(judges=12, uneven=0.6, specialised=3, panels=0.3),
        "few judges by article": World(judges=4, uneven=0.8, specialised=4, matters=150),
        "one searched four times as hard": replace(COME_AND_GO, uneven=0.8, hunted=4),
        "all of it": replace(COME_AND_GO, uneven=0.8, specialised=5, hunted=4, panels=0.3),
    },
}
PLANTED = World(matters=110, planted=10)
SIZES = (3, 5, 8, 10, 12, 15, 20, 30)
"""Judges, and prosecutors, of a court for the power curve."""


def silent(name: str, world: World, worlds: int) -> float:
    """The share of worlds without a pattern in which some row has q below 0.05."""
    return sum(_any(ANALYSES[name].run(quick(world, seed))) for seed in range(worlds)) / worlds


def _any(answer: Answer) -> bool:
    return any(row["q"] is not None and row["q"] < LEVEL for row in answer.rows)


def teams_found(world: World, worlds: int) -> float:
    """The share of planted teams that have q below 0.05."""
    found = sum(_teams(ANALYSES["teams"].run(quick(world, seed))) for seed in range(worlds))
    return found / (worlds * world.courts)


def _teams(answer: Answer) -> int:
    """Pairs of the first judge and the first prosecutor of one court that stand out."""
    return sum(
        row["size"] == 2 and row["q"] is not None and row["q"] < LEVEL and _is_planted(row["members"])
        for row in answer.rows
    )


def _is_planted(members: Sequence[Mapping[str, str]]) -> bool:
    judge, prosecutor = (m["person"] for m in members)
    return judge.endswith("-j1") and prosecutor == judge.removesuffix("-j1") + "-p1"


def rows(worlds: int, only: str | None) -> list[tuple[str, str, float, str]]:
    """(what, world, share, verdict) of everything that is measured, printed as it comes."""
    bound = LEVEL + 2 * (LEVEL * (1 - LEVEL) / worlds) ** 0.5
    jobs: list[tuple[str, str, Callable[[], float], float | None]] = []
    for name, nulls in NULLS.items():
        for label, world in nulls.items():
            jobs.append((name, label, _job(silent, name, world, worlds), bound))
    for label, world in (
        ("4 courts of 15 and 15, 4 years", PLANTED), ("1 court", replace(PLANTED, courts=1)),
        ("10 courts", replace(PLANTED, courts=10)), ("8 years", replace(PLANTED, years=8)),
        ("uneven workloads", replace(PLANTED, uneven=0.5)), ("come and go", replace(PLANTED, coming=0.5)),
    ):  # fmt: skip
        jobs.append(("power", label, _job(teams_found, world, worlds), None))
    for size in SIZES:
        small = replace(PLANTED, judges=size, prosecutors=size)
        jobs.append(("power", f"courts of {size} and {size}", _job(teams_found, small, worlds), None))
    out = []
    for what, label, measure, limit in jobs:
        if only not in (None, what):
            continue
        share = measure()
        verdict = "" if limit is None else "holds" if share <= limit else f"above {limit:.3f}"
        out.append((what, label, share, verdict))
        print(f"{what:10} {label:34} {share:6.3f} {verdict}", flush=True)
    return out


def _job(measure: Callable[..., float], *arguments: object) -> Callable[[], float]:
    return lambda: measure(*arguments)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--worlds", type=int, default=200)
    parser.add_argument("--only", choices=[*NULLS, "power"])
    parser.add_argument("-o", "--output", type=Path)
    given = parser.parse_args()
    measured = rows(given.worlds, given.only)
    if given.output:
        with given.output.open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow(("what", "world", "share", "verdict"))
            writer.writerows((what, label, f"{share:.4f}", verdict) for what, label, share, verdict in measured)


if __name__ == "__main__":
    main()
