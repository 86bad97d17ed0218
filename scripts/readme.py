"""Fill the `console` blocks of the README with what the commands print: `python -m scripts.readme`, and a test compares."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
import tempfile
from pathlib import Path

README = Path(__file__).parent.parent / "README.md"
_BLOCK = re.compile(r"```console\n(.*?)```", re.DOTALL)
_WIDTH = "112"


def filled(text: str, folder: Path) -> str:
    """The README with the output of each `$ repgraph ...` line, run in `folder` on a demo workspace made there."""
    _run("demo --output network.html", folder)
    return _BLOCK.sub(lambda block: f"```console\n{_answered(block[1], folder)}```", text)


def _answered(block: str, folder: Path) -> str:
    commands = [line for line in block.splitlines() if line.startswith("$ repgraph ")]
    return "".join(f"{line}\n{_run(line.removeprefix('$ repgraph '), folder)}" for line in commands)


def _run(command: str, folder: Path) -> str:
    """What a command prints, notes and errors included, without blanks at the ends of lines."""
    environment = {
        **os.environ, "REPGRAPH_WORKSPACE": str(folder / "repgraph-demo"), "COLUMNS": _WIDTH, "NO_COLOR": "1",
        "TERM": "dumb", "PYTHONPATH": str(README.parent),
    }  # fmt: skip
    done = subprocess.run(
        [sys.executable, str(README.parent / "cli.py"), *shlex.split(command)],
        cwd=folder, env=environment, check=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, encoding="utf-8",
    )  # fmt: skip
    return "\n".join(line.rstrip() for line in done.stdout.splitlines()).strip("\n") + "\n"


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as name:
        README.write_text(filled(README.read_text(encoding="utf-8"), Path(name)), encoding="utf-8", newline="\n")
