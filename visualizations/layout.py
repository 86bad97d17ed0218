"""Where things stand: igraph's Fruchterman-Reingold for each component, room for labels, components packed.

Positions mean closeness and nothing else. The same boxes, links and seed give the same integers in one
environment; another igraph or processor may differ, so the engine is named on the page.
"""

from __future__ import annotations

import math
import random
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.metadata import version

import igraph as ig
import numpy as np
import numpy.typing as npt
from scipy.spatial import cKDTree

Points = npt.NDArray[np.float64]
Point = tuple[int, int]
LINK = 78.0
"""The length that a link is laid out for, in pixels at scale 1."""
_GAP = 44.0
_SCREEN = 1.15  # width to height of the space that a page leaves to the picture
_CROWD = 3000
"""More boxes than this are laid out without making room for labels: nobody reads them all at once."""


@dataclass(frozen=True, slots=True)
class Box:
    """Something to be placed: the room it needs, and its tier. Tier 0 is laid out first, later tiers round it."""

    id: str
    width: float
    height: float
    tier: int = 0


@cache
def engine() -> str:
    """The name of the layout for a page's footer."""
    return f"igraph {version('igraph')} FR"


def arrange(boxes: Sequence[Box], links: Sequence[tuple[str, str]], *, seed: int) -> dict[str, Point]:
    """The place of every box, as integers.

    Boxes of tier 0 are laid out by themselves, so that what a reader sees first is well placed; boxes of later tiers
    stand round the neighbours they have, and whatever has none is laid out apart, below.

    Shape: one point for each box; O(n log n) for sparse links. Units: pixels at scale 1.
    """
    ordered = sorted(boxes, key=lambda b: (b.tier, b.id))
    pairs = sorted({(min(a, b), max(a, b)) for a, b in links if a != b})
    placed: dict[str, tuple[float, float]] = {}
    for tier in sorted({b.tier for b in ordered}):
        fresh = [b for b in ordered if b.tier == tier]
        near = _neighbours(pairs)
        tied = [b for b in fresh if any(n in placed for n in near[b.id])]
        apart = [b for b in fresh if not any(n in placed for n in near[b.id])]
        placed |= _packed(apart, pairs, seed=seed, below=placed)
        placed |= _satellites(tied, near, placed, {b.id: b for b in ordered})
    return {b.id: (round(placed[b.id][0]), round(placed[b.id][1])) for b in sorted(ordered, key=lambda b: b.id)}


def _neighbours(pairs: Sequence[tuple[str, str]]) -> defaultdict[str, list[str]]:
    near: defaultdict[str, list[str]] = defaultdict(list)
    for a, b in pairs:
        near[a].append(b)
        near[b].append(a)
    return near


def _packed(
    boxes: Sequence[Box], pairs: Sequence[tuple[str, str]], *, seed: int, below: Mapping[str, tuple[float, float]]
) -> dict[str, tuple[float, float]]:
    """The boxes laid out component by component and set in rows, under what is placed already."""
    if not boxes:
        return {}
    index = {b.id: i for i, b in enumerate(boxes)}
    inside = [(index[a], index[b]) for a, b in pairs if a in index and b in index]
    whole = ig.Graph(n=len(boxes), edges=inside)
    sizes = np.array([(b.width, b.height) for b in boxes])
    parts = []
    for members in sorted(whole.connected_components(), key=lambda m: (-len(m), m[0])):
        points = _component(whole.induced_subgraph(members), sizes[members], seed)
        low, high = points - sizes[members] / 2, points + sizes[members] / 2
        parts.append((members, points - low.min(0), high.max(0) - low.min(0)))
    top = max((y for _, y in below.values()), default=-_GAP) + _GAP
    left = min((x for x, _ in below.values()), default=0.0)
    spots = _shelves([p[2] for p in parts], least=_spread(below))
    out: dict[str, tuple[float, float]] = {}
    for (members, points, _), spot in zip(parts, spots, strict=True):
        for i, (x, y) in zip(members, points + spot + (left, top), strict=True):
            out[boxes[i].id] = (float(x), float(y))
    return out


def _spread(placed: Mapping[str, tuple[float, float]]) -> float:
    xs = [x for x, _ in placed.values()]
    return max(xs) - min(xs) if xs else 0.0


def _component(graph: ig.Graph, sizes: Points, seed: int) -> Points:
    """One component: FR from a circle, scaled so that its middling link has the length `LINK`, then room made."""
    count = graph.vcount()
    if count == 1:
        return np.zeros((1, 2))
    if graph.ecount() == count - 1 and max(graph.degree()) == count - 1:
        return _apart(_star(graph), sizes)
    ig.set_random_number_generator(random.Random(seed))
    try:
        grid = "grid" if count > 400 else "nogrid"
        found = graph.layout_fruchterman_reingold(niter=300, grid=grid, seed=graph.layout_circle())
    finally:
        ig.set_random_number_generator(random)
    points = np.asarray(found.coords, dtype=float)
    links = np.array(graph.get_edgelist())
    lengths = np.hypot(*(points[links[:, 0]] - points[links[:, 1]]).T)
    points *= LINK / max(float(np.median(lengths)), 1e-9)
    return _apart(_upright(_pulled_in(points)), sizes)


def _star(graph: ig.Graph) -> Points:
    """A hub with leaves in a circle: what FR would find, without its jitter."""
    degrees = graph.degree()
    hub = degrees.index(max(degrees))
    leaves = [i for i in range(graph.vcount()) if i != hub]
    radius = max(LINK, len(leaves) * 22 / math.pi)
    points = np.zeros((graph.vcount(), 2))
    for k, i in enumerate(leaves):
        turn = 2 * math.pi * k / len(leaves) + 0.6
        points[i] = radius * math.cos(turn), radius * math.sin(turn)
    return points


def _pulled_in(points: Points) -> Points:
    """The points with those far out brought nearer: one outlier must not shrink the rest to a dot."""
    middle = np.median(points, axis=0)
    away = points - middle
    far = np.hypot(*away.T)
    limit = max(float(np.quantile(far, 0.95)) * 1.15, LINK)
    factor = np.where(far > limit, (limit + np.sqrt(np.maximum(far - limit, 0)) * 4) / np.maximum(far, 1e-9), 1.0)
    moved: Points = middle + away * factor[:, None]
    return moved


def _upright(points: Points) -> Points:
    """The points turned so that they lie broad, as a screen does; which way is up follows the first point."""
    if len(points) < 3:
        return points
    centred = points - points.mean(0)
    _, vectors = np.linalg.eigh(np.cov(centred.T))
    main = vectors[:, 1]
    main = main if main[0] > 0 or (main[0] == 0 and main[1] > 0) else -main
    turn = np.array([[main[0], -main[1]], [main[1], main[0]]])
    turned: Points = centred @ turn
    return turned


def _apart(points: Points, sizes: Points, *, fixed: int = 0, rounds: int = 90) -> Points:
    """The points moved until their boxes hardly overlap; the first `fixed` ones stay.

    Each round pushes every overlapping pair apart along the axis on which it overlaps less.
    """
    count = len(points)
    if count < 2 or count > _CROWD:
        return points
    points = points + np.arange(count)[:, None] * (1e-4, 1.3e-4)  # two boxes in one place must differ to part
    room = sizes.max(0)
    for step in range(rounds):
        pairs = cKDTree(points / room).query_pairs(1.0, p=np.inf, output_type="ndarray")
        if not len(pairs):
            break
        pairs = pairs[np.lexsort((pairs[:, 1], pairs[:, 0]))]
        a, b = pairs[:, 0], pairs[:, 1]
        delta = points[b] - points[a]
        over = (sizes[a] + sizes[b]) / 2 - np.abs(delta)
        hit = (over > 0.5).all(1) & (b >= fixed)
        if not hit.any():
            break
        a, b, delta, over = a[hit], b[hit], delta[hit], over[hit]
        axis = (over[:, 1] <= over[:, 0]).astype(int)
        row = np.arange(len(a))
        push = np.zeros_like(delta)
        push[row, axis] = over[row, axis] * np.where(delta[row, axis] < 0, -1.0, 1.0) * (0.5 if step < 60 else 0.35)
        still = a < fixed
        np.add.at(points, b, push * np.where(still, 1.9, 1.0)[:, None])
        np.add.at(points, a[~still], -push[~still])
    return points


def _shelves(sizes: Sequence[Points], *, least: float) -> list[tuple[float, float]]:
    """The upper left corner of each rectangle, set in rows: of some widths the one that fits a screen best."""
    widest = max(max(float(w) for w, _ in sizes), least)
    whole = sum(float(w) + _GAP for w, _ in sizes)
    widths = sorted(
        {widest + (whole - widest) * (step / 24) ** 2 for step in range(25)} if whole > widest else {widest}
    )
    tries = [_rows(sizes, width) for width in widths]
    return min(tries, key=lambda t: (max(t[1] / _SCREEN, t[2]), t[1]))[0]


def _rows(sizes: Sequence[Points], width: float) -> tuple[list[tuple[float, float]], float, float]:
    """The rectangles in rows no wider than `width`, each row spread evenly; and the width and height they take."""
    rows: list[list[int]] = [[]]
    used = 0.0
    for i, (w, _) in enumerate(sizes):
        if rows[-1] and used + float(w) > width:
            rows.append([])
            used = 0.0
        rows[-1].append(i)
        used += float(w) + _GAP
    wide = max(sum(float(sizes[i][0]) for i in row) + _GAP * (len(row) - 1) for row in rows)
    spots: list[tuple[float, float]] = []
    y = 0.0
    for row in rows:
        high = max(float(sizes[i][1]) for i in row)
        spare = (wide - sum(float(sizes[i][0]) for i in row)) / len(row)
        x = spare / 2 if len(row) * 2 > len(rows[0]) or len(rows) == 1 else 0.0
        step = spare if x else _GAP
        for i in row:
            spots.append((x, y + (high - float(sizes[i][1])) / 2))
            x += float(sizes[i][0]) + step
        y += high + _GAP
    return spots, wide, y


def _satellites(
    boxes: Sequence[Box],
    near: Mapping[str, Sequence[str]],
    placed: Mapping[str, tuple[float, float]],
    every: Mapping[str, Box],
) -> dict[str, tuple[float, float]]:
    """Boxes set round the neighbours they have: outside of a single one, amid several; what stands stays."""
    if not boxes:
        return {}
    middle = np.mean(np.array(list(placed.values())), axis=0)
    start: list[tuple[float, float]] = []
    turns: defaultdict[tuple[float, float], int] = defaultdict(int)
    for box in boxes:
        anchors = [placed[n] for n in near[box.id] if n in placed]
        x, y = (sum(c) / len(anchors) for c in zip(*anchors, strict=True))
        turn = turns[x, y]
        turns[x, y] += 1
        angle = math.atan2(y - middle[1], x - middle[0]) + turn * 2.4
        reach = 0.85 * LINK * (1 + 0.16 * turn) if len(anchors) == 1 else 0.35 * LINK * turn
        start.append((x + reach * math.cos(angle), y + reach * math.sin(angle)))
    stand = sorted(placed)
    points = np.array([*(placed[i] for i in stand), *start])
    sizes = np.array([(every[i].width, every[i].height) for i in stand] + [(b.width, b.height) for b in boxes])
    moved = _apart(points, sizes, fixed=len(stand), rounds=90)[len(stand) :]
    return {b.id: (float(x), float(y)) for b, (x, y) in zip(boxes, moved, strict=True)}
