"""Files into rows: a loader's records are streamed into Parquet parts and, for a first load, into quads as well.

Large inputs run in a process of their own (`python -m graph.ingest`): it writes N-Quads into a pipe that the
store reads in bulk, so that parsing here and indexing there go on at the same time.
"""

from __future__ import annotations

import gc
import importlib
import json
import os
import queue
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import asdict
from pathlib import Path
from typing import IO, Any, Protocol

from graph.claims import Versioned, nquads_of
from graph.errors import Problem, StoreError
from graph.reading import Loader, Original
from graph.row_files import write_part
from graph.rows import frame_of, schema
from graph.rows import line as row_of

BATCH = 20_000
"""Records that are held in memory at a time."""


class Sink(Protocol):
    """What takes quads as N-Quads text."""

    def write(self, data: bytes, /) -> object: ...


Progress = Callable[[str, int], None]
"""Told what is going on and how many rows are done."""


def ingest(
    loader: Loader,
    files: Sequence[Original],
    dataset: str,
    folder: Path,
    *,
    since: int,
    sink: Sink | None = None,
    progress: Progress | None = None,
) -> list[Problem]:
    """The faults of these files; their rows go to `folder` and, while there is no fault, their quads to `sink`."""
    problems: list[Problem] = []
    buffers: dict[str, list[tuple[Any, ...]]] = {}
    parts: dict[str, int] = {}
    batch: list[Versioned] = []
    done = 0

    def flush(table: str) -> None:
        rows = frame_of(schema(table), buffers.pop(table))
        parts[table] = parts.get(table, -1) + 1
        write_part(folder, rows, table=table, line=since, part=parts[table])

    for record in loader.read(files, dataset, problems):
        buffer = buffers.setdefault(record.table, [])
        buffer.append(row_of(record, since))
        if sink is not None and not problems:
            batch.append(Versioned(record, since))
        done += 1
        if len(buffer) >= BATCH:
            flush(record.table)
        if len(batch) >= BATCH // 10:
            _send(sink, batch)
        if progress is not None and done % BATCH == 0:
            progress("reading", done)
    if not problems:
        _send(sink, batch)
    for table in list(buffers):
        flush(table)
    if progress is not None:
        progress("reading", done)
    return problems


def _send(sink: Sink | None, batch: list[Versioned]) -> None:
    if sink is not None and batch:
        # Each by itself: most are plain ASCII, and one that is not would make the text of the whole batch wide.
        sink.write(b"".join([nquads_of(record, since).encode() for record, since in batch]))
        batch.clear()


@contextmanager
def ingested_beside(
    loader: Loader,
    files: Sequence[Original],
    dataset: str,
    folder: Path,
    *,
    since: int,
    store: Callable[[Path], None] | None,
    progress: Progress | None = None,
) -> Iterator[list[Problem]]:
    """The faults, as `ingest` gives them, from a second process; `store` is called with a pipe to read the quads from.

    All rows are in `folder` when the faults are there. The store may go on sorting what it has read until the context
    ends (a quarter of its time, which other work can use); only then does it hold the quads.

    Raises:
        StoreError: the second process failed, or the store did.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="repgraph-") as place:  # not every disk that holds a workspace knows pipes
        pipe = Path(place) / "quads.nq"
        task = {
            "loader": loader.__name__,  # type: ignore[attr-defined]  # loaders are modules
            "files": [[f.name, str(f.path), f.sha256] for f in files],
            "dataset": dataset, "folder": str(folder), "since": since, "pipe": str(pipe) if store else None,
            "parent": os.getpid(),
        }  # fmt: skip
        with _taking(store, pipe) as failure:
            answer, code = _read_beside(task, progress)
            if code == 0 and answer is not None:
                yield [Problem(**p) for p in answer]
        if failure:
            raise failure[0]
        if code != 0 or answer is None:
            raise StoreError(f"reading stopped half-way (exit {code}); nothing was loaded, load again")


@contextmanager
def _taking(store: Callable[[Path], None] | None, pipe: Path) -> Iterator[list[BaseException]]:
    """A thread in which the store reads from the pipe, if there is a store; what it fails with. Ends when it has done."""
    failure: list[BaseException] = []
    if store is None:
        yield failure
        return
    os.mkfifo(pipe)
    reader = threading.Thread(target=_take, args=(store, pipe, failure))
    reader.start()
    try:
        yield failure
    finally:
        _unblock(pipe, reader)
        reader.join()


def _read_beside(task: dict[str, Any], progress: Progress | None) -> tuple[list[dict[str, Any]] | None, int]:
    """What the second process says of the faults (None if it was cut), and its exit code."""
    worker = subprocess.Popen(
        [sys.executable, "-P", "-m", "graph.ingest"],  # -P: no module of the folder we happen to be in
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, encoding="utf-8",
        env={**os.environ, "PYTHONPATH": os.pathsep.join(p or os.getcwd() for p in sys.path)},
    )  # fmt: skip
    assert worker.stdin is not None
    assert worker.stdout is not None
    try:
        worker.stdin.write(json.dumps(task))
        worker.stdin.close()
        return _listen(worker.stdout, progress), worker.wait()
    finally:
        if worker.poll() is None:
            worker.kill()
            worker.wait()
        worker.stdout.close()


def _take(store: Callable[[Path], None], pipe: Path, failure: list[BaseException]) -> None:
    try:
        store(pipe)
    except BaseException as error:  # noqa: BLE001  # handed to the thread that waits, which raises it
        failure.append(error)


def _unblock(pipe: Path, reader: threading.Thread) -> None:
    """Let a reader go that waits for a writer which never came."""
    while reader.is_alive():
        with suppress(OSError):
            os.close(os.open(pipe, os.O_WRONLY | os.O_NONBLOCK))
        reader.join(timeout=0.05)


def _listen(lines: Iterable[str], progress: Progress | None) -> list[dict[str, Any]] | None:
    problems = None
    for text in lines:
        message = json.loads(text)
        if "problems" in message:
            problems = message["problems"]
        elif progress is not None:
            progress(message["step"], message["done"])
    return problems


class _Ahead:
    """A sink in front of a pipe that takes some batches before they are read.

    A store stops reading for seconds while it sorts; who writes to it could not go on reading the files meanwhile.
    """

    def __init__(self, pipe: IO[bytes]) -> None:
        self._pipe = pipe
        self._waiting: queue.Queue[bytes | None] = queue.Queue(_WAITING)
        self._failure: OSError | None = None
        self._thread = threading.Thread(target=self._pour, daemon=True)

    def __enter__(self) -> _Ahead:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._waiting.put(None)
        self._thread.join()
        self._said()

    def write(self, data: bytes) -> None:
        """Hand over a batch.

        Raises:
            OSError: an earlier one could not be written.
        """
        self._said()
        self._waiting.put(data)

    def _pour(self) -> None:
        for data in iter(self._waiting.get, None):
            if self._failure is None:
                try:
                    self._pipe.write(data)
                except OSError as error:  # what comes after it is thrown away: nobody may wait for a full queue
                    self._failure = error

    def _said(self) -> None:
        if self._failure is not None:
            raise self._failure


_WAITING = 8
"""Batches of quads (some megabytes each) that may wait for the store."""


def main() -> None:
    """The second process: a task on standard input, progress and faults on standard output."""
    gc.disable()  # records hold no cycles, and looking for some takes a tenth of the time
    task = json.load(sys.stdin)
    loader: Any = importlib.import_module(task["loader"])
    files = [Original(name, Path(path), sha) for name, path, sha in task["files"]]
    _go_with(task["parent"])
    options = {"since": task["since"], "progress": _say}
    if task["pipe"]:
        try:
            with open(task["pipe"], "wb") as pipe, _Ahead(pipe) as sink:
                problems = ingest(loader, files, task["dataset"], Path(task["folder"]), sink=sink, **options)
        except BrokenPipeError:
            sys.exit("the store stopped reading")
    else:
        problems = ingest(loader, files, task["dataset"], Path(task["folder"]), **options)
    _tell({"problems": [asdict(p) for p in problems]})


def _go_with(parent: int) -> None:
    """End this process when the one that started it is gone: nobody waits for its work, and its folder is swept."""

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(0.2)
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()


def _say(step: str, done: int) -> None:
    _tell({"step": step, "done": done})


def _tell(message: dict[str, Any]) -> None:
    try:
        sys.stdout.write(json.dumps(message) + "\n")
        sys.stdout.flush()
    except BrokenPipeError:  # who started this process is gone, and nobody is left to be told
        os._exit(1)


if __name__ == "__main__":
    main()
