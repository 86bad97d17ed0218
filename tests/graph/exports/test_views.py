"""Views: what a node, an edge and a weight are, counted by hand; and the files they become."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import networkx as nx
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.answers import neutralised
from graph.casebook import Casebook
from graph.exports.codebook import codebook
from graph.exports.graph_files import WRITERS, Table, as_networkx, write_csv
from graph.exports.sidecars import export_view, made_view
from graph.exports.views import VIEWS
from graph.projections import official_official
from graph.records import Record
from graph.rows import MemoryRows

Books = Callable[..., Casebook]
CANARY, CHILD, REVIEWER = "канарейка-never-public", "Имярек Младший", "reviewer-real-name"
GRAPHS = [name for name in VIEWS if name != "involvements"]


def edges(book: Casebook, view: str, *columns: str, **options: Any) -> list[tuple[Any, ...]]:
    """The edges of a view without the kinds and data set in the ids, by these columns."""
    rows = made_view(book, view, **options)[0].edges.select("source", "target", *columns).iter_rows()
    return [tuple(re.sub(r"^\w+:(w/)?", "", v) if isinstance(v, str) else v for v in row) for row in rows]


def test_one_trial_of_two_defendants_is_one_matter_and_two_cases(casebook: Books) -> None:
    """Ivanova: the trial t of d1 and d2, and c3 of d3. Petrov: the trial."""
    found = edges(casebook(), "official-matter", "weight", "adverse", "favourable", "first")
    assert found == [
        ("ivanova", "c3", 1, 1, 0, "2024"),
        ("ivanova", "t", 2, 1, 0, "2023-02-01"),
        ("petrov", "t", 2, 1, 0, "2023-02-01"),
    ]


def test_parallel_roles_in_several_proceedings_stay_parallel(casebook: Books) -> None:
    found = edges(casebook(), "official-case", "role", "proceeding", "weight")
    assert found == [
        ("ivanova", "c1", "presiding_judge", "w/p1", 1),
        ("ivanova", "c2", "presiding_judge", "w/p2", 1),
        ("ivanova", "c3", "presiding_judge", "w/p3", 1),
        ("petrov", "c1", "prosecutor", "w/p1", 1),
        ("petrov", "c2", "prosecutor", "w/p2", 1),
    ]


def test_two_officials_are_tied_by_the_matters_they_share(casebook: Books) -> None:
    assert edges(casebook(), "official-official", "weight", "cases", "matter_ids") == [
        ("ivanova", "petrov", 1, 2, ["w/t"])
    ]


def test_ties_before_one_court_are_those_of_the_projection(casebook: Books) -> None:
    """The hearings of t are all before the court."""
    assert edges(casebook(), "official-official", "same_court") == [("ivanova", "petrov", 1)]
    assert list(official_official(casebook()).edges(data="weight")) == [("w/ivanova", "w/petrov", 1)]


def test_inside_the_workspace_the_hidden_hearing_ties_them_too(casebook: Books) -> None:
    assert edges(casebook("internal"), "official-official", "weight", "cases") == [("ivanova", "petrov", 2, 3)]


def test_an_official_is_tied_to_a_court_by_matters(casebook: Books) -> None:
    assert edges(casebook(), "official-court", "weight", "cases") == [
        ("ivanova", "court", 2, 3),
        ("petrov", "court", 1, 2),
    ]


def test_only_judges_act_for_the_court_where_no_institution_is_stated(casebook: Books) -> None:
    assert edges(casebook(), "official-institution", "weight") == [("ivanova", "court", 2)]


def test_officials_are_tied_to_articles(casebook: Books) -> None:
    assert edges(casebook(), "official-article", "weight") == [
        ("ivanova", "RU-CC 207.3(2)(a)", 1),
        ("ivanova", "RU-CC 275", 1),
        ("petrov", "RU-CC 207.3(2)(a)", 1),
        ("petrov", "RU-CC 275", 1),
    ]


def test_listed_and_not_looked_are_told_apart(casebook: Books) -> None:
    found = {(a, b): (w, s) for a, b, w, s in edges(casebook(), "official-programme", "weight", "state")}
    assert found["ivanova", "EU-2024-1485"] == (1, "listed")
    assert found["petrov", "EU-2024-1485"] == (0, "not_looked")
    nodes = made_view(casebook(), "official-case")[0].nodes
    assert nodes is not None
    states = dict(nodes.filter(pl.col("kind") == "official").select("thing", "listing_EU").iter_rows())
    assert states == {"w/ivanova": "listed", "w/petrov": "not_looked"}


def test_a_defendant_is_tied_to_the_own_case(casebook: Books) -> None:
    found = edges(casebook(), "person-case", "role")
    assert ("d3", "c3", "defendant") in found
    assert ("sidorov", "c3", "investigator") not in found  # inferred: does not count


def test_people_are_tied_to_the_deal_that_freed_them(casebook: Books) -> None:
    found = edges(casebook(), "person-exchange", "released_by", "received_by")
    assert found == [("d1", "x", ["RU"], ["DE"]), ("kid", "x", [], [])]


def test_cases_are_tied_to_articles(casebook: Books) -> None:
    assert edges(casebook(), "case-article") == [
        ("c1", "RU-CC 207.3(2)(a)"), ("c2", "RU-CC 207.3(2)(a)"), ("c2", "RU-CC 275"),
    ]  # fmt: skip


def test_what_does_not_count_is_left_out_and_counted(casebook: Books) -> None:
    table, left_out, _ = made_view(casebook(), "involvements")
    assert table.edges.height == 5
    assert left_out == {"not_stated": 1}


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({"role": "prosecutor"}, {"petrov"}),
        ({"min_matters": 2}, {"ivanova"}),
        ({"since": "2024"}, {"ivanova"}),
        ({"until": "2023"}, {"ivanova", "petrov"}),
        ({"article": "275"}, {"ivanova", "petrov"}),
        ({"article": "318"}, set()),
        ({"court": ["w/court"]}, {"ivanova", "petrov"}),
        ({"listed_by": ["EU"]}, {"ivanova"}),
        ({"not_listed_by": ["EU"]}, set()),
        ({"min_weight": 2}, {"ivanova", "petrov"}),
    ],
)
def test_the_filters_are_those_of_officials(casebook: Books, options: dict[str, Any], expected: set[str]) -> None:
    assert {row[0] for row in edges(casebook(), "official-matter", **options)} == expected


def test_edges_below_the_weight_are_left_out_and_counted(casebook: Books) -> None:
    table, left_out, _ = made_view(casebook(), "official-matter", min_weight=2)
    assert table.edges.height == 2
    assert left_out["edges_below_min_weight"] == 1
    assert table.nodes is not None
    assert "matter:w/c3" not in table.nodes["id"].to_list()


@pytest.mark.parametrize(
    ("view", "options", "says"),
    [
        ("official-cat", {}, "'official-cat' is no view; there are official-case,"),
        (
            "person-case",
            {"role": "judge"},
            "the view person-case is not about officials and takes none of their filters",
        ),
        ("official-case", {"min_weight": 0}, "min_weight must be 1 or more, got 0"),
        ("official-case", {"listed_by": ["EUU"]}, "'EUU' is no authority and no programme"),
    ],
)
def test_a_wrong_option_is_refused(casebook: Books, view: str, options: dict[str, Any], says: str) -> None:
    with pytest.raises(ValueError, match=re.escape(says)):
        made_view(casebook(), view, **options)


# --- files --------------------------------------------------------------------------------------------------


def written(book: Casebook, folder: Path, view: str, kind: str) -> bytes:
    """The bytes of all files of a view, the sidecar among them."""
    export_view(book, folder / f"{view}.{kind}", view=view, tool="1")
    if kind == "parquet":
        frames = [pl.read_parquet(p) for p in sorted(folder.glob("*.parquet"))]
        return "".join(f.write_json() for f in frames).encode() + (folder / f"{view}.parquet.sidecar.json").read_bytes()
    return b"".join(p.read_bytes() for p in sorted(folder.iterdir()))


@pytest.mark.parametrize("kind", WRITERS)
@pytest.mark.parametrize("view", VIEWS)
def test_nothing_hidden_no_child_and_no_reviewer_leaves(casebook: Books, tmp_path: Path, view: str, kind: str) -> None:
    if view == "involvements" and kind in ("graphml", "gexf"):
        return
    content = written(casebook("public"), tmp_path, view, kind).decode()
    for word in (CANARY, "hidden", CHILD, REVIEWER):
        assert word not in content
        assert json.dumps(word)[1:-1] not in content


@pytest.mark.parametrize("view", GRAPHS)
def test_networkx_reads_back_every_node_and_edge(casebook: Books, tmp_path: Path, view: str) -> None:
    table = made_view(casebook(), view)[0]
    for kind in ("graphml", "gexf", "json"):
        written(casebook(), tmp_path, view, kind)
    found = [nx.read_graphml(tmp_path / f"{view}.graphml"), nx.read_gexf(tmp_path / f"{view}.gexf"), as_networkx(table)]
    found.append(nx.node_link_graph(json.loads((tmp_path / f"{view}.json").read_text(encoding="utf-8")), edges="edges"))
    assert table.nodes is not None
    for graph in found:
        assert sorted(graph.nodes) == table.nodes["id"].to_list()
        assert graph.number_of_edges() == table.edges.height
    assert found[-1].is_multigraph() is found[-2].is_multigraph() is table.several


def test_hostile_text_comes_back_as_it_was_but_for_control_characters(casebook: Books, tmp_path: Path) -> None:
    hostile = '=cmd()|"><img onerror=x>\u202e<script>&amp;'
    for kind, read in (("graphml", nx.read_graphml), ("gexf", nx.read_gexf)):
        written(casebook(), tmp_path, "official-case", kind)
        assert read(tmp_path / f"official-case.{kind}").nodes["official:w/petrov"]["label"] == hostile


def test_a_gexf_has_no_date(casebook: Books, tmp_path: Path) -> None:
    text = written(casebook(), tmp_path, "official-case", "gexf").decode()
    assert "lastmodified" not in text
    assert "<meta" not in text


def test_what_is_not_known_is_left_out_of_xml_and_null_in_json(casebook: Books, tmp_path: Path) -> None:
    """Petrov has no Russian name."""
    written(casebook(), tmp_path, "official-case", "gexf")
    assert "name_ru" not in nx.read_gexf(tmp_path / "official-case.gexf").nodes["official:w/petrov"]
    written(casebook(), tmp_path, "official-case", "json")
    nodes = json.loads((tmp_path / "official-case.json").read_text(encoding="utf-8"))["nodes"]
    assert [n["name_ru"] for n in nodes if n["id"] == "official:w/petrov"] == [None]


def test_no_cell_of_csv_is_a_formula_and_it_is_said(casebook: Books, tmp_path: Path) -> None:
    answer = export_view(casebook(), tmp_path / "v.csv", view="official-case", tool="1")
    for name in ("v.csv", "v.nodes.csv"):
        with (tmp_path / name).open(encoding="utf-8", newline="") as file:
            assert [c for line in csv.reader(file) for c in line if neutralised(c) != c] == []
    assert answer.notes == ["7 cells have a text that a spreadsheet could take for a formula; it got a leading '"]


@given(st.text(alphabet="=+-@\t\r\n |\ufeffaё0", max_size=4))
def test_columns_are_neutralised_as_single_cells_are(text: str) -> None:
    import tempfile

    frame = pl.DataFrame({"a": [text, "b"], "l": [[text], []]}, schema={"a": pl.String, "l": pl.List(pl.String)})
    with tempfile.TemporaryDirectory() as folder:
        write_csv(Path(folder) / "x.csv", Table(None, frame))
        with (Path(folder) / "x.csv").open(encoding="utf-8", newline="") as file:
            line = list(csv.reader(file))[1]
    assert line == [neutralised(text)] * 2


@pytest.mark.parametrize("view", VIEWS)
def test_every_column_is_in_the_codebook_and_says_what_empty_means(casebook: Books, view: str) -> None:
    table = made_view(casebook(), view)[0]
    found = codebook(table)
    columns = [*(table.nodes.columns if table.nodes is not None else []), *table.edges.columns]
    assert [e["column"] for e in found] == columns
    never = {e["column"] for e in found if e["empty"] == "never empty"}
    for frame in (table.nodes, table.edges):
        if frame is not None:
            assert [c for c in frame.columns if c in never and frame[c].null_count()] == []


@pytest.mark.parametrize("view", VIEWS.values(), ids=lambda v: str(v.name))
def test_every_view_says_what_node_edge_and_weight_are(view: Any) -> None:
    if view.name != "involvements":
        assert all(word in view.about for word in ("Node: ", "Edge: ", "Weight: "))


def test_a_graph_format_of_a_flat_view_is_refused_and_leaves_nothing(casebook: Books, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"flat table and no graph; export it as \.csv"):
        export_view(casebook(), tmp_path / "v.gexf", view="involvements", tool="1")
    assert list(tmp_path.iterdir()) == []


def test_a_view_of_nothing_is_a_file_with_its_columns(tmp_path: Path) -> None:
    from datetime import date

    rows: list[Record] = []
    book = Casebook(MemoryRows.of(rows), [], today=date(2026, 11, 23))
    for kind in ("csv", "gexf", "graphml", "json", "parquet"):
        answer = export_view(book, tmp_path / f"v.{kind}", view="official-case", tool="1")
        assert [row["rows"] for row in answer.rows[:1]] == [0]
    assert (tmp_path / "v.csv").read_text().startswith("source,target,weight,role,")
