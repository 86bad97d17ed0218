"""How a network's things are drawn, and the network as one still SVG for print, files and pages without scripts."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence

from markupsafe import Markup, escape

from visualizations.marks import mark, mark_svg, number, used_at
from visualizations.network_model import Edge, NetworkPicture, Node
from visualizations.texts import initials, short, shown

Box = tuple[float, float, float, float]
_PAPER, _INK, _WIRE, _FAINT = "#f7f6f2", "#14181f", "#9aa1ad", "#59616e"


def is_official(node: Node) -> bool:
    return mark(node.kind).group == "official"


def radius(node: Node) -> float:
    """The radius of a node's mark in pixels at scale 1: the area grows with the matters."""
    if is_official(node):
        return 6 + 3.4 * math.sqrt(min(node.matters, 60))
    return {"matter": 4.5 + math.sqrt(min(node.cases, 16)), "court": 8.0, "exchange": 12.0}.get(node.kind, 4.5)


def caption(node: Node, lang: str) -> str:
    """The label on the picture: initials and surname of a person, else the name, cut."""
    name = shown(node.name.first(lang))
    return initials(name) if is_official(node) or node.kind == "defendant" else short(name, 26)


def opens_with(picture: NetworkPicture, node: Node) -> bool:
    """Whether the page shows a node before the reader moves anything."""
    return node.kind in picture.kinds_on and node.core


def network_svg(
    picture: NetworkPicture, points: Mapping[str, tuple[int, int]], *, lang: str = "en", only_open: bool = False
) -> str:
    """The network as SVG text; with `only_open` what the page opens with, in the page's own marks, else all of it.

    Labels are set by importance and left out where they would lie on another one.
    """
    nodes = [n for n in picture.nodes if not only_open or opens_with(picture, n)]
    if not nodes:
        nodes = list(picture.nodes)
    ids = {n.id for n in nodes}
    least = picture.min_weight if only_open else 1
    edges = sorted(
        (e for e in picture.edges if e.source in ids and e.target in ids and (e.acts or e.weight >= least)),
        key=lambda e: e.id,
    )
    x, y, width, height = _frame([points[n.id] for n in nodes])
    title = shown(picture.title.first(lang))
    head = Markup(
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="{} {} {} {}" role="img" aria-label="{}" color="{}" '
        'font-family="Noto Sans, DejaVu Sans, sans-serif"><title>{}</title>'
    ).format(number(x), number(y), number(width), number(height), title, _INK, title)
    ground = Markup('<rect x="{}" y="{}" width="{}" height="{}" class="paper" fill="{}"/>').format(
        number(x), number(y), number(width), number(height), _PAPER
    )
    drawn = [
        used_at(n.kind, *points[n.id], radius(n), listed=n.listed)
        if only_open
        else mark_svg(n.kind, *points[n.id], radius(n), listed=n.listed, tip=n.name.first(lang))
        for n in sorted(nodes, key=lambda n: (n.matters, n.id))
    ]
    return str(
        Markup("").join([head, ground, *_wires(edges, points), *drawn, _labels(nodes, points, lang), Markup("</svg>")])
    )


def _frame(points: Sequence[tuple[int, int]]) -> Box:
    xs, ys = [p[0] for p in points] or [0], [p[1] for p in points] or [0]
    return min(xs) - 90, min(ys) - 50, max(xs) - min(xs) + 180, max(ys) - min(ys) + 110


def _wires(edges: Sequence[Edge], points: Mapping[str, tuple[int, int]]) -> list[Markup]:
    """Links as two paths, whole and dashed; the second link of a pair is bent, so that each is seen."""
    seen: Counter[tuple[str, str]] = Counter()
    whole: list[str] = []
    dashed: list[str] = []
    for edge in edges:
        pair = (min(edge.source, edge.target), max(edge.source, edge.target))
        (ax, ay), (bx, by) = points[edge.source], points[edge.target]
        bend = 0.16 * seen[pair]
        seen[pair] += 1
        if bend:
            cx, cy = (ax + bx) / 2 - (by - ay) * bend, (ay + by) / 2 + (bx - ax) * bend
            line = f"M{ax} {ay}Q{number(cx)} {number(cy)} {bx} {by}"
        else:
            line = f"M{ax} {ay}L{bx} {by}"
        (whole if edge.counts else dashed).append(line)
    style = 'class="wire" fill="none" stroke="{}" stroke-width="1.1" stroke-opacity="0.75"'
    out = []
    for lines, more in ((whole, ""), (dashed, ' stroke-dasharray="3 4"')):
        if lines:
            out.append(Markup(f'<path d="{{}}" {style}{more}/>').format("".join(lines), _WIRE))
    return out


def _labels(nodes: Sequence[Node], points: Mapping[str, tuple[int, int]], lang: str) -> Markup:
    taken: list[Box] = []
    big: list[Markup] = []
    small: list[Markup] = []
    for node in sorted(nodes, key=lambda n: (not is_official(n) and n.kind != "exchange", -n.matters, n.id)):
        text, size = caption(node, lang), 12.5 if is_official(node) else 10.5
        (x, y), wide = points[node.id], 0.56 * size * len(caption(node, lang))
        top = y + radius(node) + 3
        box = (x - wide / 2, top, x + wide / 2, top + size * 1.15)
        if text and not any(_meet(box, other) for other in taken):
            taken.append(box)
            weight = Markup(' font-weight="600"') if is_official(node) and node.matters >= 3 else Markup("")
            place = number(x), number(top + size)
            (big if is_official(node) else small).append(
                Markup('<text x="{}" y="{}"{}>{}</text>').format(*place, weight, escape(text))
            )
    return Markup(
        '<g text-anchor="middle" font-size="12.5" class="ink" fill="{}" stroke="{}" stroke-width="3" stroke-linejoin="round" '
        'paint-order="stroke" style="stroke:var(--paper,{})">{}<g font-size="10.5" class="mut" fill="{}">{}</g></g>'
    ).format(_INK, _PAPER, _PAPER, Markup("").join(big), _FAINT, Markup("").join(small))


def _meet(a: Box, b: Box) -> bool:
    return a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]
