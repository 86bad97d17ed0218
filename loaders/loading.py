"""What `repgraph load` does with paths: which loader reads each, which dataset it is, judgements after datasets."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeAlias

from graph.answers import Answer, Row
from graph.bundles import is_bundle, unpack_pages
from graph.bundles import problems as bundle_problems
from graph.errors import BadData, Problem
from graph.ingest import Progress
from graph.judging import judgement_problems, load_judgements
from graph.loading import DIFFERENCE, Loaded, check, load
from graph.manifest import Manifest
from graph.reading import Loader, ManyDatasets, Original
from graph.workspace import Workspace
from loaders import claims, known_loaders
from loaders.tables import USUAL
from loaders.tables.judgements import judgement_files, read_judgements

_Judged: TypeAlias = tuple[Path, Callable[[Original, list[Problem]], Sequence[Any]]]
"""A file with judgements, and what reads them."""


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
    nothing is written. Several datasets, or judgements beside one, are all checked before the first is loaded.

    Raises:
        BadData: faults in the files, those of all datasets and judgements; nothing was loaded.
        Refused, WorkspaceError, StoreError: the dataset at fault was not loaded.
    """
    files_of_judgements = [found for p in paths for found in judgement_files(p)]
    for bundle in (p for p in paths if is_bundle(p)):
        if faults := bundle_problems(bundle):
            raise BadData(faults)
    jobs = _datasets([p for p in paths if p not in files_of_judgements], dataset)
    within, elsewhere = _claimed(paths, jobs)
    judged: list[_Judged] = [*((path, read_judgements) for path in files_of_judgements), *within]
    forms = {name: _forms(loader, files) for name, (loader, files) in jobs.items()}
    done: list[Loaded] = []
    if dry or len(jobs) + len(judged) > 1:
        standing = _workspace(folder, make=False, say=say)
        done = _all_checked(standing, jobs, judged, accept_drop=accept_drop or dry is not None, progress=progress)
    workspace = _workspace(folder, make=dry is None, say=say)
    if not dry and workspace is not None:
        done = []
        for name, (loader, files) in jobs.items():
            for form in forms[name]:
                if not form.endswith(USUAL):
                    say(f"{name}: {form}")
            with _copies_beside(files, name) as beside:
                done.append(
                    load(
                        workspace, files, loader, dataset=name, accept_drop=accept_drop, beside=beside, wait=wait,
                        progress=progress,
                    )
                )  # fmt: skip
    notes = [note for one in done for note in _told(one)]
    for path, reader in judged:
        if dry or workspace is None:
            notes.append(f"{path.name}: no fault found in the judgements")
        else:
            new, known, more = load_judgements(workspace, path, reader, wait=wait)
            notes += [f"{path.name}: {new} judgements, {known} stood already", *more]
    notes += elsewhere
    if dry == "check":
        return _checked(done, [*(f"{name}: {form}" for name, found in forms.items() for form in found), *notes])
    rows = [row for one in done for row in one.difference.rows]
    left_out: dict[str, int] = {}
    for one in done:
        for reason, n in one.difference.left_out.items():
            left_out[reason] = left_out.get(reason, 0) + n
    return Answer("load", {"datasets": list(jobs)}, DIFFERENCE, rows, notes, left_out)


def _all_checked(
    workspace: Workspace | None,
    jobs: Mapping[str, tuple[Loader, list[Path]]],
    judged: Sequence[_Judged],
    *,
    accept_drop: bool,
    progress: Progress | None,
) -> list[Loaded]:
    """What loading each dataset would do, if there is no fault in any of them, nor in the judgements.

    Raises:
        BadData: the faults of all of them; where there are several datasets, each file goes by its dataset.
    """
    done, faults = [], []
    for name, (loader, files) in jobs.items():
        try:
            done.append(check(workspace, files, loader, dataset=name, accept_drop=accept_drop, progress=progress))
        except BadData as error:
            faults += [replace(p, file=f"{name}/{p.file}") if len(jobs) > 1 else p for p in error.problems]
    for path, reader in judged:
        faults += judgement_problems(workspace, path, reader)
    if faults:
        raise BadData(faults)
    return done


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


def _claimed(paths: Sequence[Path], jobs: Mapping[str, object]) -> tuple[list[_Judged], list[str]]:
    """The files of claims whose judgements are on datasets that are loaded here, and a note on each other one."""
    found: list[_Judged] = []
    notes = []
    for path in paths:
        original = Original(path.name, path, "")
        if not claims.files(path) or not claims.judgements(original, []):
            continue
        if set(claims.datasets([original])) <= jobs.keys():
            found.append((path, claims.judgements))
        else:
            notes.append(f"{path.name}: its judgements are on datasets by other names and were left out")
    return found, notes


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
    notes = list(dict.fromkeys([*done.difference.notes, *done.notes]))
    if done.line is not None:
        notes.append(f"{done.dataset}: loaded as line {done.line}")
    elif not any(done.counts[k] for k in ("added", "replaced", "retracted")):
        notes.append(f"{done.dataset}: nothing has changed, nothing was written")
    return notes


def _checked(done: Sequence[Loaded], notes: Sequence[str]) -> Answer:
    rows: list[Row] = [
        {"dataset": one.dataset, "table": table, "records": n} for one in done for table, n in one.rows.items()
    ]
    said = [f"{one.dataset}: no fault found" for one in done]
    return Answer("check", {}, ("dataset", "table", "records"), rows, [*said, *notes])
