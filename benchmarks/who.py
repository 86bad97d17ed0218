"""Asking: how long `who` and `officials` take on 100,000 cases, in a process that is warm.

python -m benchmarks.who --cases 100000
"""

from __future__ import annotations

import argparse
import random
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from benchmarks.figures import Figure, in_child, quantile, report, timed
from benchmarks.generate import world
from benchmarks.load import load_world
from graph.finding import find
from graph.officials import officials
from graph.who import who
from graph.workspace import Workspace

_SHORT, _MOST, _EACH = 50, 20.0, 0.3
"""Lines of a short answer; milliseconds that it may take; milliseconds for each line beyond."""
_QUESTIONS = 400


def measure(workspace: Workspace, *, seed: int = 7) -> list[Figure]:
    """p95 of `who` for answers of up to 50 lines, p95 for each line beyond, and `officials` with what it builds."""
    names = _texts(workspace, seed)
    cold = workspace.casebook()
    first, warm = (timed(lambda: officials(cold)) for _ in range(2))
    short, beyond, lines = [], [], 0
    casebook = workspace.casebook()
    with workspace.names() as index:
        who(casebook, find(index, casebook, "person", names[0]).things, asked=names[0])  # warm
        for text in names:
            begin = time.perf_counter()
            rows = len(who(casebook, find(index, casebook, "person", text).things, asked=text).rows)
            took = 1000 * (time.perf_counter() - begin)
            lines = max(lines, rows)
            if rows <= _SHORT:
                short.append(took)
            else:
                beyond.append(took / (_MOST + _EACH * (rows - _SHORT)))
    p50, p95 = quantile(short, 0.5), quantile(short, 0.95)
    print(
        f"{len(names)} names: {len(short)} short answers, p50 {p50:.1f} ms; {len(beyond)} long ones, up to {lines} lines"
    )
    figures = [
        Figure("who, up to 50 lines, p95", f"{p95:.1f} ms", f"the limit of {_MOST:g} ms", p95 / _MOST, most=1),
        Figure("officials, warm", f"{warm:.2f} s", "the limit of 1 s", warm, most=1),
        Figure("officials with everything it builds", f"{first:.2f} s", "the limit of 1 s", first, most=1),
    ]
    if beyond:
        worst = quantile(beyond, 0.95)
        said = f"the limit of {_MOST:g} ms and {_EACH} ms a line beyond"
        figures.insert(
            1, Figure(f"who, answers of {_SHORT + 1} to {lines} lines, p95", f"{worst:.2f}", said, worst, most=1)
        )
    return figures


def _texts(workspace: Workspace, seed: int) -> list[str]:
    """Names as people type them: whole, surname alone, in capitals, with initials, in either script, and ids."""
    rng = random.Random(seed)
    people = workspace.rows().table("people").select("thing", "name", "name_ru").drop_nulls()
    chosen = people.sample(min(people.height, _QUESTIONS), seed=seed).rows()
    officials_ = (
        people.filter(people["thing"].str.contains(r"/(jud|pro|inv)"))
        .sample(40, seed=seed, with_replacement=True)
        .rows()
    )
    texts = []
    for thing, name, russian in [*chosen, *officials_]:
        parts = russian.split()
        texts.append(rng.choice([name, russian, russian.upper(), parts[0], f"{parts[0]} {parts[-1][0]}.", thing]))
    return texts


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.who", description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--cases", type=int, default=100_000)
    parser.add_argument("--workspace", type=Path, help="a workspace that is there, instead of a generated one")
    options = parser.parse_args(arguments)
    if options.workspace:
        return report(measure(Workspace.open(options.workspace)))
    with tempfile.TemporaryDirectory(prefix="repgraph-bench-") as folder:
        tables = world(Path(folder) / "tables", cases=options.cases, seed=1)
        in_child(load_world, tables, Path(folder) / "ws")
        return report(measure(Workspace.open(Path(folder) / "ws")))


if __name__ == "__main__":
    raise SystemExit(main())
