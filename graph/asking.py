"""From words to answers: what a command was given becomes things and filters, then one function answers."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from graph.answers import Answer
from graph.errors import NotFound, Refused
from graph.finding import Finding, find
from graph.records import split_id
from graph.workspace import Workspace

if TYPE_CHECKING:
    from graph.casebook import Casebook


def ask_about(
    workspace: Workspace, kind: str, text: str, *, resolved: bool = True, profile: str = "internal", at: int | None = None
) -> Answer:
    """Everything about the things of a kind (person, case, body, exchange) that a text means."""
    casebook = workspace.casebook(resolved=resolved, profile=profile, at=at)
    with workspace.names(at) as names:
        found = find(names, casebook, kind, text)
    return _answered(casebook, kind, text, found)


def _answered(casebook: Casebook, kind: str, text: str, found: Finding) -> Answer:
    answer = _functions()[kind](casebook, found.things, asked=text)
    return replace(answer, notes=[*found.notes, *answer.notes])


def _functions() -> Mapping[str, Callable[..., Answer]]:
    from graph.case import case
    from graph.court import court
    from graph.exchange import exchange
    from graph.who import who

    return {"person": who, "case": case, "body": court, "exchange": exchange}


def recurring(
    workspace: Workspace,
    given: Mapping[str, Any],
    *,
    resolved: bool = True,
    profile: str = "internal",
    at: int | None = None,
) -> Answer:
    """The officials who recur, under filters as words: court is a name, lists are joined with commas."""
    from graph.officials import officials

    casebook = workspace.casebook(resolved=resolved, profile=profile, at=at)
    asked, notes = filters(workspace, casebook, given, at=at)
    answer = officials(casebook, **asked)
    shown = {k: v for k, v in given.items() if v is not None}
    return replace(answer, parameters=shown, notes=[*notes, *answer.notes])


def filters(
    workspace: Workspace, casebook: Casebook, given: Mapping[str, Any], *, at: int | None = None
) -> tuple[dict[str, Any], Sequence[str]]:
    """Filters as `officials` takes them, and what to tell about them.

    Raises:
        NotFound: no court has that name.
    """
    asked = dict(given)
    notes: Sequence[str] = ()
    for name in ("listed_by", "not_listed_by"):
        asked[name] = tuple(t.strip() for t in (given.get(name) or "").split(",") if t.strip())
    if given.get("court"):
        with workspace.names(at) as names:
            found = find(names, casebook, "body", given["court"])
        if not found.things:
            raise NotFound(found.notes[0])
        asked["court"], notes = list(found.things), found.notes
    return asked, notes


def sources_of(workspace: Workspace, thing: str, *, profile: str = "internal", at: int | None = None) -> Answer:
    """The records behind a thing, by its id, or by a record's id."""
    from graph.sources import sources

    return sources(workspace.casebook(profile=profile, at=at), [thing])


def conflicts_of(
    workspace: Workspace, thing: str | None, *, profile: str = "internal", at: int | None = None
) -> Answer:
    """Where sources say different things: about one thing, or everywhere."""
    from graph.conflicts import conflicts

    return conflicts(workspace.casebook(profile=profile, at=at), [thing] if thing else None)


def history_of(workspace: Workspace, thing: str) -> Answer:
    """Every version of every record about a thing and about those that are judged the same."""
    from graph.custody import history
    from graph.identity import KINDS, resolve

    identity = resolve(workspace.judgements())
    same = {m for kind in KINDS for m in identity.members(kind, thing)}
    return history(workspace, {thing, *same}, asked=thing)
