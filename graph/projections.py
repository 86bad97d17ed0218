"""NetworkX graphs of a casebook, one named function each: it says what a node, an edge and a weight mean.

Nodes are canonical ids with the attribute `kind`; edges are added in sorted order, so the same rows in any order
give the same graph. Only involvements that count are used.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

import networkx as nx
import numpy as np
import polars as pl

from graph.casebook import Casebook

if TYPE_CHECKING:
    from collections.abc import Callable

PERSON, MATTER, COURT, EXCHANGE = "person", "matter", "court", "exchange"


def official_matter(casebook: Casebook) -> nx.Graph[str]:
    """Officials and matters. Edge: the official took part. Weight: in how many roles.

    Source: the two-mode network of Borgatti and Everett 1997, Social Networks 19, 243.
    """
    pairs = _counted(casebook.involvements).group_by("person", "matter").agg(pl.col("role").n_unique().alias("n"))
    return _graph(pairs, ("person", PERSON), ("matter", MATTER))


def official_official(casebook: Casebook) -> nx.Graph[str]:
    """Officials. Edge: they took part in the same matter before the same court. Weight: in how many matters.

    An official without a court (an investigator) took part before every court of the matter.
    """
    return colleagues(seats(casebook.involvements))


def official_court(casebook: Casebook) -> nx.Graph[str]:
    """Officials and courts. Edge: the official took part in proceedings there. Weight: in how many matters."""
    rows = _counted(casebook.involvements).drop_nulls("court")
    pairs = rows.group_by("person", "court").agg(pl.col("matter").n_unique().alias("n"))
    return _graph(pairs, ("person", PERSON), ("court", COURT))


def official_defendant(casebook: Casebook) -> nx.Graph[str]:
    """Officials and defendants. Edge: an act against the defendant in which the official took part. Weight: how many
    matters."""
    rows = _counted(casebook.involvements).filter(pl.col("effect") == "adverse").drop_nulls("defendant")
    pairs = rows.group_by("person", "defendant").agg(pl.col("matter").n_unique().alias("n"))
    return _graph(pairs, ("person", PERSON), ("defendant", PERSON))


def person_exchange(casebook: Casebook) -> nx.Graph[str]:
    """People and deals. Edge: the person was released in the deal. Weight: 1."""
    pairs = casebook.participants.select("person", "exchange").unique().with_columns(pl.lit(1).alias("n"))
    return _graph(pairs, ("person", PERSON), ("exchange", EXCHANGE))


PROJECTIONS: Mapping[str, Callable[[Casebook], nx.Graph[str]]] = {
    "official-matter": official_matter,
    "official-official": official_official,
    "official-court": official_court,
    "official-defendant": official_defendant,
    "person-exchange": person_exchange,
}


def seats(involvements: pl.DataFrame) -> pl.DataFrame:
    """Who sat in which matter before which court: person, matter, court, each once."""
    rows = _counted(involvements).select("person", "matter", "court").unique()
    somewhere = rows.drop_nulls("court")
    anywhere = rows.filter(pl.col("court").is_null()).drop("court")
    courts = somewhere.select("matter", "court").unique()
    placed = anywhere.join(courts, on="matter", how="left").select("person", "matter", "court")
    return pl.concat([somewhere, placed]).unique().sort("matter", "court", "person")


def colleagues(seats: pl.DataFrame) -> nx.Graph[str]:
    """Persons of a `seats` table. Edge: the same matter and court. Weight: number of shared matters."""
    place = ["matter", "court"]
    both = seats.join(seats, on=place, suffix="_2", nulls_equal=True).filter(pl.col("person") < pl.col("person_2"))
    pairs = both.group_by("person", "person_2").agg(pl.col("matter").n_unique().alias("n"))
    graph: nx.Graph[str] = nx.Graph()
    graph.add_nodes_from((p, {"kind": PERSON}) for p in seats["person"].unique().sort())
    graph.add_weighted_edges_from(pairs.select("person", "person_2", "n").sort("person", "person_2").iter_rows())
    return graph


def backbone(graph: nx.Graph[str], *, level: float = 0.05) -> nx.Graph[str]:
    """The edges that are heavy for one of their ends: the chance of such a share of its weight is below `level`.

    An end with one edge says nothing of it. Nodes are kept.

    Source: disparity filter (Serrano, Boguna and Vespignani 2009, PNAS 106, 6483).
    """
    kept: nx.Graph[str] = nx.Graph()
    kept.add_nodes_from(graph.nodes(data=True))
    strength = dict(graph.degree(weight="weight"))
    for a, b in graph.edges:
        weight = graph.edges[a, b]["weight"]
        chance = min(_disparity(weight / strength[end], graph.degree(end)) for end in (a, b))
        if chance < level:
            kept.add_edge(a, b, weight=weight)
    return kept


def _disparity(share: float, degree: int) -> float:
    return float(np.power(1 - share, degree - 1)) if degree > 1 else 1.0


def _counted(involvements: pl.DataFrame) -> pl.DataFrame:
    return involvements.filter(pl.col("official") & pl.col("counts")).drop_nulls(["person", "matter"])


def _graph(pairs: pl.DataFrame, left: Sequence[str], right: Sequence[str]) -> nx.Graph[str]:
    """A graph of two kinds of nodes from rows (left, right, n)."""
    graph: nx.Graph[str] = nx.Graph()
    for column, kind in (left, right):
        graph.add_nodes_from(_nodes(pairs[column].unique().sort(), kind))
    graph.add_weighted_edges_from(pairs.select(left[0], right[0], "n").sort(left[0], right[0]).iter_rows())
    return graph


def _nodes(things: Iterable[str], kind: str) -> Iterable[tuple[str, dict[str, str]]]:
    return ((thing, {"kind": kind}) for thing in things)
