"""A view as a file: GraphML, GEXF, node-link JSON, CSV, Parquet, each with the same bytes for the same view.

Written from the tables and not through networkx, which writes today's date into GEXF, stops at None and lists, and
takes control characters into XML that nobody can read back.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from xml.sax.saxutils import escape, quoteattr

import polars as pl

if TYPE_CHECKING:
    import networkx as nx

_HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n'
_NO_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
_FORMULA = r"^(?:[ \x{FEFF}]*[=+\-@\t\r])"
"""What `graph.answers.neutralised` looks for, as polars wants it."""


@dataclass(frozen=True, slots=True)
class Table:
    """A view as tables: `nodes` has id, kind, label and more; `edges` has source, target, weight and more.

    A flat view has no nodes, and any columns in `edges`. Both are sorted, and nobody changes them.
    """

    nodes: pl.DataFrame | None
    edges: pl.DataFrame
    directed: bool = False
    several: bool = False
    """Whether two nodes can have several edges."""


Writer = Callable[[Path, Table], list[Path]]


def write_graphml(path: Path, view: Table) -> list[Path]:
    """GraphML 1.0. What is not known is left out; lists are joined with `|`."""
    with path.open("w", encoding="utf-8", newline="\n") as out:
        out.writelines(_graphml(view))
    return [path]


def _graphml(view: Table) -> Iterator[str]:
    nodes = _nodes(view)
    yield _HEAD + '<graphml xmlns="http://graphml.graphdrawing.org/xmlns">\n'
    for where, frame, skip in (("node", nodes, ("id",)), ("edge", view.edges, ("source", "target"))):
        for column, kind in _kinds(
            frame, {"int": "long", "float": "double", "bool": "boolean", "text": "string"}, skip
        ):
            yield f'<key id="{where}-{column}" for="{where}" attr.name="{column}" attr.type="{kind}"/>\n'
    yield f'<graph edgedefault="{"directed" if view.directed else "undirected"}">\n'
    for row in nodes.iter_rows(named=True):
        yield f"<node id={_quoted(row['id'])}>{_data('node', row, ('id',))}</node>\n"
    for number, row in enumerate(view.edges.iter_rows(named=True)):
        ends = f"source={_quoted(row['source'])} target={_quoted(row['target'])}"
        yield f'<edge id="e{number}" {ends}>{_data("edge", row, ("source", "target"))}</edge>\n'
    yield "</graph>\n</graphml>\n"


def _data(where: str, row: Mapping[str, Any], skip: Sequence[str]) -> str:
    values = ((c, _text(v)) for c, v in row.items() if c not in skip and v is not None)
    return "".join(f'<data key="{where}-{c}">{escape(text)}</data>' for c, text in values)


def write_gexf(path: Path, view: Table) -> list[Path]:
    """GEXF 1.3, without a date. What is not known is left out; lists are joined with `|`."""
    with path.open("w", encoding="utf-8", newline="\n") as out:
        out.writelines(_gexf(view))
    return [path]


def _gexf(view: Table) -> Iterator[str]:
    nodes = _nodes(view)
    yield _HEAD + '<gexf xmlns="http://gexf.net/1.3" version="1.3">\n'
    yield f'<graph mode="static" defaultedgetype="{"directed" if view.directed else "undirected"}">\n'
    kinds = {"int": "long", "float": "double", "bool": "boolean", "text": "string"}
    for where, frame, skip in (("node", nodes, _OF_NODES), ("edge", view.edges, _OF_EDGES)):
        yield f'<attributes class="{where}" mode="static">\n'
        for column, kind in _kinds(frame, kinds, skip):
            yield f'<attribute id="{column}" title="{column}" type="{kind}"/>\n'
        yield "</attributes>\n"
    yield "<nodes>\n"
    for row in nodes.iter_rows(named=True):
        start = f"<node id={_quoted(row['id'])} label={_quoted(row['label'] or row['id'])}>"
        yield f"{start}{_attvalues(row, _OF_NODES)}</node>\n"
    yield "</nodes>\n<edges>\n"
    for number, row in enumerate(view.edges.iter_rows(named=True)):
        ends = f'source={_quoted(row["source"])} target={_quoted(row["target"])} weight="{row["weight"]}"'
        yield f'<edge id="e{number}" {ends}>{_attvalues(row, _OF_EDGES)}</edge>\n'
    yield "</edges>\n</graph>\n</gexf>\n"


_OF_NODES, _OF_EDGES = ("id", "label"), ("source", "target", "weight")


def _attvalues(row: Mapping[str, Any], skip: Sequence[str]) -> str:
    values = ((c, _text(v)) for c, v in row.items() if c not in skip and v is not None)
    inner = "".join(f'<attvalue for="{c}" value={_quoted(text)}/>' for c, text in values)
    return f"<attvalues>{inner}</attvalues>"


def _kinds(frame: pl.DataFrame, names: Mapping[str, str], skip: Sequence[str]) -> Iterator[tuple[str, str]]:
    for column, kind in frame.schema.items():
        if column not in skip:
            plain = (
                "bool" if kind == pl.Boolean else "int" if kind.is_integer() else "float" if kind.is_float() else "text"
            )
            yield column, names[plain]


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    text = "|".join(map(str, value)) if isinstance(value, list) else str(value)
    return _NO_XML.sub("", text)


def _quoted(text: str) -> str:
    return quoteattr(_NO_XML.sub("", text), {"\n": "&#10;", "\r": "&#13;", "\t": "&#9;"})


def _nodes(view: Table) -> pl.DataFrame:
    if view.nodes is None:
        raise ValueError("this view is a flat table and no graph; export it as .csv, .parquet or .json")
    return view.nodes


def write_json(path: Path, view: Table) -> list[Path]:
    """Node-link JSON as `networkx.node_link_graph(data, edges="edges")` reads it; a flat view is a list of rows.

    Here nothing is lost: what is not known is null, a list is a list.
    """
    with path.open("w", encoding="utf-8", newline="\n") as out:
        out.writelines(_json(view))
    return [path]


def _json(view: Table) -> Iterator[str]:
    if view.nodes is None:
        yield from _json_rows(view.edges)
        yield "\n"
        return
    head = {"directed": view.directed, "multigraph": view.several, "graph": {}}
    yield json.dumps(head)[:-1] + ', "nodes": '
    yield from _json_rows(view.nodes)
    yield ', "edges": '
    keyed = view.edges.with_row_index("key") if view.several else view.edges
    yield from _json_rows(keyed)
    yield "}\n"


def _json_rows(frame: pl.DataFrame) -> Iterator[str]:
    yield "["
    for number, row in enumerate(frame.iter_rows(named=True)):
        yield (",\n" if number else "\n") + json.dumps(row, ensure_ascii=False, allow_nan=False)
    yield "]"


def write_csv(path: Path, view: Table) -> list[Path]:
    """The edges; the nodes stand beside them in `NAME.nodes.csv`. Lists are joined with `|`, formulas neutralised."""
    return _both(path, view, lambda frame, to: _csv_safe(frame).write_csv(to, line_terminator="\n"))


def _csv_safe(frame: pl.DataFrame) -> pl.DataFrame:
    texts = []
    for column, kind in frame.schema.items():
        if kind == pl.List(pl.String):
            texts.append(pl.col(column).list.join("|").alias(column))
        elif kind == pl.Boolean:
            texts.append(
                pl.when(column).then(pl.lit("true")).when(pl.col(column).not_()).then(pl.lit("false")).alias(column)
            )
    flat = frame.with_columns(texts)
    live = [c for c, kind in flat.schema.items() if kind == pl.String]
    return flat.with_columns(
        pl.when(pl.col(c).str.contains(_FORMULA)).then(pl.lit("'") + pl.col(c)).otherwise(pl.col(c)).alias(c)
        for c in live
    )


def live_cells(view: Table) -> int:
    """How many texts of a view a spreadsheet could take for a formula."""
    count = 0
    for frame in filter(lambda f: f is not None, (view.nodes, view.edges)):
        assert frame is not None
        texts = [c for c, kind in frame.schema.items() if kind in (pl.String, pl.List(pl.String))]
        for column in texts:
            values = frame[column].list.join("|") if frame.schema[column] == pl.List(pl.String) else frame[column]
            count += int(values.str.contains(_FORMULA).sum() or 0)
    return count


def write_parquet(path: Path, view: Table) -> list[Path]:
    """The edges; the nodes stand beside them in `NAME.nodes.parquet`. Nothing is lost."""
    return _both(
        path, view, lambda frame, to: frame.rechunk().write_parquet(to, compression="zstd", row_group_size=100_000)
    )


def _both(path: Path, view: Table, write: Callable[[pl.DataFrame, Path], object]) -> list[Path]:
    write(view.edges, path)
    if view.nodes is None:
        return [path]
    beside = path.with_name(f"{path.stem}.nodes{path.suffix}")
    write(view.nodes, beside)
    return [path, beside]


def as_networkx(view: Table) -> nx.Graph[str]:
    """The view as a NetworkX graph: MultiGraph where two nodes can have several edges; None and lists stay."""
    import networkx as nx

    kinds: dict[tuple[bool, bool], type[nx.Graph[str]]] = {
        (False, False): nx.Graph, (False, True): nx.MultiGraph, (True, False): nx.DiGraph, (True, True): nx.MultiDiGraph,
    }  # fmt: skip
    graph = kinds[view.directed, view.several]()
    graph.add_nodes_from((row.pop("id"), row) for row in _nodes(view).iter_rows(named=True))
    graph.add_edges_from((row.pop("source"), row.pop("target"), row) for row in view.edges.iter_rows(named=True))
    return graph


WRITERS: Mapping[str, Writer] = {
    "graphml": write_graphml, "gexf": write_gexf, "csv": write_csv, "parquet": write_parquet, "json": write_json,
}  # fmt: skip
"""The writers by ending; each returns the files that it wrote."""
