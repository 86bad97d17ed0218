"""The network as GEXF 1.3 with our positions, colours and sizes, written by us: networkx would stamp today's date."""

from __future__ import annotations

from collections.abc import Mapping
from xml.sax.saxutils import quoteattr

from visualizations.marks import mark
from visualizations.network_model import Edge, NetworkPicture, Node
from visualizations.network_svg import radius
from visualizations.texts import shown

_NODE_COLUMNS = (
    "kind",
    "name_en",
    "name_ru",
    "matters",
    "cases",
    "against",
    "for",
    "other",
    "listed",
    "roles",
    "listings",
)
_EDGE_COLUMNS = ("role", "counts", "acts", "dates", "sources")
_NUMBERS = frozenset({"matters", "cases", "against", "for", "other", "acts"})


def network_gexf(picture: NetworkPicture, points: Mapping[str, tuple[int, int]]) -> str:
    """GEXF text: every node and every link, parallel ones too; lists are joined with `|`, unknown is left out."""
    lines = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        '<gexf xmlns="http://gexf.net/1.3" xmlns:viz="http://gexf.net/1.3/viz" version="1.3">',
        f"<meta><creator>repgraph</creator><description>{_inner(_about(picture))}</description></meta>",
        '<graph defaultedgetype="undirected" mode="static">',
        *_columns("node", _NODE_COLUMNS), *_columns("edge", _EDGE_COLUMNS), "<nodes>",
        *(_node(n, points[n.id]) for n in sorted(picture.nodes, key=lambda n: n.id)), "</nodes>", "<edges>",
        *(_edge(e) for e in sorted(picture.edges, key=lambda e: e.id)), "</edges>", "</graph>", "</gexf>",
    ]  # fmt: skip
    return "\n".join(lines) + "\n"


def _about(picture: NetworkPicture) -> str:
    parts = [picture.title.en or "", picture.cut.en or "", f"data {picture.data_hash}" if picture.data_hash else ""]
    return " · ".join([*filter(None, parts), "A documented role, not a finding of guilt."])


def _columns(what: str, names: tuple[str, ...]) -> list[str]:
    rows = [f'<attribute id="{n}" title="{n}" type="{"integer" if n in _NUMBERS else "string"}"/>' for n in names]
    return [f'<attributes class="{what}">', *rows, "</attributes>"]


def _node(node: Node, point: tuple[int, int]) -> str:
    values = {
        "kind": node.kind, "name_en": node.name.en, "name_ru": node.name.ru, "matters": node.matters,
        "cases": node.cases, "against": node.adverse, "for": node.favourable, "other": node.other,
        "listed": "yes" if node.listed else None, "roles": "|".join(node.roles) or None,
        "listings": "|".join(f"{s.programme or s.authority} {s.state} {s.date or ''}".strip() for s in node.listings) or None,
    }  # fmt: skip
    colour = mark(node.kind).light.lstrip("#")
    r, g, b = (int(colour[i : i + 2], 16) for i in (0, 2, 4))
    label = node.name.en or node.name.ru or ""
    return (
        f"<node id={_quoted(node.id)} label={_quoted(label)}>{_values(values)}"
        f'<viz:position x="{point[0]}" y="{-point[1]}"/><viz:size value="{radius(node):.1f}"/>'
        f'<viz:color r="{r}" g="{g}" b="{b}"/></node>'
    )


def _edge(edge: Edge) -> str:
    sources = sorted({e.source for a in edge.acts for e in a.evidence} | {e.source for e in edge.evidence})
    values = {
        "role": edge.kind, "counts": "yes" if edge.counts else "no", "acts": len(edge.acts) or None,
        "dates": "|".join(sorted({a.date for a in edge.acts if a.date})) or None, "sources": "|".join(sources) or None,
    }  # fmt: skip
    return (
        f"<edge id={_quoted(edge.id)} source={_quoted(edge.source)} target={_quoted(edge.target)} "
        f'weight="{edge.weight}">{_values(values)}</edge>'
    )


def _values(values: Mapping[str, object]) -> str:
    cells = [f'<attvalue for="{k}" value={_quoted(v)}/>' for k, v in values.items() if v is not None and v != ""]
    return f"<attvalues>{''.join(cells)}</attvalues>" if cells else ""


def _quoted(value: object) -> str:
    return quoteattr(shown(value))


def _inner(text: str) -> str:
    return shown(text).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
