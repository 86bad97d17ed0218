"""The next version of a dataset: 1 % of the rows changed, then nothing, against its first load; memory at a quarter of it.

    python -m benchmarks.reload --cases 100000

Each load is a process of its own, as on the command line; its memory is that of all its processes together.
"""

from __future__ import annotations

import argparse
import shutil
import tempfile
from collections.abc import Sequence
from pathlib import Path

import loaders.tables
from benchmarks.figures import Figure, in_child, report
from benchmarks.generate import world
from benchmarks.load import load_world

CHANGED = 0.01
TIME, MEMORY = 0.35, 1.25


def load_again(tables: Path, folder: Path, changes: bool) -> None:
    """The next version of what the workspace in `folder` holds; what it may and may not write is asserted."""
    from graph.loading import load
    from graph.workspace import Workspace

    workspace = Workspace.open(folder)
    before = (workspace.path / "manifest.jsonl").read_bytes()
    done = load(workspace, [tables], loaders.tables, dataset="bench")
    if changes:
        assert done.counts["replaced"] > 0, done.counts
        assert done.counts["added"] == done.counts["retracted"] == 0, done.counts
    else:
        assert done.line is None
        assert (workspace.path / "manifest.jsonl").read_bytes() == before


def measure(cases: int, folder: Path) -> dict[str, tuple[float, float]]:
    """Seconds and peak memory (MB) of the first load, of that with 1 % changed rows, and of that without a change."""
    first = world(folder / "first", cases=cases)
    second = world(folder / "second", cases=cases, changed=CHANGED)
    workspace = folder / "workspace"
    found = {
        "first": in_child(load_world, first, workspace),
        "changed": in_child(load_again, second, workspace, True),
        "same": in_child(load_again, second, workspace, False),
    }
    shutil.rmtree(folder)
    for name, (seconds, memory) in found.items():
        print(f"{cases:,} cases, {name}: {seconds:.1f} s, {memory:,.0f} MB", flush=True)
    return found


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.reload", description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--cases", type=int, default=100_000)
    cases = parser.parse_args(arguments).cases
    with tempfile.TemporaryDirectory(prefix="repgraph-bench-") as place:
        few = measure(cases // 4, Path(place) / "few")
        many = measure(cases, Path(place) / "many")
    seconds, memory = many["changed"]
    name = f"reload of {cases:,} cases with {CHANGED:.0%} changed rows"
    return report(
        [
            Figure(name, f"{seconds:.1f} s", f"first load {many['first'][0]:.1f} s", seconds / many["first"][0], TIME),
            Figure(
                f"peak memory of a {name}", f"{memory:,.0f} MB", f"{cases // 4:,} cases {few['changed'][1]:,.0f} MB",
                memory / few["changed"][1], MEMORY,
            ),
        ]
    )  # fmt: skip


if __name__ == "__main__":
    raise SystemExit(main())
