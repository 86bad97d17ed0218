"""Starting: `repgraph --help` against a command of click that does nothing, turn by turn.

python -m benchmarks.start
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from statistics import median

from benchmarks.figures import Figure, report, timed

_BARE = """
import click

@click.group()
def main(): "Nothing."

@main.command()
def nothing(): "Do nothing."

main()
"""
_OURS = "from cli import main; main()"


def measure(rounds: int) -> list[Figure]:
    """The ratio of the medians over `rounds` starts of each, after one of each that is not counted."""
    root = Path(__file__).resolve().parent.parent
    with tempfile.TemporaryDirectory() as folder:
        bare = Path(folder) / "bare.py"
        bare.write_text(_BARE, encoding="utf-8")
        commands = ([sys.executable, str(bare), "--help"], [sys.executable, "-c", _OURS, "--help"])
        took: tuple[list[float], list[float]] = ([], [])
        for number in range(rounds + 1):
            for command, times in zip(commands, took, strict=True):
                seconds = timed(lambda c=command: subprocess.run(c, cwd=root, check=True, capture_output=True))  # type: ignore[misc]
                if number:
                    times.append(seconds)
    theirs, ours = median(took[0]), median(took[1])
    said = f"a bare click command {1000 * theirs:.0f} ms"
    return [Figure("repgraph --help", f"{1000 * ours:.0f} ms", said, ours / theirs, most=3)]


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.start", description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--rounds", type=int, default=15)
    return report(measure(parser.parse_args(arguments).rounds))


if __name__ == "__main__":
    raise SystemExit(main())
