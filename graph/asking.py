"""From words to answers: what a command was given becomes things and filters, then one function answers.

A `Place` is where it is asked: a workspace, a workspace as it was at a manifest line, a server.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Protocol

from graph.answers import NOTHING, Answer
from graph.errors import NotFound
from graph.finding import MOST, Finding, find
from graph.row_files import Lean
from graph.workspace import Workspace, today

if TYPE_CHECKING:
    from graph.casebook import Casebook
    from graph.finding import Names


class Place(Protocol):
    """Where questions are asked."""

    def casebook(self, *, resolved: bool = True, profile: str = "internal") -> Casebook:
        """What every answer reads."""
        ...

    def about(
        self, kind: str, things: Collection[str], *, resolved: bool = True, profile: str = "internal"
    ) -> Casebook:
        """A casebook that answers about these things as `casebook` does, and may hold no more."""
        ...

    def names(self) -> AbstractContextManager[Names]:
        """What finds things by name."""
        ...


LARGE = 4_000_000
"""Bytes of rows from which it pays to read only those that an answer needs: of 100,000 cases (31 MB) in a quarter of the time."""
_FEW = frozenset({"person", "case"})
"""Kinds of things whose answers need few rows; half of the rows may lie around a court."""


@dataclass(frozen=True, slots=True)
class Moment:
    """A workspace as it is, or as it was at manifest line `at`."""

    workspace: Workspace
    at: int | None = None

    def casebook(self, *, resolved: bool = True, profile: str = "internal") -> Casebook:
        return self.workspace.casebook(resolved=resolved, profile=profile, at=self.at)

    def about(
        self, kind: str, things: Collection[str], *, resolved: bool = True, profile: str = "internal"
    ) -> Casebook:
        from graph.casebook import around

        at = self.workspace.head.line if self.at is None else self.at  # rows and judgements of one moment
        rows = self.workspace.rows(at)
        if kind not in _FEW or rows.size < LARGE:
            return self.casebook(resolved=resolved, profile=profile)
        judged = self.workspace.judgements(at)
        return around(Lean(rows), judged, kind, things, resolved=resolved, profile=profile, today=today())

    def names(self) -> AbstractContextManager[Names]:
        return self.workspace.names(self.at)


def ask_about(place: Place, kind: str, text: str, *, resolved: bool = True, profile: str = "internal") -> Answer:
    """Everything about the things of a kind (person, case, body, exchange) that a text means."""
    with place.names() as names:
        casebook = _near(place, names, kind, text, resolved=resolved, profile=profile)
        found = find(names, casebook, kind, text)
    answer = _functions()[kind](casebook, found.things, asked=text)
    said = [n for n in answer.notes if not found.notes or n != NOTHING]
    return replace(answer, notes=[*found.notes, *said])


def _near(place: Place, names: Names, kind: str, text: str, *, resolved: bool, profile: str) -> Casebook:
    """What the answer may need: an exchange goes by its date too, so there all are needed."""
    if kind == "exchange":
        return place.casebook(resolved=resolved, profile=profile)
    found = names.search(kind, text, limit=MOST)
    people = names.search("person", text, limit=MOST).matches if kind == "case" else []
    things = {m.thing for m in (*found.matches, *found.nearest)} | {text}
    if people:
        return place.about("person", things | {m.thing for m in people}, resolved=resolved, profile=profile)
    near = place.about(kind, things, resolved=resolved, profile=profile)
    if kind != "case" or found.matches or (near.cases["case"] == near.canonical(kind, text)).any():
        return near
    return place.casebook(resolved=resolved, profile=profile)  # no index holds the numbers that courts give


def found_by(place: Place, casebook: Casebook, kind: str, text: str) -> Finding:
    """The things that a text means at a place."""
    with place.names() as names:
        return find(names, casebook, kind, text)


def the_one(place: Place, casebook: Casebook, kind: str, text: str) -> Finding:
    """As `found_by`, where there must be something.

    Raises:
        NotFound: nothing matches; the message offers the nearest.
    """
    found = found_by(place, casebook, kind, text)
    if not found.things:
        raise NotFound(found.notes[0])
    return found


def _functions() -> Mapping[str, Callable[..., Answer]]:
    from graph.case import case
    from graph.court import court
    from graph.exchange import exchange
    from graph.who import who

    return {"person": who, "case": case, "body": court, "exchange": exchange}


def recurring(place: Place, given: Mapping[str, Any], *, resolved: bool = True, profile: str = "internal") -> Answer:
    """The officials who recur, under filters as words: `court` is a name, lists are joined with commas."""
    from graph.officials import officials

    casebook = place.casebook(resolved=resolved, profile=profile)
    asked, notes = filters(place, casebook, given)
    answer = officials(casebook, **asked)
    shown = {k: v for k, v in given.items() if v is not None}
    return replace(answer, parameters=shown, notes=[*notes, *answer.notes])


def filters(place: Place, casebook: Casebook, given: Mapping[str, Any]) -> tuple[dict[str, Any], Sequence[str]]:
    """Filters as `officials` takes them, and what to tell about them; a court that nobody knows is none.

    Raises:
        ValueError: a list of lists is blank.
    """
    asked = {k: v for k, v in given.items() if v is not None}
    notes: Sequence[str] = ()
    for name in ("listed_by", "not_listed_by"):
        asked[name] = tuple(t.strip() for t in (given.get(name) or "").split(",") if t.strip())
        if given.get(name) is not None and not asked[name]:
            raise ValueError(f"--{name.replace('_', '-')} names no authority and no programme")
    if given.get("court") is not None:
        found = found_by(place, casebook, "body", given["court"])
        asked["court"], notes = list(found.things), found.notes
    return asked, notes


def sources_of(place: Place, thing: str, *, resolved: bool = True, profile: str = "internal") -> Answer:
    """The records behind a thing, by its id, or by a record's id."""
    from graph.sources import sources

    return sources(place.casebook(resolved=resolved, profile=profile), [thing])


def conflicts_of(place: Place, thing: str | None, *, resolved: bool = True, profile: str = "internal") -> Answer:
    """Where sources say different things: about one thing, or everywhere."""
    from graph.conflicts import conflicts

    return conflicts(place.casebook(resolved=resolved, profile=profile), None if thing is None else [thing])


def history_of(workspace: Workspace, thing: str) -> Answer:
    """Every version of every record about a thing and about those that are judged the same."""
    from graph.custody import history
    from graph.identity import KINDS, resolve

    identity = resolve(workspace.judgements())
    same = {m for kind in KINDS for m in identity.members(kind, thing)}
    return history(workspace, {thing, *same}, asked=thing)
