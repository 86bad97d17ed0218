"""From what somebody typed to the things that are meant: by id, else by name; several that match stay apart."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Protocol

import polars as pl

from graph.dates import contains, meant
from graph.name_index import is_slip

if TYPE_CHECKING:
    from graph.casebook import Casebook
    from graph.name_index import Found, Match

MOST = 100
"""Things that one question is about at the most."""
OFFERED = 5
_FRAMES = {
    "person": ("people", "person"),
    "body": ("bodies", "body"),
    "case": ("cases", "case"),
    "exchange": ("exchanges", "exchange"),
}


class Names(Protocol):
    """What finds things of a kind by name: the index of a workspace, or a server."""

    def search(self, kind: str, text: str, *, limit: int = 20) -> Found: ...


@dataclass(frozen=True, slots=True)
class Finding:
    """The things that a text can mean, best first, and what to tell about it."""

    things: tuple[str, ...]
    notes: tuple[str, ...]


def find(names: Names, casebook: Casebook, kind: str, text: str) -> Finding:
    """The things of a kind that `text` means: the id of one of its records, else every name that fits.

    A case goes by its defendant's name too, by its matter's or trial's id, and by the number that a court gave it. What
    fits but for a typing slip is told in a note; where nothing fits, the note offers the nearest.
    """
    exact = casebook.canonical(kind, text)
    if _known(casebook, kind, exact):
        return Finding((exact,), ())
    if kind == "exchange" and (dated := _on(casebook, text)):
        return Finding(dated, _several(casebook, kind, dated, text))
    found = names.search(kind, text, limit=MOST)
    if kind == "case":
        found = _without_children(casebook, found)
    things = _canonical(casebook, kind, found.matches)
    if kind == "case":
        things = tuple(dict.fromkeys((*things, *_cases_of(names, casebook, text)))) or numbered(casebook, text)
    if not things:
        return Finding((), (_nothing(casebook, kind, text, found.nearest),))
    return Finding(
        things, (*_cut(found), *_slips(casebook, kind, things, found), *_several(casebook, kind, things, text))
    )


def _without_children(casebook: Casebook, found: Found) -> Found:
    """The matches that are no cases of children: their titles may name them, so nobody finds them by these.

    They do not leave either, so a server could not find them.
    """
    if not casebook.children:
        return found
    theirs = set(casebook.at("cases", "defendant", casebook.children)["case"].to_list())
    kept, near = (
        [m for m in matches if casebook.canonical("case", m.thing) not in theirs]
        for matches in (found.matches, found.nearest)
    )
    return replace(found, matches=kept, nearest=near, total=found.total - len(found.matches) + len(kept))


def numbered(casebook: Casebook, text: str) -> tuple[str, ...]:
    """The cases of a matter or a trial by its id, else those to which a court gave the number."""
    cases = casebook.cases.filter((pl.col("matter") == text) | pl.col("trial").list.contains(text))["case"]
    if cases.len() or not (wanted := _numbers(text)):
        return tuple(sorted(cases))
    acts = casebook.table("proceedings").select("case_id", "case_number").drop_nulls()
    return tuple(sorted({case for case, number in acts.iter_rows() if wanted <= _numbers(number)}))


def _numbers(text: str) -> set[str]:
    """The numbers in a text as courts write them (`дело № 1-12/2023`), without what stands around them."""
    words = (word.strip("№#.:") for word in _BETWEEN.split(text.casefold()))
    return {word for word in words if any(ch.isdigit() for ch in word)}


_BETWEEN = re.compile(r"[\s()\[\],;|]+|№")


def _slips(casebook: Casebook, kind: str, things: tuple[str, ...], found: Found) -> tuple[str, ...]:
    """A note for each thing that is meant only if the name was mistyped."""
    if kind != "person":
        return ()
    seen = {casebook.canonical(kind, m.thing): [w for w in m.why if is_slip(w)] for m in reversed(found.matches)}
    told = {thing: seen[thing] for thing in things if seen.get(thing) and thing not in casebook.children}
    labels = _labels(casebook, kind, told) if told else {}
    return tuple(f"nobody is written so; {labels[t]} ({t}) could be meant: {', '.join(w)}" for t, w in told.items())


def _cut(found: Found) -> tuple[str, ...]:
    more = found.total - len(found.matches)
    return (f"{more} more names match: add a given name or initials to see them",) if more > 0 else ()


def _several(casebook: Casebook, kind: str, things: tuple[str, ...], text: str) -> tuple[str, ...]:
    if len(things) < 2:
        return ()
    labels = _labels(casebook, kind, things[:20])
    listed = "; ".join(f"{labels[t]} ({t})" for t in things[:20])
    return (f"{len(things)} match {text[:80]!r} and are kept apart: {listed}",)


def _on(casebook: Casebook, text: str) -> tuple[str, ...]:
    """The exchanges of a date, or of the year or month that is given."""
    deals, asked = casebook.exchanges, text.strip()
    wide = meant(asked) or asked
    pairs = zip(deals["exchange"], deals["date"], strict=True)
    return tuple(sorted(e for e, day in pairs if day is not None and contains(wide, day)))


def _known(casebook: Casebook, kind: str, thing: str) -> bool:
    return "/" in thing and bool(_those(casebook, kind, [thing]))


def _those(casebook: Casebook, kind: str, things: Collection[str]) -> set[str]:
    """Those of the things that there are."""
    frame, column = _FRAMES[kind]
    return set(casebook.at(frame, column, things)[column].to_list())


def _canonical(casebook: Casebook, kind: str, matches: list[Match]) -> tuple[str, ...]:
    ids = dict.fromkeys(casebook.canonical(kind, m.thing) for m in matches)
    known = _those(casebook, kind, ids)
    return tuple(t for t in ids if t in known)


def _cases_of(names: Names, casebook: Casebook, text: str) -> list[str]:
    """The cases of the people that a text means: most people know a case by its defendant."""
    people = _canonical(casebook, "person", names.search("person", text, limit=MOST).matches)
    return sorted(casebook.at("cases", "defendant", people)["case"])


def _labels(casebook: Casebook, kind: str, things: Collection[str]) -> dict[str, str]:
    """What to call each of these things, which are canonical ids."""
    if kind == "case":
        titles = casebook.at("cases", "case", things).select("case", "title").iter_rows()
        return {case: title or "no title" for case, title in titles}
    names = casebook.names(kind, things)
    return {t: name.get("en") or name.get("ru") or "name not given" for t, name in names.items()}


def _nothing(casebook: Casebook, kind: str, text: str, nearest: list[Match]) -> str:
    near = dict.fromkeys((casebook.canonical(kind, m.thing), m.name) for m in nearest)
    offered = "; ".join(f"{name} ({thing})" for thing, name in list(near)[:OFFERED])
    return f"nothing matches {text[:80]!r}" + (f"; nearest: {offered}" if offered else "")
