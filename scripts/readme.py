"""The commands of README.md: what they print now, against what stands below them.

    python scripts/readme.py            print what differs
    python scripts/readme.py --write    put in what they print (long outputs shortened with `…`)

Commands stand in ```console blocks behind `$ `; all run in one new folder beside a demo workspace, one after the other.
In an output `…` is any text, and alone in a line any lines.
"""

from __future__ import annotations

import argparse
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
README = ROOT / "README.md"
_BLOCK = re.compile(r"^```console\n(.*?)^```", re.MULTILINE | re.DOTALL)
_LONGEST = 14
_SECONDS = 120


@dataclass(frozen=True, slots=True)
class Shown:
    """A command with the output that stands below it."""

    command: str
    output: tuple[str, ...]


def shown(text: str) -> list[Shown]:
    """The commands of all blocks, in order."""
    return [one for block in _BLOCK.findall(text) for one in _in_block(block)]


def _in_block(block: str) -> Iterator[Shown]:
    for part in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
        command, *output = part.rstrip("\n").split("\n")
        yield Shown(command, tuple(output))


@contextmanager
def shell(folder: Path) -> Iterator[Mapping[str, str]]:
    """The environment in which `repgraph` is the command of this tree and the demo is loaded; `folder` is new."""
    (folder / "bin").mkdir()
    command = folder / "bin" / "repgraph"
    command.write_text(f'#!/bin/sh\nexec "{sys.executable}" "{ROOT / "cli.py"}" "$@"\n', encoding="utf-8")
    command.chmod(0o755)
    environment = {
        "PATH": f"{folder / 'bin'}{os.pathsep}{os.environ['PATH']}",
        "HOME": str(folder), "LC_ALL": "C.UTF-8", "COLUMNS": "132", "TERM": "dumb", "REPGRAPH_WORKSPACE": "repgraph-demo",
    }  # fmt: skip
    (folder / "work").mkdir()
    printed(folder, "repgraph demo", environment)
    yield environment


def printed(folder: Path, command: str, environment: Mapping[str, str]) -> list[str]:
    """The lines that a command writes to the terminal, notes and progress included."""
    done = subprocess.run(
        ["/bin/sh", "-c", command], cwd=folder / "work", env=dict(environment), stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=_SECONDS, check=False,
    )  # fmt: skip
    text = done.stdout.decode("utf-8").rstrip("\n")
    return [line.rstrip() for line in text.split("\n")] if text else []


def alike(wanted: Sequence[str], found: Sequence[str]) -> bool:
    """Whether lines are what is wanted, `…` taken for any text or any lines."""
    lines = [re.escape(line.rstrip()).replace("…", ".*") for line in wanted]
    pattern = "".join("(?:[^\n]*\n)*" if line == ".*" else line + "\n" for line in lines)
    return bool(re.fullmatch(pattern, "".join(line + "\n" for line in found)))


def _shortened(lines: Sequence[str]) -> list[str]:
    return list(lines) if len(lines) <= _LONGEST else [*lines[: _LONGEST - 2], "…", lines[-1]]


def differences(text: str, *, write: bool = False) -> tuple[list[str], str]:
    """What differs, said for each command; and the text with the outputs of now in place of those that differ."""
    found: list[str] = []
    with tempfile.TemporaryDirectory(prefix="repgraph-readme-") as name, shell(Path(name)) as environment:

        def replaced(block: re.Match[str]) -> str:
            lines = ["```console"]
            for one in _in_block(block[1]):
                now = printed(Path(name), one.command, environment)
                same = alike(one.output, now)
                if not same:
                    found.append("\n".join([f"$ {one.command}", "--- README", *one.output, "--- now", *now]))
                lines += [f"$ {one.command}", *(one.output if same or not write else _shortened(now))]
            return "\n".join([*lines, "```"])

        written = _BLOCK.sub(replaced, text)
    return found, written


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--write", action="store_true", help="put what the commands print into README.md")
    options = parser.parse_args(arguments)
    found, text = differences(README.read_text(encoding="utf-8"), write=options.write)
    if options.write:
        README.write_text(text, encoding="utf-8", newline="\n")
        return 0
    print("\n\n".join(found) or "every command prints what stands below it")
    return int(bool(found))


if __name__ == "__main__":
    sys.exit(main())
