"""A short form of `benchmarks/kill.py`: the process is killed, and nothing is lost or half done."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.thorough import more


@pytest.mark.parametrize("kills", [4, *more(10)])
def test_kills_lose_nothing_and_leave_nothing_half_done(kills: int) -> None:
    # in a process of its own, for it forks, which one that has asked polars anything may not
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.kill", "--kills", str(kills), "--seed", "5"], cwd=Path(__file__).parents[2],
        capture_output=True, text=True, check=False,
    )  # fmt: skip

    assert done.returncode == 0, done.stdout + done.stderr
    assert "0 lost, 0 half done, 0 not clean" in done.stdout
    assert "killed load" in done.stdout
