"""Every benchmark, one after the other, each in a process of its own (`make bench`).

CASES names another size than 100,000. A benchmark whose server or data are absent says so and is skipped.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

CASES = os.environ.get("CASES", "100000")
COMMANDS: tuple[tuple[str, ...], ...] = (
    ("start",),
    ("load", "--cases", CASES, "--memory"),
    ("who", "--cases", CASES),
    ("reload", "--cases", CASES),
    ("neo4j", "--cases", CASES),
    ("wisconsin", "--load"),
    ("pictures", "--big"),
)
"""Module and options. What is beside these, other benchmarks say in their own first lines."""
_HERE = Path(__file__).parent
_PARTS = frozenset({"__init__", "__main__", "figures", "generate", "worlds"})


def commands() -> list[tuple[str, ...]]:
    """The commands above, then every other benchmark of this folder without options."""
    named = {command[0] for command in COMMANDS}
    others = sorted(p.stem for p in _HERE.glob("*.py") if p.stem not in _PARTS | named)
    return [*COMMANDS, *((name,) for name in others)]


def main() -> int:
    failed = []
    for module, *options in commands():
        print(f"--- {module} {' '.join(options)}".rstrip(), flush=True)
        if subprocess.run([sys.executable, "-m", f"benchmarks.{module}", *options], check=False).returncode:
            failed.append(module)
    print(f"limits missed or failed: {', '.join(failed)}" if failed else "every limit was kept")
    return int(bool(failed))


if __name__ == "__main__":
    raise SystemExit(main())
