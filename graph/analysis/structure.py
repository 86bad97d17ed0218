"""The shape of the network of officials: parts, go-betweens, communities, bridges between courts, and how much of
that stays when a tenth of the cases is missing."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import igraph
import networkx as nx
import numpy as np
import polars as pl

from graph.analysis.finding import named, rounded
from graph.answers import Answer, Row
from graph.casebook import Casebook
from graph.projections import backbone, colleagues, seats

COLUMNS = (
    "person", "name", "matters", "colleagues", "component", "component_size", "community", "community_size",
    "betweenness", "low", "high", "rank", "rank_low", "rank_high", "bridge", "bridge_stays", "courts", "backbone",
    "reading", "sources",
)  # fmt: skip
EXACT_NODES = 2000
SAMPLED = 500
STABLE, SHAKY = "stays among the first ten", "moves when cases are missing"
_FIRST = 10


@dataclass(frozen=True, slots=True)
class Measures:
    """Of one graph: betweenness, component and community of each node."""

    betweenness: Mapping[str, float]
    component: Mapping[str, int]
    community: Mapping[str, int]


def structure(casebook: Casebook, *, drops: int = 200, share: float = 0.1, seed: int = 0, top: int = 0) -> Answer:
    """Officials by betweenness among colleagues, with component, community, bridges, and what 200 draws without a
    tenth of the cases make of it.

    Nodes are officials; an edge says that they sat in the same matter before the same court, its weight in how
    many matters. Betweenness counts shortest paths without weights, as a share of all pairs; it is exact up to
    2,000 officials, beyond from 500 sampled ones, and the notes say which. `low` to `high` and the ranks hold the
    middle 95 % of the draws. A bridge is an official who sits in two courts or more, `bridge_stays` the share of the
    draws in which that is still seen; `backbone` counts the official's edges that are heavier than chance. The notes
    say how far components, communities, bridges and backbone move.

    Shape: one row per official; ties are ordered by id.
    Raises:
        ValueError: a share outside 0 to 1 or a negative number of draws.
    Source: Freeman 1977, Sociometry 40, 35; Traag, Waltman and van Eck 2019, Scientific Reports 9, 5233 (Leiden);
        on what missing data do to centrality Borgatti, Carley and Krackhardt 2006, Social Networks 28, 124.
    """
    if not 0 <= share < 1 or drops < 0:
        raise ValueError(f"share must be from 0 to 1 and drops 0 or more, got {share} and {drops}")
    counted = casebook.involvements.filter(pl.col("official") & pl.col("counts"))
    table = seats(casebook.involvements)
    graph = colleagues(table)
    whole = measures(graph, seed=seed)
    heavy = backbone(graph)
    spread, bridges, moved = _without_some(table, counted, whole, heavy, drops, share, seed)
    facts = {
        r["person"]: r
        for r in counted.group_by("person").agg(
            pl.col("matter").n_unique().alias("matters"),
            pl.col("court").drop_nulls().unique().sort().alias("courts"),
            pl.col("sources").explode().drop_nulls().unique().alias("sources"),
        ).iter_rows(named=True)
    }  # fmt: skip
    order = sorted(graph.nodes, key=lambda n: (-whole.betweenness[n], n))
    rank = _ranks(whole.betweenness)
    sizes = {k: _sizes(getattr(whole, k)) for k in ("component", "community")}
    rows: list[Row] = []
    for person in order[:top] if top else order:
        low, high, best, worst = spread.get(person, (None, None, None, None))
        component, community = whole.component[person], whole.community[person]
        rows.append(
            {
                "person": person, "matters": facts[person]["matters"], "colleagues": graph.degree(person),
                "component": component, "component_size": sizes["component"][component], "community": community,
                "community_size": sizes["community"][community], "betweenness": rounded(whole.betweenness[person]),
                "low": rounded(low), "high": rounded(high), "rank": rank[person], "rank_low": best, "rank_high": worst,
                "bridge": len(facts[person]["courts"]) > 1, "bridge_stays": bridges.get(person), "courts": facts[person]["courts"],
                "backbone": heavy.degree(person), "reading": _reading(rank[person], worst, whole.betweenness[person]),
                "sources": casebook.source_list(facts[person]["sources"]),
            }
        )  # fmt: skip
    names = named(casebook, "person", (r["person"] for r in rows))
    for row in rows:
        row["name"] = names[row["person"]]
    exact = graph.number_of_nodes() <= EXACT_NODES
    notes = [
        f"{graph.number_of_nodes()} officials, {graph.number_of_edges()} pairs of colleagues, {len(sizes['component'])} components",
        "betweenness is exact" if exact else f"betweenness is estimated from {SAMPLED} sampled officials",
        f"in {drops} draws without {share:.0%} of the matters (middle and, in brackets, 95 %):",
        *moved,
        "central among what is known: who is missing from the data is missing here",
    ]
    parameters = {"drops": drops, "share": share, "seed": seed, "top": top or None}
    left = {"beyond_top": len(order) - len(rows)} if len(order) > len(rows) else {}
    return Answer("structure", {k: v for k, v in parameters.items() if v is not None}, COLUMNS, rows, notes, left)


def measures(graph: nx.Graph[str], *, seed: int = 0) -> Measures:
    """Betweenness, components and Leiden communities of any graph whose nodes are text; numbered by size, then by
    least node."""
    nodes = sorted(graph.nodes)
    number = {n: i for i, n in enumerate(nodes)}
    edges = sorted((min(number[a], number[b]), max(number[a], number[b])) for a, b in graph.edges)
    weights = [float(graph.edges[nodes[a], nodes[b]].get("weight", 1)) for a, b in edges]
    fast = igraph.Graph(len(nodes), edges)
    dice = random.Random(seed)
    igraph.set_random_number_generator(dice)  # else nothing repeats
    scale = max(1.0, (len(nodes) - 1) * (len(nodes) - 2) / 2)
    if len(nodes) <= EXACT_NODES:
        found = [b / scale for b in fast.betweenness()]
    else:
        pivots = dice.sample(range(len(nodes)), SAMPLED)
        found = [b / scale * len(nodes) / SAMPLED for b in fast.betweenness(sources=pivots)]
    groups = fast.community_leiden(objective_function="modularity", weights=weights or None, n_iterations=-1).membership
    parts = fast.connected_components().membership
    return Measures(
        dict(zip(nodes, found, strict=True)),
        dict(zip(nodes, _renumbered(parts), strict=True)),
        dict(zip(nodes, _renumbered(groups), strict=True)),
    )


def _renumbered(membership: Sequence[int]) -> list[int]:
    """The same groups, the largest 1; equal ones in the order of their first member."""
    first: dict[int, int] = {}
    sizes: dict[int, int] = {}
    for place, group in enumerate(membership):
        first.setdefault(group, place)
        sizes[group] = sizes.get(group, 0) + 1
    order = sorted(sizes, key=lambda g: (-sizes[g], first[g]))
    number = {g: i for i, g in enumerate(order, start=1)}
    return [number[g] for g in membership]


def _without_some(
    table: pl.DataFrame,
    counted: pl.DataFrame,
    whole: Measures,
    heavy: nx.Graph[str],
    drops: int,
    share: float,
    seed: int,
) -> tuple[dict[str, tuple[float, float, int, int]], dict[str, float], list[str]]:
    """Over draws without some of the matters: the middle 95 % of betweenness and rank, the share in which each bridge
    is one still, and how far components, communities, bridges and backbone move."""
    matters = table["matter"].unique().sort().to_list()
    people, own = sorted(whole.betweenness), counted.select("person", "matter", "court").unique()
    bridges = _bridges(own)
    rng = np.random.default_rng(seed)
    values = np.zeros((drops, len(people)))
    ranks = np.full((drops, len(people)), len(people), dtype=np.int64)
    stayed = dict.fromkeys(sorted(bridges), 0)
    parts, largest, agreements, kept_bridges, kept_edges = (list[float]() for _ in range(5))
    for draw in range(drops):
        gone = set(rng.choice(len(matters), size=round(share * len(matters)), replace=False).tolist())
        keep = pl.Series([m for i, m in enumerate(matters) if i not in gone], dtype=pl.String)
        left = table.filter(pl.col("matter").is_in(keep.implode()))
        graph = colleagues(left)
        found = measures(graph, seed=seed)
        rank = _ranks(found.betweenness)
        for i, person in enumerate(people):
            if person in rank:
                values[draw, i], ranks[draw, i] = found.betweenness[person], rank[person]
        sizes = _sizes(found.component)
        parts.append(len(sizes))
        largest.append(max(sizes.values(), default=0))
        still = bridges & _bridges(own.filter(pl.col("matter").is_in(keep.implode())))
        for person in still:
            stayed[person] += 1
        if bridges:
            kept_bridges.append(len(still) / len(bridges))
        if heavy.number_of_edges():
            edges = backbone(graph)
            kept_edges.append(sum(edges.has_edge(a, b) for a, b in heavy.edges) / heavy.number_of_edges())
        both = [p for p in people if p in found.community]
        if len(both) > 1:
            agreements.append(
                igraph.compare_communities(
                    [whole.community[p] for p in both], [found.community[p] for p in both], method="adjusted_rand"
                )
            )
    moved = [
        f"components: {_middle(parts, 0)}; officials in the largest: {_middle(largest, 0)}",
        f"communities agree with the whole, adjusted Rand index: {_middle(agreements)}",
        f"share of the {len(bridges)} bridges between courts still seen: {_middle(kept_bridges)}",
        f"share of the {heavy.number_of_edges()} edges of the backbone still in it: {_middle(kept_edges)}",
    ]
    if not drops or not people:
        return {}, {}, moved
    low, high = np.quantile(values, [0.025, 0.975], axis=0)
    best, worst = np.quantile(ranks, [0.025, 0.975], axis=0, method="nearest")
    spread = {p: (float(low[i]), float(high[i]), int(best[i]), int(worst[i])) for i, p in enumerate(people)}
    return spread, {p: round(n / drops, 4) for p, n in stayed.items()}, moved


def _bridges(own: pl.DataFrame) -> set[str]:
    """Who sat in two courts or more."""
    courts = own.drop_nulls("court").group_by("person").agg(pl.col("court").n_unique().alias("n"))
    return set(courts.filter(pl.col("n") > 1)["person"])


def _middle(values: Sequence[float], digits: int = 2) -> str:
    if not values:
        return "not measured"
    low, middle, high = np.quantile(values, [0.025, 0.5, 0.975])
    return f"{middle:.{digits}f} ({low:.{digits}f} to {high:.{digits}f})"


def _ranks(values: Mapping[str, float]) -> dict[str, int]:
    """1 for the highest; equal values have the same, better rank."""
    ordered = sorted(values.values(), reverse=True)
    first: dict[float, int] = {}
    for place, value in enumerate(ordered, start=1):
        first.setdefault(value, place)
    return {n: first[v] for n, v in values.items()}


def _sizes(groups: Mapping[str, int]) -> dict[int, int]:
    out: dict[int, int] = {}
    for group in groups.values():
        out[group] = out.get(group, 0) + 1
    return out


def _reading(rank: int, worst: int | None, value: float) -> str:
    if value == 0 or rank > _FIRST or worst is None:
        return ""
    return STABLE if worst <= _FIRST else SHAKY
