"""Pictures from the words of a command: names become things, things become a picture, a picture becomes a file."""

from __future__ import annotations

from typing import Any

from graph.asking import Place, the_one
from graph.workspace import Workspace

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
    from visualizations.network_page import network_page, positions
    from visualizations.network_svg import network_svg

    casebook = place.casebook(profile=profile)
    words = {**around, "case": case_}
    found: dict[str, Any] = {
        name: list(the_one(place, casebook, _KINDS[name], text).things) for name, text in words.items() if text
    }
    if team:
        found["team"] = [t for name in team.split(",") for t in the_one(place, casebook, "person", name.strip()).things]
    # The day of a load is ours, not the data's: it would make the same data give other bytes.
    picture = network_of(
        casebook, **found, depth=depth, min_shared=min_shared, limit=limit, data_hash=workspace.data_hash
    )
    if kind in (".html", ".htm", ""):
        return network_page(picture, lang=lang, seed=seed)
    if kind == ".svg":
        return network_svg(picture, positions(picture, seed=seed), lang=lang)
    if kind == ".gexf":
        return network_gexf(picture, positions(picture, seed=seed))
    raise ValueError(f"a network is drawn as .html, .svg or .gexf, not {kind}")
