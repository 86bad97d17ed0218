"""Judgements that are made: checked against those there are, written down as a manifest line, applied to the state."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from graph.answers import Answer
from graph.errors import BadData, NotFound, Problem, Refused
from graph.identity import KINDS, Judgement, check
from graph.reading import Original
from graph.row_files import RowFiles
from graph.workspace import Change, Workspace, today

_CELLS = ("kind", "left", "right", "verdict", "decided_on", "by", "why", "evidence")


def kinds_of(rows: RowFiles, thing: str) -> list[str]:
    """The kinds of things that go by an id, of those that can be judged."""
    return [kind for kind, table in KINDS.items() if not rows.where(table, "thing", [thing]).is_empty()]


def judge(
    workspace: Workspace,
    left: str,
    right: str,
    verdict: str,
    *,
    why: str,
    by: str | None = None,
    evidence: str | None = None,
    kind: str | None = None,
    wait: float = 0,
) -> Judgement:
    """Judge two things to be the same, different or unsure.

    Raises:
        NotFound: an id that no record has, or two things of different kinds.
        Contradiction: the verdict is against those there are.
    """
    rows = workspace.rows()
    shared = set(kinds_of(rows, left)) & set(kinds_of(rows, right))
    if kind is not None:
        shared &= {kind}
    if len(shared) != 1:
        raise NotFound(_explained(rows, left, right, shared))
    made = Judgement(shared.pop(), left, right, verdict, today().isoformat(), by, why, evidence)
    with workspace.change("judge", wait=wait) as change:
        _apply(workspace, change, workspace.judgements(), [made], [])
    return made


def _explained(rows: RowFiles, left: str, right: str, shared: set[str]) -> str:
    for thing in (left, right):
        if not kinds_of(rows, thing):
            return f"{thing!r} is no person, body, case or proceeding here; find its id with `repgraph who`"
    if shared:
        return f"{left!r} and {right!r} name things of several kinds ({', '.join(sorted(shared))}); add --kind"
    return f"{left!r} and {right!r} are things of different kinds"


def load_judgements(workspace: Workspace, path: Path, read: Any, *, wait: float = 0) -> tuple[int, int, list[str]]:
    """Take in a file of judgements; those that stand already are skipped.

    `read(original, problems)` gives rows with the columns of the judgements table.

    Returns:
        How many were new, how many stood already, and notes.

    Raises:
        BadData: faults in the file, or judgements that contradict each other or those there are.
    """
    with workspace.change("judge", wait=wait) as change:
        original = workspace.originals.keep(path, name=path.name)
        found, problems = _read(original, read)
        if problems:
            raise BadData(problems)
        before = workspace.judgements()
        standing = {(j.kind, j.pair): _said(j) for j in before}
        latest = {(j.kind, j.pair): j for j in found}
        fresh = [j for key, j in latest.items() if standing.get(key) != _said(j)]
        change.dropped = not fresh
        _apply(workspace, change, before, fresh, [original])
    return len(fresh), len(found) - len(fresh), _unknown(workspace.rows(), fresh)


def judgement_problems(workspace: Workspace | None, path: Path, read: Any) -> list[Problem]:
    """The faults for which `load_judgements` would refuse a file; nothing is written, a workspace need not be there."""
    found, problems = _read(Original(path.name, path, ""), read)
    if not problems:
        try:
            check(workspace.judgements() if workspace else (), found)
        except Refused as error:
            problems = [Problem(path.name, None, None, None, str(error))]
    return problems


def _read(original: Original, read: Any) -> tuple[list[Judgement], list[Problem]]:
    problems: list[Problem] = []
    return [Judgement(**{c: getattr(row, c) for c in _CELLS}) for row in read(original, problems)], problems


def _said(j: Judgement) -> tuple[str | None, ...]:
    return (j.verdict, j.decided_on, j.by, j.why, j.evidence)


def _unknown(rows: RowFiles, judgements: Sequence[Judgement]) -> list[str]:
    missing = set()
    for kind, table in KINDS.items():
        things = {t for j in judgements if j.kind == kind for t in (j.left, j.right)}
        missing |= things - set(rows.where(table, "thing", things)["thing"]) if things else set()
    if not missing:
        return []
    some = ", ".join(sorted(missing)[:5])
    return [f"{len(missing)} ids are not loaded (yet): {some}; their judgements wait for them"]


def _apply(
    workspace: Workspace,
    change: Change,
    before: Sequence[Judgement],
    made: Sequence[Judgement],
    files: Sequence[Original],
) -> None:
    check(before, made)
    change.stage.identify([*before, *made], workspace.pseudonym)
    change.body["judgements"] = [{k: v for k, v in asdict(j).items() if k != "line"} for j in made]
    change.body["files"] = [{"name": f.name, "size": f.path.stat().st_size, "sha256": f.sha256} for f in files]


def judgements(workspace: Workspace, *, at: int | None = None) -> Answer:
    """The standing judgements, in the form of the judgements table: ordered by kind, left, right."""
    latest = {(j.kind, j.pair): j for j in workspace.judgements(at)}
    rows = [
        {**{c: getattr(j, c) for c in _CELLS}, "line": j.line}
        for j in sorted(latest.values(), key=lambda j: (j.kind, j.left, j.right))
    ]
    return Answer("judgements", {}, (*_CELLS, "line"), rows, [] if rows else ["no judgements"])
