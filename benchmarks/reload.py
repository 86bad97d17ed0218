"""How long the next version of a dataset takes against its first load: 1 % of the rows changed, then nothing.

    python -m benchmarks.reload --cases 100000

The target is 0.35 of the first load in the same run. Each load is a process of its own, as on the command line, and
says its own peak memory (the greater of it and the process that reads for it).
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from benchmarks.generate import world

TARGET = 0.35
_LOAD = """
import json, resource, sys, time
from pathlib import Path
from graph.loading import load
from graph.workspace import Workspace
from loaders import tables
folder, data = map(Path, sys.argv[1:])
began = time.perf_counter()
workspace = Workspace.open(folder) if (folder / "manifest.jsonl").exists() else Workspace.create(folder)
done = load(workspace, [data], tables, dataset="world")
peak = max(resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
print(json.dumps({"seconds": time.perf_counter() - began, "mb": peak // 1024, "line": done.line, "counts": dict(done.counts)}))
"""


def load(folder: Path, data: Path) -> dict[str, Any]:
    """Seconds, peak memory (MB), manifest line and counts of one load in a process of its own."""
    done = subprocess.run(
        [sys.executable, "-c", _LOAD, str(folder), str(data)], check=True, capture_output=True, text=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(p or os.getcwd() for p in sys.path)},
    )  # fmt: skip
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def measure(cases: int, place: Path) -> dict[str, dict[str, Any]]:
    """The first load, the reload with 1 % changed rows, and the reload without a change."""
    first = world(place / "first", cases=cases)
    second = world(place / "second", cases=cases, changed=0.01)
    folder = place / "workspace"
    return {"first": load(folder, first), "changed": load(folder, second), "same": load(folder, second)}


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.reload", description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--cases", type=int, default=100_000)
    options = parser.parse_args(arguments)
    began = time.perf_counter()
    with tempfile.TemporaryDirectory(prefix="repgraph-bench-") as place:
        found = measure(options.cases, Path(place))
    print(f"{options.cases:,} cases; {platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}")
    first = found["first"]["seconds"]
    for name, one in found.items():
        counts = ", ".join(f"{n:,} {k}" for k, n in one["counts"].items())
        print(
            f"{name:8} {one['seconds']:7.1f} s  {one['seconds'] / first:5.2f} of the first  {one['mb']:6,} MB  line {one['line']}  {counts}"
        )
    ratio = found["changed"]["seconds"] / first
    print(
        f"reload with 1 % changed: {ratio:.2f} of the first load (target {TARGET}); in all {time.perf_counter() - began:.0f} s"
    )
    return 0 if ratio <= TARGET and found["same"]["line"] is None else 1


if __name__ == "__main__":
    sys.exit(main())
