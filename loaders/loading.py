"""What `repgraph load` does with paths: which loader reads each, which dataset it is, judgements after datasets."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from graph.answers import Answer, Row
from graph.bundles import is_bundle, unpack_pages
from graph.bundles import problems as bundle_problems
from graph.errors import BadData, Problem
from graph.ingest import Progress
from graph.judging import load_judgements
from graph.loading import DIFFERENCE, Loaded, check, load
from graph.manifest import Manifest
from graph.reading import Loader, ManyDatasets, Original
from graph.workspace import Workspace
from loaders import claims, known_loaders
from loaders.tables import USUAL
from loaders.tables.judgements import judgement_files, read_judgements


def load_paths(
    folder: Path,
    paths: Sequence[Path],
    *,
    dataset: str | None = None,
    dry: str | None = None,
    accept_drop: bool = False,
    wait: float = 0,
    progress: Progress | None = None,
    say: Callable[[str], None] = lambda text: None,
) -> Answer:
    """Load every path into the workspace in `folder` (made where there is none); the differences as one table.

    Each folder or workbook is a dataset of its own; single tables given together are one. A file of claims and a
    bundle hold datasets by their names; the judgements in them are loaded after. `dry` is `check` or `diff`: then
    nothing is written.

    Raises:
        BadData, Refused, WorkspaceError, StoreError: the dataset at fault was not loaded; those before it were.
    """
    judged = [found for p in paths for found in judgement_files(p)]
    for bundle in (p for p in paths if is_bundle(p)):
        if faults := bundle_problems(bundle):
            raise BadData(faults)
    jobs = _datasets([p for p in paths if p not in judged], dataset)
    forms = {name: _forms(loader, files) for name, (loader, files) in jobs.items()}
    workspace = _workspace(folder, make=dry is None, say=say)
    done = []
    for name, (loader, files) in jobs.items():
        for form in () if dry == "check" else forms[name]:
            if not form.endswith(USUAL):
                say(f"{name}: {form}")
        if dry or workspace is None:
            done.append(
                check(
                    workspace, files, loader, dataset=name, accept_drop=accept_drop or dry == "check", progress=progress
                )
            )
        else:
            with _copies_beside(files, name) as beside:
                done.append(
                    load(
                        workspace, files, loader, dataset=name, accept_drop=accept_drop, beside=beside, wait=wait,
                        progress=progress,
                    )
                )  # fmt: skip
    notes = [note for one in done for note in _told(one)]
    notes += [note for path in judged for note in _judge(workspace, path, read_judgements, dry=dry, wait=wait)]
    for path in paths:
        if claims.files(path):
            notes += _claimed(workspace, path, jobs, dry=dry, wait=wait)
    if dry == "check":
        return _checked(done, [*(f"{name}: {form}" for name, found in forms.items() for form in found), *notes])
    rows = [row for one in done for row in one.difference.rows]
    left_out: dict[str, int] = {}
    for one in done:
        for reason, n in one.difference.left_out.items():
            left_out[reason] = left_out.get(reason, 0) + n
    return Answer("load", {"datasets": list(jobs)}, DIFFERENCE, rows, notes, left_out)


def _workspace(folder: Path, *, make: bool, say: Callable[[str], None]) -> Workspace | None:
    if Manifest(folder).is_begun():
        return Workspace.open(folder)
    if not make:
        return None
    made = Workspace.create(folder)
    say(f"made the workspace {folder}")
    return made


def _datasets(paths: Sequence[Path], dataset: str | None) -> dict[str, tuple[Loader, list[Path]]]:
    """The paths by the dataset they make."""
    found: dict[str, tuple[Loader, list[Path]]] = {}
    for path in paths:
        loader = _loader_of(path)
        for name in _names(loader, path, dataset):
            there = found.setdefault(name, (loader, []))
            if there[0] is not loader:
                raise _fault(path, f"is of another format than the rest of {name!r}; load it apart")
            there[1].append(path)
    return found


def _names(loader: Loader, path: Path, dataset: str | None) -> list[str]:
    """The datasets at a path: of claims, those the file names."""
    if not isinstance(loader, ManyDatasets):
        return [dataset or _dataset_name(path)]
    within = loader.datasets([Original(file.name, file, "") for file in loader.files(path)])
    if not within:
        raise _fault(
            path, "holds no record that can be read; check it with `repgraph load --check`, or export it again"
        )
    if dataset is None:
        return within
    if len(within) > 1:
        raise _fault(path, f"holds the datasets {', '.join(within)}, which keep their names; load it without --dataset")
    return [dataset]


def _fault(path: Path, what: str) -> BadData:
    return BadData([Problem(path.name, None, None, None, what)])


@contextmanager
def _copies_beside(paths: Sequence[Path], dataset: str) -> Iterator[Path | None]:
    """The folder where saved copies lie, if they come in a bundle; None for beside the files."""
    bundles = [p for p in paths if is_bundle(p)]
    if not bundles:
        yield None
        return
    with tempfile.TemporaryDirectory(prefix="repgraph-pages-") as folder:
        for bundle in bundles:
            unpack_pages(bundle, Path(folder))
        yield Path(folder) / dataset


def _claimed(
    workspace: Workspace | None,
    path: Path,
    jobs: Mapping[str, tuple[Loader, list[Path]]],
    *,
    dry: str | None,
    wait: float,
) -> list[str]:
    """Load the judgements of a file of claims, and say so."""
    original = Original(path.name, path, "")
    if not claims.judgements(original, []):
        return []
    if not set(claims.datasets([original])) <= jobs.keys():
        return [f"{path.name}: its judgements are on datasets by other names and were left out"]
    return _judge(workspace, path, claims.judgements, dry=dry, wait=wait)


def _forms(loader: Loader, paths: Sequence[Path]) -> list[str]:
    """How each file is written, where the loader can tell: a wrong encoding shows here before it does harm."""
    describe = getattr(loader, "describe", None)
    files = [Original(file.name, file, "") for path in paths for file in loader.files(path)]
    return list(describe(files)) if describe else []


def _dataset_name(path: Path) -> str:
    whole = path.resolve()
    return (
        whole.stem
        if whole.is_file() and whole.suffix.lower() == ".xlsx"
        else (whole if whole.is_dir() else whole.parent).name
    )


def _loader_of(path: Path) -> Loader:
    loaders: Mapping[str, Loader] = known_loaders()
    for loader in loaders.values():
        if loader.files(path):
            return loader
    known = "; ".join(loader.TITLE for loader in loaders.values())
    raise _fault(path, f"is nothing that can be loaded (known: {known}); `repgraph template` shows the tables")


def _told(done: Loaded) -> list[str]:
    notes = list(done.difference.notes)
    if done.line is not None:
        notes.append(f"{done.dataset}: loaded as line {done.line}")
    elif not any(done.counts[k] for k in ("added", "replaced", "retracted")):
        notes.append(f"{done.dataset}: nothing has changed, nothing was written")
    return notes


def _judge(workspace: Workspace | None, path: Path, read: Any, *, dry: str | None, wait: float) -> list[str]:
    if dry or workspace is None:
        return [f"{path.name}: judgements are checked when they are loaded"]
    new, known, notes = load_judgements(workspace, path, read, wait=wait)
    return [f"{path.name}: {new} judgements, {known} stood already", *notes]


def _checked(done: Sequence[Loaded], notes: Sequence[str]) -> Answer:
    rows: list[Row] = [
        {"dataset": one.dataset, "table": table, "records": n} for one in done for table, n in one.rows.items()
    ]
    said = [f"{one.dataset}: no fault found" for one in done]
    return Answer("check", {}, ("dataset", "table", "records"), rows, [*said, *notes])
