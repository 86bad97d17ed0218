"""How a benchmark says what it measured: a value, its baseline of the same run, the ratio, the limit it must keep."""

from __future__ import annotations

import multiprocessing
import os
import platform
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.metadata import version
from multiprocessing.connection import Connection
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Figure:
    """One measured ratio: at most `most`, at least `least`, where a limit is given."""

    name: str
    value: str
    baseline: str
    ratio: float
    most: float | None = None
    least: float | None = None

    @property
    def kept(self) -> bool:
        return (self.most is None or self.ratio <= self.most) and (self.least is None or self.ratio >= self.least)

    def __str__(self) -> str:
        limit = f"at most {self.most:g}" if self.most is not None else f"at least {self.least:g}"
        word = "kept" if self.kept else "MISSED"
        return f"{self.name}: {self.value} against {self.baseline}: ratio {self.ratio:.2f} ({limit}: {word})"


def machine() -> str:
    """What it was measured on, without the name of the machine or its user."""
    packages = ", ".join(f"{name} {version(name)}" for name in ("pyoxigraph", "polars", "rdflib"))
    return (
        f"measured on {os.cpu_count()} cores ({platform.machine()}), {_memory_gb():.0f} GB, {platform.system()}, "
        f"Python {platform.python_version()}, {packages}"
    )


def _memory_gb() -> float:
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1e9


def report(figures: Sequence[Figure]) -> int:
    """Print the figures and the machine; 1 if a limit was missed."""
    for figure in figures:
        print(figure)
    print(machine())
    return int(not all(figure.kept for figure in figures))


def timed(work: Callable[[], object]) -> float:
    """Seconds of wall clock."""
    begin = time.perf_counter()
    work()
    return time.perf_counter() - begin


def in_child(work: Callable[..., object], *arguments: object) -> tuple[float, float]:
    """Seconds that `work` took in a process of its own, and the peak memory of it and its children in MB.

    The process is a fresh one: a forked copy of this one would inherit its memory and locked threads.

    Raises:
        RuntimeError: it failed.
    """
    context = multiprocessing.get_context("spawn")
    receiver, sender = context.Pipe(duplex=False)
    child = context.Process(target=_timed_in_child, args=(sender, work, *arguments))
    child.start()
    assert child.pid is not None
    with _watched(child.pid) as peak:
        child.join()
    if child.exitcode:
        raise RuntimeError("the measured work failed; see above")
    return float(receiver.recv()), peak[0] / 1000


def _timed_in_child(pipe: Connection, work: Callable[..., object], *arguments: object) -> None:
    pipe.send(timed(lambda: work(*arguments)))


@contextmanager
def _watched(pid: int) -> Iterator[list[int]]:
    """The most kB that a process and its children had at once, looked at 5 times a second. Linux only."""
    peak, done = [0], threading.Event()

    def watch() -> None:
        while not done.wait(0.2):
            peak[0] = max(peak[0], _resident(pid))

    thread = threading.Thread(target=watch)
    thread.start()
    try:
        yield peak
    finally:
        done.set()
        thread.join()


def _resident(pid: int) -> int:
    """kB of memory of a process and all below it; files that they map are counted once.

    From `statm`, which costs nothing: to reckon shares (`smaps_rollup`) of some gigabytes took a fifth of a core from
    what was measured.
    """
    own, mapped, waiting = 0, 0, [pid]
    while waiting:
        one = waiting.pop()
        try:
            _, resident, shared, *_ = map(int, Path(f"/proc/{one}/statm").read_text().split())
            own, mapped = own + resident - shared, max(mapped, shared)
            for task in Path(f"/proc/{one}/task").iterdir():
                waiting += map(int, (task / "children").read_text().split())
        except OSError:
            continue  # it ended while it was looked at
    return (own + mapped) * os.sysconf("SC_PAGE_SIZE") // 1000


def quantile(values: Sequence[float], share: float) -> float:
    """The value that `share` of the sorted values do not exceed."""
    found = sorted(values)
    return found[min(len(found) - 1, round(share * (len(found) - 1)))]
