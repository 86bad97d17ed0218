"""Structure: measures of a chain of colleagues done by hand, repeatable, shaken by missing cases."""

from __future__ import annotations

from typing import Any

import networkx as nx
import pytest

from graph.analysis.structure import STABLE, measures, structure
from graph.projections import (
    backbone,
    official_court,
    official_defendant,
    official_matter,
    official_official,
    person_exchange,
)

J, P = "presiding_judge", "prosecutor"


@pytest.fixture
def chain_of_three(docket: Any) -> Any:
    """a sat with b in court 1 (twice), b with c in court 2; d sat alone."""
    return docket(
        [
            ("2021-01-01", "one", {"a": J, "b": P}), ("2021-01-02", "one", {"a": J, "b": P}),
            ("2021-01-03", "two", {"c": J, "b": P}), ("2021-01-04", "two", {"d": J}),
        ]
    )  # fmt: skip


def test_the_one_in_the_middle_lies_on_the_only_path(chain_of_three: Any) -> None:
    """Four officials: 3 pairs of others for b, one of which (a and c) goes through b."""
    rows = {r["person"]: r for r in structure(chain_of_three, drops=0).rows}
    assert rows["d/b"]["betweenness"] == pytest.approx(1 / 3, abs=1e-4)
    assert rows["d/a"]["betweenness"] == 0
    assert (rows["d/b"]["bridge"], rows["d/b"]["courts"]) == (True, ["d/one", "d/two"])
    assert (rows["d/a"]["component_size"], rows["d/d"]["component_size"]) == (3, 1)


def test_an_edge_weighs_as_many_matters_as_two_officials_share(chain_of_three: Any) -> None:
    graph = official_official(chain_of_three)
    assert {(a, b): graph.edges[a, b]["weight"] for a, b in graph.edges} == {("d/a", "d/b"): 2, ("d/b", "d/c"): 1}
    assert "d/d" in graph


def test_every_projection_says_what_its_nodes_are(chain_of_three: Any) -> None:
    for project in (official_official, official_matter, official_court, official_defendant, person_exchange):
        assert all(kind for _, kind in project(chain_of_three).nodes(data="kind"))
    assert official_court(chain_of_three).edges["d/a", "d/one"]["weight"] == 2
    assert official_matter(chain_of_three).number_of_edges() == 7


def test_the_backbone_keeps_the_edge_that_takes_nearly_all_the_weight() -> None:
    """A hub with weights 100, 1, 1, 1, 1: (1 - 100/104) to the power 4 is far below 0.05, (1 - 1/104) is not."""
    graph: nx.Graph[str] = nx.star_graph(list("habcd"))
    for end in "abcd":
        graph.edges["h", end]["weight"] = 100 if end == "a" else 1
    assert list(backbone(graph).edges) == [("h", "a")]


def test_measures_agree_with_networkx() -> None:
    graph: nx.Graph[str] = nx.relabel_nodes(nx.karate_club_graph(), str)
    found = measures(graph).betweenness
    expected = nx.betweenness_centrality(graph)
    assert found == pytest.approx(expected)


def test_the_same_seed_gives_the_same_rows(chain_of_three: Any) -> None:
    assert structure(chain_of_three, drops=5, seed=3).rows == structure(chain_of_three, drops=5, seed=3).rows


def test_a_rank_comes_with_what_missing_cases_make_of_it(chain_of_three: Any) -> None:
    row = structure(chain_of_three, drops=20, share=0.25).rows[0]
    assert row["person"] == "d/b"
    assert row["low"] <= row["betweenness"] <= 1
    assert row["rank_low"] <= row["rank"] <= row["rank_high"]
    assert row["reading"] == STABLE


def test_every_measure_says_how_far_it_moves_when_cases_are_missing(chain_of_three: Any) -> None:
    """b is a bridge unless the one matter in court two with c (m2) is among the one of four that is left out."""
    answer = structure(chain_of_three, drops=200, share=0.25)
    stays = next(r["bridge_stays"] for r in answer.rows if r["person"] == "d/b")
    assert stays == pytest.approx(0.75, abs=0.1)
    said = " ".join(answer.notes)
    assert "components: 2 (1 to 2); officials in the largest: 3 (2 to 3)" in said
    assert "share of the 1 bridges between courts still seen: 1.00 (0.00 to 1.00)" in said
    assert "share of the 0 edges of the backbone still in it: not measured" in said
    assert "communities agree with the whole, adjusted Rand index: " in said


def test_a_share_outside_its_range_is_refused(chain_of_three: Any) -> None:
    with pytest.raises(ValueError, match="share must be from 0 to 1"):
        structure(chain_of_three, share=1.5)
