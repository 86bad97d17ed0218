"""Loading: end to end against the raw bulk load of the same quads, and against rdflib; memory at four times the size.

python -m benchmarks.load --cases 100000 [--memory] [--rdflib-share 0.1]
"""

from __future__ import annotations

import argparse
import hashlib
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import islice
from pathlib import Path

import loaders.tables
from benchmarks.figures import Figure, in_child, report
from benchmarks.generate import world


def load_world(tables: Path, folder: Path) -> None:
    """A new workspace in `folder` with these tables."""
    from graph.loading import load
    from graph.workspace import Workspace

    load(Workspace.create(folder), [tables], loaders.tables, dataset="bench")


def write_quads(tables: Path, to: Path) -> None:
    """The quads that a load of these tables sends to the store, as a ready N-Quads file.

    Dumping them from a store would say the same and takes six times as long.
    """
    from graph.ingest import ingest
    from graph.reading import Original

    files = [Original(f.name, f, hashlib.sha256(f.read_bytes()).hexdigest()) for f in loaders.tables.files(tables)]
    with tempfile.TemporaryDirectory() as rows, to.open("wb") as sink:
        ingest(loaders.tables, files, "bench", Path(rows), since=2, sink=sink)


def bulk_load(quads: Path, folder: Path) -> None:
    """The baseline: a ready file into an empty store on disk."""
    import pyoxigraph as ox

    store = ox.Store(str(folder))
    store.bulk_load(path=str(quads), format=ox.RdfFormat.N_QUADS)
    store.flush()


def rdflib_parse(quads: Path) -> None:
    """The other baseline, in memory."""
    import rdflib

    rdflib.Dataset().parse(str(quads), format="nquads")


@contextmanager
def _folder() -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="repgraph-bench-"))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def measure(cases: int, *, memory: bool, rdflib_share: float, rounds: int) -> list[Figure]:
    """The figures; the best of `rounds` runs, each load beside its baseline."""
    with _folder() as folder:
        tables = world(folder / "tables", cases=cases, seed=1)
        quads = folder / "quads.nq"
        runs = []
        for number in range(rounds):
            ours = in_child(load_world, tables, folder / f"ws{number}")
            if not quads.exists():
                in_child(write_quads, tables, quads)
            raw = in_child(bulk_load, quads, folder / f"raw{number}")
            runs.append((ours, raw))
            print(
                f"run {number + 1}: load {ours[0]:.1f} s, {ours[1]:,.0f} MB; bulk_load {raw[0]:.1f} s, {raw[1]:,.0f} MB"
            )
            shutil.rmtree(folder / f"raw{number}")
            if number:
                shutil.rmtree(folder / f"ws{number}")
        ours, raw = min(runs, key=lambda run: run[0][0] / run[1][0])
        count, part = _head(quads, folder / "part.nq", rdflib_share)
        theirs, _ = in_child(rdflib_parse, folder / "part.nq")
        scaled = theirs * count / part
        name = f"load of {cases:,} cases ({count:,} quads)"
        said = f"rdflib.Dataset.parse {scaled:.1f} s" + (f" ({part:,} quads parsed, scaled)" if part < count else "")
        figures = [
            Figure(
                name,
                f"{ours[0]:.1f} s",
                f"Store.bulk_load of the ready quads {raw[0]:.1f} s",
                ours[0] / raw[0],
                most=1.3,
            ),
            Figure(name, f"{ours[0]:.1f} s", said, scaled / ours[0], least=4),
        ]
        if memory:
            shutil.rmtree(folder / "ws0")
            figures.append(_memory(folder, cases, ours[1]))
        return figures


def _memory(folder: Path, cases: int, small: float) -> Figure:
    tables = world(folder / "large", cases=4 * cases, seed=1)
    _, large = in_child(load_world, tables, folder / "ws-large")
    name = f"peak memory of a load of {4 * cases:,} cases"
    return Figure(name, f"{large:,.0f} MB", f"{cases:,} cases {small:,.0f} MB", large / small, most=1.25)


def _head(quads: Path, part: Path, share: float) -> tuple[int, int]:
    """Write the first `share` of the lines to `part`; how many lines there are, and how many were written."""
    with quads.open("rb") as file:
        count = sum(1 for _ in file)
    wanted = max(1, round(count * share))
    with quads.open("rb") as file, part.open("wb") as out:
        out.writelines(islice(file, wanted))
    return count, wanted


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.load", description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--cases", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--memory", action="store_true", help="also load four times as many cases")
    parser.add_argument("--rdflib-share", type=float, default=0.1, help="share of the quads that rdflib has to parse")
    options = parser.parse_args(arguments)
    found = measure(options.cases, memory=options.memory, rdflib_share=options.rdflib_share, rounds=options.rounds)
    return report(found)


if __name__ == "__main__":
    raise SystemExit(main())
