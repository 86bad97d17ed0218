"""The casebook: how long its frames and answers take on 100,000 cases, from rows at hand in one process.

python -m benchmarks.casebook --cases 100000

The rows are generated tables read by our own loader; reading them is not measured here (`benchmarks.load`,
`benchmarks.who` measure a workspace). Each figure is the least of several runs: what the code costs, not what else the
machine does.
"""

from __future__ import annotations

import argparse
import hashlib
import random
import tempfile
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path

from benchmarks.figures import Figure, quantile, report, timed
from benchmarks.generate import world
from graph.case import case
from graph.casebook import Casebook
from graph.court import court
from graph.errors import Problem
from graph.exchange import exchange
from graph.officials import officials
from graph.reading import Original
from graph.rows import MemoryRows
from graph.visibility import visible
from graph.who import who
from loaders.tables import files, read

TODAY = date(2026, 11, 23)
_RUNS, _QUESTIONS, _SHORT = 3, 300, 50


def rows_of(folder: Path) -> MemoryRows:
    """The rows of a folder of case tables.

    Raises:
        RuntimeError: the tables have faults.
    """
    problems: list[Problem] = []
    originals = [Original(f.name, f, hashlib.sha256(f.read_bytes()).hexdigest()) for f in files(folder)]
    rows = MemoryRows.of(read(originals, folder.name, problems, today=TODAY))
    if problems:
        raise RuntimeError(f"the generated tables have faults: {problems[0]}")
    return rows


def measure(rows: MemoryRows, *, seed: int = 7) -> list[Figure]:
    """Involvements and officials from nothing, `who` warm, what a profile hides."""
    book = _book(rows)
    frame = book.involvements
    said = f"{frame.height:,} involvements, {book.people.height:,} people"
    figures = [
        _limit("involvements from nothing", lambda: _book(rows).involvements, 1.5),
        _limit("officials from nothing", lambda: officials(_book(rows)), 1.0),
        _limit("officials warm", lambda: officials(book), 1.0),
        _limit("what the public sees", lambda: visible(rows, "public"), 1.0),
    ]
    print(said)
    return [*figures, *_who(book, seed), *_others(book)]


def _book(rows: MemoryRows) -> Casebook:
    return Casebook(rows, today=TODAY)


def _limit(name: str, work: Callable[[], object], seconds: float) -> Figure:
    least = min(timed(work) for _ in range(_RUNS))
    return Figure(name, f"{least:.2f} s", f"the limit of {seconds:g} s", least / seconds, most=1)


def _who(book: Casebook, seed: int) -> list[Figure]:
    """p95 of short answers, and the dearest line of long ones."""
    rng = random.Random(seed)
    acting = book.involvements["person"].unique().sort().to_list()
    asked = rng.sample(book.people["person"].to_list(), _QUESTIONS) + rng.sample(acting, _QUESTIONS)
    who(book, asked[:1], asked="warm")
    short, line = [], 0.0
    for person in asked:
        lines = len(who(book, [person], asked=person).rows)
        took = 1000 * min(timed(lambda p=person: who(book, [p], asked=p)) for _ in range(2))  # type: ignore[misc]
        if lines <= _SHORT:
            short.append(took)
        else:
            line = max(line, took / lines)
    p95 = quantile(short, 0.95)
    return [
        Figure("who, up to 50 lines, p95", f"{p95:.1f} ms", "the limit of 20 ms", p95 / 20, most=1),
        Figure("who, the dearest line of long answers", f"{line:.2f} ms", "the limit of 0.3 ms", line / 0.3, most=1),
    ]


def _others(book: Casebook) -> list[Figure]:
    courts, cases = book.bodies["body"].to_list(), book.cases["case"].to_list()
    deals = book.exchanges["exchange"].to_list()
    return [
        _limit("court warm", lambda: court(book, courts[:1], asked="court"), 0.1),
        _limit("case warm", lambda: case(book, cases[:1], asked="case"), 0.1),
        _limit("exchange warm", lambda: exchange(book, deals[:1], asked="deal"), 0.1),
    ]


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.casebook", description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--cases", type=int, default=100_000)
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="repgraph-bench-") as folder:
        rows = rows_of(world(Path(folder) / "tables", cases=options.cases, seed=1))
    return report(measure(rows))


if __name__ == "__main__":
    raise SystemExit(main())
