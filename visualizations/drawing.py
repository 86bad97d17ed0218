"""Pictures from the words of a command: names become things, things become a picture, a picture becomes a file."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from graph.asking import Place, found_by, the_one
from graph.errors import NotFound
from graph.finding import Finding
from graph.workspace import Workspace

if TYPE_CHECKING:
    from graph.analysis import Analysis
    from graph.answers import Answer
    from visualizations.network_model import NetworkPicture

_KINDS = {"official": "person", "case": "case", "court": "body", "exchange": "exchange"}


def network(
    place: Place,
    workspace: Workspace,
    kind: str,
    *,
    profile: str,
    lang: str,
    case_: str | None = None,
    team: str | None = None,
    depth: int = 1,
    min_shared: int = 2,
    pairs: bool = False,
    limit: int = 2000,
    seed: int = 11,
    **around: str | None,
) -> str:
    """The network as a page (`.html`), a drawing (`.svg`) or a graph for Gephi (`.gexf`).

    Raises:
        NotFound: a name that nothing matches.
        ValueError: another ending.
    """
    from visualizations.gexf import network_gexf
    from visualizations.network import network_of
    from visualizations.network_page import page_of
    from visualizations.network_svg import network_svg

    if kind not in (".html", ".htm", ".svg", ".gexf", ""):
        raise ValueError(f"a network is drawn as .html, .svg or .gexf, not {kind}")
    casebook = place.casebook(profile=profile)
    words = {**around, "case": case_}
    found: dict[str, Any] = {
        name: list(the_one(place, casebook, _KINDS[name], text).things) for name, text in words.items() if text
    }
    if team:
        found["team"] = [t for name in team.split(",") for t in the_one(place, casebook, "person", name.strip()).things]
    # The day of a load is ours, not the data's: it would make the same data give other bytes.
    # A page shows the strongest part; the file for Gephi has the whole.
    most = sys.maxsize if kind == ".gexf" else limit
    picture = network_of(
        casebook,
        **found,
        depth=depth,
        min_shared=min_shared,
        pairs=pairs,
        limit=most,
        chance=_chance(casebook),
        data_hash=workspace.data_hash,
    )
    places = _places(picture, workspace, seed)
    if kind == ".svg":
        return network_svg(picture, places, lang=lang)
    return network_gexf(picture, places) if kind == ".gexf" else page_of(picture, places, lang=lang, seed=seed)


def _places(picture: NetworkPicture, workspace: Workspace, seed: int) -> dict[str, Any]:
    """Where the nodes stand, kept with the data so that they outlive an upgrade of the layout engine."""
    from visualizations.kept_layouts import kept_positions
    from visualizations.network_page import positions

    try:
        return kept_positions(picture, workspace.layouts, seed=seed)
    except OSError:  # a workspace that may only be read
        return positions(picture, seed=seed)


def _chance(casebook: Any) -> Any:
    """The pairs that were tested against chance, for the pages that show who comes together."""
    from graph.analysis import ANALYSES

    return ANALYSES["teams"].run(casebook)


def timeline(
    place: Place, workspace: Workspace, kind: str, text: str, *, of: str | None, profile: str, lang: str
) -> str:
    """The timeline of the official, case or court that a text means; `of` names the kind, else the first that matches.

    Raises:
        NotFound: nothing matches; the message offers the nearest official.
    """
    from visualizations.timeline import timeline as drawn

    casebook = place.casebook(profile=profile)
    ways = [of] if of else ["official", "case", "court"]
    for way in ways:
        found = found_by(place, casebook, _KINDS[way], text)
        if found.things and (of or way != "official" or _acted(casebook, found.things[0])):
            return _as(drawn(casebook, **{way: _single(found, text)}, lang=lang, data_hash=workspace.data_hash), kind)
    raise NotFound(
        the_one(place, casebook, _KINDS[ways[0]], text).notes[0]
        if of
        else f"no official, case or court matches {text!r}"
    )


def _acted(casebook: Any, person: str) -> bool:
    return not casebook.at("involvements", "person", [person]).filter("official").is_empty()


def _single(found: Finding, text: str) -> str:
    """The one thing that is meant: a picture of several mixed would be wrong.

    Raises:
        NotFound: several match.
    """
    if len(found.things) > 1:
        raise NotFound(f"{found.notes[0]}; draw one of them by its id")
    return found.things[0]


def exchange_view(place: Place, workspace: Workspace, kind: str, text: str, *, profile: str, lang: str) -> str:
    """Both sides of an exchange, with the officials behind each person."""
    from visualizations.exchange_view import exchange_view as drawn

    casebook = place.casebook(profile=profile)
    deal = _single(the_one(place, casebook, "exchange", text), text)
    return _as(drawn(casebook, deal, lang=lang, data_hash=workspace.data_hash), kind)


def court_view(place: Place, workspace: Workspace, kind: str, text: str, *, profile: str, lang: str) -> str:
    """A court: its judges over time, matters by year and article."""
    from visualizations.court_view import court_view as drawn

    casebook = place.casebook(profile=profile)
    court = _single(the_one(place, casebook, "body", text), text)
    return _as(drawn(casebook, court, lang=lang, data_hash=workspace.data_hash), kind)


def matrix(
    place: Place, workspace: Workspace, kind: str, *, profile: str, lang: str, min_matters: int = 2,
    role: str | None = None, court: str | None = None,
) -> str:  # fmt: skip
    """Who recurs, list by list: listed, delisted, cannot tell, not found, not looked."""
    from visualizations.matrix import matrix as drawn

    casebook = place.casebook(profile=profile)
    bodies = the_one(place, casebook, "body", court).things if court else None
    sheet = drawn(casebook, min_matters=min_matters, role=role, court=bodies, lang=lang, data_hash=workspace.data_hash)
    return _as(sheet, kind)


def report(place: Place, workspace: Workspace, kind: str, *, profile: str, lang: str) -> str:
    """The findings on one page."""
    from visualizations.report import report_sheet

    return _as(report_sheet(place.casebook(profile=profile), lang=lang, data_hash=workspace.data_hash), kind)


def _as(sheet: Any, kind: str) -> str:
    from visualizations.sheets import sheet_page, sheet_svg

    if kind in (".html", ".htm", ""):
        return sheet_page(sheet)
    if kind == ".svg":
        return sheet_svg(sheet)
    raise ValueError(f"this picture is drawn as .html or .svg, not {kind}")


def analysed(place: Place, analysis: Analysis, options: Mapping[str, Any], *, profile: str) -> Answer:
    """The answer of an analysis; a court, person, case or deal among its options may be given by name. What nobody knows
    gives an answer without rows and a note.

    Raises:
        NotFound: several things have that name.
    """
    casebook, asked, notes = place.casebook(profile=profile), dict(options), list[str]()
    for name, kind in _ASKED.items():
        if text := asked.get(name):
            found = found_by(place, casebook, kind, text)
            asked[name] = _single(found, text) if found.things else text
            notes += [] if found.things else found.notes
    answer = analysis.run(casebook, **asked)
    return replace(answer, notes=[*notes, *answer.notes])


_ASKED = {"court": "body", "person": "person", "case": "case", "exchange": "exchange"}
