"""SIGKILL at random moments of loads, reloads, retractions, judgements and rebuilds: nothing lost, nothing half done.

    python -m benchmarks.kill --kills 200 --seed 1

After each kill the manifest must begin with the lines there were, the data must be those of before or of one line
more, and `verify` must be clean. Half of the kills come after a random time, half before a random one of the
operation's own file accesses, so that every step of a change is hit. The same seed makes the same operations.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import random
import signal
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import graph.asking
import graph.name_index
import graph.officials  # noqa: F401
from benchmarks.generate import world
from graph import loading
from graph.custody import rebuild, retract, verify
from graph.errors import RepgraphError
from graph.judging import judge
from graph.loading import load
from graph.workspace import Workspace
from loaders import known_loaders, tables

_ACCESS = {
    "open", "os.chmod", "os.link", "os.mkdir", "os.remove", "os.rename", "os.rmdir", "os.truncate", "shutil.copyfile",
    "sqlite3.connect", "subprocess.Popen", "tempfile.mkdtemp",
}  # fmt: skip
OPERATIONS = ("load", "load", "reload beside", "retract", "judge", "rebuild")
_VERSIONS = 4


def operate(name: str, folder: Path, place: Path, seed: int) -> None:
    """One operation on the workspace, chosen by name and seed."""
    rng = random.Random(seed)
    workspace = Workspace.open(folder)
    loading.LARGE = 0 if name == "reload beside" else 1 << 40
    if name in ("load", "reload beside"):
        data = place / f"version{rng.randrange(_VERSIONS)}"
        load(workspace, [data], tables, dataset=rng.choice(("world", "other")), accept_drop=True)
    elif name == "retract":
        standing = sorted(workspace.rows().table("roles")["record"])
        retract(workspace, rng.choice(standing or ["none"]), why="a kill is near")
    elif name == "judge":
        people = sorted(workspace.rows().table("people")["thing"])
        left, right = rng.sample(people or ["none/a", "none/b"], 2)
        judge(workspace, left, right, rng.choice(("same", "different", "unsure")), why="a kill is near")
    else:
        rebuild(workspace, known_loaders())


def look(folder: Path) -> dict[str, Any]:
    """What a reader finds: lines, data hash, and what `verify` says."""
    workspace = Workspace.open(folder)
    return {
        "lines": len(workspace.lines()),
        "data": workspace.data_hash,
        "problems": [f"{r['where']}: {r['what']}" for r in verify(workspace, known_loaders()).rows],
    }


def forked(run: Callable[[], Any], *, dies_at: int | None = None) -> tuple[int, int]:
    """Process id and the reading end of a pipe with what `run` gives, as JSON, in a process of its own.

    `dies_at` kills that process before its n-th access to a file.
    """
    reader, writer = os.pipe()
    pid = os.fork()  # this process never asks polars anything, so no thread is lost by the fork
    if pid:
        os.close(writer)
        return pid, reader
    code = 1
    try:
        os.close(reader)
        if dies_at is not None:
            _die_at(dies_at)
        os.write(writer, json.dumps(run()).encode())
        code = 0
    except RepgraphError as error:
        os.write(
            2, f"  refused: {str(error).splitlines()[0][:100]}\n".encode() if os.environ.get("KILL_VERBOSE") else b""
        )
        code = 3
    finally:
        os._exit(code)


def _die_at(number: int) -> None:
    count = 0

    def hook(event: str, arguments: Any) -> None:
        nonlocal count
        if event in _ACCESS:
            count += 1
            if count == number:
                os.kill(os.getpid(), signal.SIGKILL)

    sys.addaudithook(hook)


def asked(run: Callable[[], Any]) -> Any:
    """What `run` gives, from a process of its own.

    Raises:
        RuntimeError: the process failed.
    """
    pid, reader = forked(run)
    with os.fdopen(reader, "rb") as pipe:
        data = pipe.read()
    code = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    if code != 0:
        raise RuntimeError(f"a look at the workspace failed (exit {code})")
    return json.loads(data)


def kill_once(
    name: str, folder: Path, place: Path, rng: random.Random, usual: dict[str, float], *, by_time: bool
) -> str:
    """Start an operation and kill it: `killed`, `done` (it was faster) or `refused`."""
    seed = rng.randrange(1 << 30)
    delay = rng.uniform(0, 1.2) * usual.get(name, 0.3)
    began = time.perf_counter()
    pid, reader = forked(lambda: operate(name, folder, place, seed), dies_at=None if by_time else rng.randrange(1, 140))
    if by_time:
        time.sleep(delay)
        os.kill(pid, signal.SIGKILL)
    code = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    os.close(reader)
    if code == 0:
        usual[name] = 0.5 * usual.get(name, 0.3) + 0.5 * (time.perf_counter() - began)
    elif by_time and code == -signal.SIGKILL:
        usual[name] = max(usual.get(name, 0.3), 0.9 * delay)
    return {0: "done", 3: "refused", -signal.SIGKILL: "killed"}.get(code, f"failed with {code}")


def run(kills: int, seed: int, place: Path) -> tuple[Counter[str], list[str]]:
    """Counts of what happened, and everything that was wrong."""
    rng, usual = random.Random(seed), dict[str, float]()
    counts: Counter[str] = Counter()
    wrong: list[str] = []
    for version in range(_VERSIONS):
        world(place / f"version{version}", cases=12, seed=seed, changed=0.15 * version)
    folder = place / "workspace"
    asked(lambda: Workspace.create(folder).head.line)
    asked(lambda: operate("load", folder, place, seed))
    before, text = asked(lambda: look(folder)), (folder / "manifest.jsonl").read_bytes()
    while counts["killed"] < kills:
        name = rng.choice(OPERATIONS)
        ended = kill_once(name, folder, place, rng, usual, by_time=bool(rng.randrange(2)))
        after, now = asked(lambda: look(folder)), (folder / "manifest.jsonl").read_bytes()
        counts[ended] += 1
        counts[f"{ended} {name}"] += 1
        where = f"{ended} {name} (after {counts['killed']} kills)"
        if not now.startswith(text[: text.rfind(b"\n") + 1]) or not 0 <= after["lines"] - before["lines"] <= 1:
            counts["lost"] += 1
            wrong.append(f"{where}: lines were lost or more than one was written")
        if after["lines"] == before["lines"] and after["data"] != before["data"]:
            counts["half done"] += 1
            wrong.append(f"{where}: the data changed without a line")
        if after["problems"]:
            counts["not clean"] += 1
            wrong += [f"{where}: {p}" for p in after["problems"][:5]]
        if after["lines"] > before["lines"] and ended == "killed":
            counts["killed after the line"] += 1
        if ended.startswith("failed"):
            wrong.append(where)
        before, text = after, now
    return counts, wrong


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.kill", description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args(arguments)
    began = time.perf_counter()
    with tempfile.TemporaryDirectory(prefix="repgraph-kill-") as place:
        counts, wrong = run(options.kills, options.seed, Path(place))
    print(
        f"{counts['killed']} kills, seed {options.seed}, {time.perf_counter() - began:.0f} s; {platform.machine()}, {os.cpu_count()} cores"
    )
    print(f"{counts['lost']} lost, {counts['half done']} half done, {counts['not clean']} not clean")
    for name, n in sorted(counts.items()):
        print(f"  {n:5} {name}")
    for line in wrong:
        print(f"WRONG {line}")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
