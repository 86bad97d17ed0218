"""Views written with a sidecar that says what is in them, and made again from it on another machine."""

from __future__ import annotations

import hashlib
import json
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl

from graph import officials
from graph.answers import Answer
from graph.errors import Refused, WorkspaceError
from graph.exports.claims import without_texts_of_children
from graph.exports.codebook import codebook
from graph.exports.files import sha256
from graph.exports.graph_files import WRITERS, Table, live_cells
from graph.exports.views import VIEWS, Scene
from graph.identity import standing
from ontology import tables

if TYPE_CHECKING:
    from graph.casebook import Casebook
    from graph.workspace import Workspace

SUFFIX = ".sidecar.json"
_FORMAT = "repgraph sidecar 1"
_LARGEST = 20_000_000
_FILTERS = ("role", "court", "article", "since", "until", "min_matters", "listed_by", "not_listed_by")


def made_view(
    casebook: Casebook,
    view: str,
    *,
    lang: str = "en",
    min_weight: int = 1,
    role: str | None = None,
    court: Sequence[str] = (),
    article: str | None = None,
    since: str | None = None,
    until: str | None = None,
    min_matters: int = 1,
    listed_by: Sequence[str] = (),
    not_listed_by: Sequence[str] = (),
) -> tuple[Table, dict[str, int], list[str]]:
    """A view, what it leaves out by reason, and notes on it. `graph_files.as_networkx` makes a graph of it.

    The filters are those of `graph.officials.officials`: role, court, article, since and until choose involvements;
    min_matters above 1 and the lists choose officials, as they rank there. Edges below `min_weight` are left out,
    then nodes without an edge.

    Raises:
        ValueError: no such view, a filter where the view takes none, or a filter that says nothing.
    """
    if view not in VIEWS:
        raise ValueError(f"{view!r} is no view; there are {', '.join(VIEWS)}")
    if min_weight < 1:
        raise ValueError(f"min_weight must be 1 or more, got {min_weight}")
    choosing = {"role": role, "court": list(court) or None, "article": article}
    ranking = {"min_matters": min_matters, "listed_by": listed_by, "not_listed_by": not_listed_by}
    dated = {"since": since, "until": until}
    filtered = any(choosing.values()) or any(dated.values()) or min_matters > 1 or listed_by or not_listed_by
    if filtered and not VIEWS[view].filtered:
        raise ValueError(f"the view {view} is not about officials and takes none of their filters; leave them out")
    acts, left_out = _acts(casebook, choosing, dated) if VIEWS[view].filtered else (casebook.involvements.head(0), {})
    notes: list[str] = []
    if min_matters > 1 or listed_by or not_listed_by:
        ranked = officials.officials(casebook, **choosing, **dated, **ranking)  # type: ignore[arg-type]
        left_out, notes = dict(ranked.left_out), list(ranked.notes[1:])
        shown = pl.Series([row["person"] for row in ranked.rows], dtype=pl.String)
        acts = acts.filter(pl.col("person").is_in(shown.implode()))
    table = VIEWS[view].make(Scene(casebook, acts, lang))
    if table.nodes is not None and min_weight > 1:
        table, below = _cut(table, min_weight)
        left_out["edges_below_min_weight"] = below
    return table, {reason: n for reason, n in left_out.items() if n}, notes


def _acts(
    casebook: Casebook, choosing: Mapping[str, Any], dated: Mapping[str, Any]
) -> tuple[pl.DataFrame, dict[str, int]]:
    """The counted involvements that pass, and how many others do not count or have no clear date."""
    passing, left = officials.within(casebook.involvements.filter(officials.chosen(casebook, **choosing)), **dated)
    counted = passing.filter("counts")
    return counted, {**left, "not_stated": passing.height - counted.height}


def _cut(table: Table, min_weight: int) -> tuple[Table, int]:
    assert table.nodes is not None
    edges = table.edges.filter(pl.col("weight") >= min_weight)
    used = pl.concat([edges["source"], edges["target"]]).unique()
    nodes = table.nodes.filter(pl.col("id").is_in(used.implode()))
    return Table(nodes, edges, table.directed, table.several), table.edges.height - edges.height


def export_view(casebook: Casebook, path: Path, *, view: str, tool: str, **options: Any) -> Answer:
    """Write a view to `path` (its ending names the format) and its sidecar to `path` + `.sidecar.json`.

    `tool` is the version of repgraph; `options` are those of `made_view`. CSV and Parquet put the nodes in a second
    file beside. The casebook's profile says what may be seen.

    Shape: one row for each file written: file, sha256, rows.
    Raises:
        ValueError: no such view or ending, or a wrong filter.
        WorkspaceError: the files cannot be written.
    """
    kind = _kind(path.name)
    table, left_out, notes = made_view(casebook, view, **options)
    if table.nodes is None and kind in ("graphml", "gexf"):
        raise ValueError(f"the view {view} is a flat table and no graph; export it as .csv, .parquet or .json")
    if kind == "csv" and (live := live_cells(table)):
        notes.append(f"{live:,} cells have a text that a spreadsheet could take for a formula; it got a leading '")
    parameters = _parameters(casebook, view, kind, options)
    try:
        with tempfile.TemporaryDirectory(dir=path.parent, prefix=".export-") as folder:
            files = _written(Path(folder) / path.name, table, kind)
            said = _sidecar(casebook, table, parameters, tool=tool, files=files, left_out=left_out, notes=notes)
            beside = Path(folder) / (path.name + SUFFIX)
            beside.write_text(_json(said), encoding="utf-8", newline="\n")
            for draft in (*(Path(folder) / f["name"] for f in files), beside):
                draft.replace(path.parent / draft.name)
    except OSError as error:
        raise WorkspaceError(f"{path}: cannot be written ({error.strerror or error}); choose another place") from error
    rows = [{"file": f["name"], "sha256": f["sha256"], "rows": f["rows"]} for f in files]
    rows.append({"file": path.name + SUFFIX, "sha256": sha256(path.parent / (path.name + SUFFIX)), "rows": None})
    return Answer("export", parameters, ["file", "sha256", "rows"], rows, notes, left_out)


def _kind(name: str) -> str:
    kind = Path(name).suffix.removeprefix(".").lower()
    if kind not in WRITERS:
        raise ValueError(f"{name}: views go to .{', .'.join(WRITERS)}; choose one of these endings")
    return kind


def _parameters(casebook: Casebook, view: str, kind: str, options: Mapping[str, Any]) -> dict[str, Any]:
    plain = {k: list(v) if isinstance(v, (list, tuple)) else v for k, v in options.items()}
    given = {k: plain[k] for k in sorted(plain) if plain[k] not in (None, [])}
    return {"view": view, "format": kind, "profile": casebook.profile, "resolved": casebook.resolved, **given}


def _written(path: Path, table: Table, kind: str) -> list[dict[str, Any]]:
    heights = [table.edges.height, None if table.nodes is None else table.nodes.height]
    files = WRITERS[kind](path, table)
    return [
        {"name": file.name, "sha256": sha256(file), "bytes": file.stat().st_size, "rows": height}
        for file, height in zip(files, heights, strict=False)
    ]


def _sidecar(
    casebook: Casebook,
    table: Table,
    parameters: Mapping[str, Any],
    *,
    tool: str,
    files: Sequence[Mapping[str, Any]],
    left_out: Mapping[str, int],
    notes: Sequence[str],
) -> dict[str, Any]:
    rows = table.edges.height
    counts = {"rows": rows} if table.nodes is None else {"nodes": table.nodes.height, "edges": rows}
    return {
        "what": _FORMAT,
        "view": VIEWS[parameters["view"]].about,
        "guilt": "a role in a proceeding is not a finding of guilt",
        "parameters": parameters,
        "made_with": {"repgraph": tool, "polars": pl.__version__},
        "data": data_of(casebook),
        "counts": counts,
        "left_out": left_out,
        "notes": list(notes),
        "codebook": codebook(table),
        "files": list(files),
    }


def data_of(casebook: Casebook) -> dict[str, Any]:
    """What a view rests on, as far as its profile may see: for each table the number of records and their hash.

    A hash is over the ids and versions of the records, so it is the same wherever the same rows were loaded. Records
    about children count by their ids alone: exported claims lack texts of theirs, and no view has them.
    """
    hushed, found = without_texts_of_children(casebook), {}
    for name in tables():
        rows = casebook.rows.table(name)
        if rows.height:
            version = pl.col("version")
            for child, _ in hushed.about_children(name, rows):
                version = pl.when(child).then(pl.lit("child")).otherwise(version)
            lines = rows.select((pl.col("record") + version).sort().alias("line"))["line"]
            found[name] = {"records": rows.height, "sha256": _digest("\n".join(lines))}
    judged = sorted([j.kind, *j.pair, j.verdict] for j in standing(casebook.judgements))
    return {"tables": found, "judgements": {"records": len(judged), "sha256": _digest(json.dumps(judged))}}


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _json(said: Mapping[str, Any]) -> str:
    return json.dumps(said, ensure_ascii=False, indent=1, allow_nan=False) + "\n"


# --- again ----------------------------------------------------------------------------------------------------


def reproduce(sidecar: Path, workspace: Workspace, out: Path | None = None) -> Answer:
    """Make the files of a sidecar again from this workspace, byte for byte; without `out` beside the sidecar.

    Shape: one row for each file: file, sha256, same (always true: anything else is refused).
    Raises:
        Refused: the data or judgements differ, a file would come out otherwise, or another file is in the way; the
            message says exactly what differs, and nothing is written.
        WorkspaceError: the sidecar cannot be read.
    """
    from graph.workspace import tool_version

    said = _read(sidecar)
    parameters = dict(said["parameters"])
    view, kind = parameters.pop("view"), parameters.pop("format")
    casebook = workspace.casebook(resolved=parameters.pop("resolved"), profile=parameters.pop("profile"))
    target = out or sidecar.with_name(said["files"][0]["name"])
    if _kind(target.name) != kind:
        raise ValueError(f"{target.name}: the sidecar is of a .{kind} file; give the new one the same ending")
    differing = _differences(said["data"], data_of(casebook))
    if differing:
        raise Refused(f"{sidecar.name} rests on other data than this workspace holds: {'; '.join(differing)}")
    wanted = [f["sha256"] for f in said["files"]]
    with tempfile.TemporaryDirectory(prefix="repgraph-") as folder:
        made = export_view(casebook, Path(folder) / target.name, view=view, tool=tool_version(), **parameters)
        files = [(Path(folder) / row["file"], row["sha256"]) for row in made.rows[:-1]]
        if [digest for _, digest in files] != wanted:
            now = {"repgraph": tool_version(), "polars": pl.__version__}
            raise Refused(
                f"{sidecar.name}: the data are the same and the bytes are not; it was made with "
                f"{_versions(said['made_with'])}, this is {_versions(now)}: install that version to compare"
            )
        for file, digest in files:
            _put(file, target.with_name(file.name), digest)
    rows = [{"file": file.name, "sha256": digest, "same": True} for file, digest in files]
    return Answer("reproduce", {"sidecar": sidecar.name}, ["file", "sha256", "same"], rows)


def _put(made: Path, target: Path, digest: str) -> None:
    if target.exists():
        if sha256(target) != digest:
            raise Refused(f"{target} is another file than the sidecar speaks of; name another place for the new one")
        return
    try:
        target.write_bytes(made.read_bytes())
    except OSError as error:
        raise WorkspaceError(f"{target}: cannot be written ({error.strerror}); choose another place") from error


def _versions(made_with: Mapping[str, Any]) -> str:
    return ", ".join(f"{name} {version}" for name, version in sorted(made_with.items()) if str(version).isprintable())


def _differences(there: Mapping[str, Any], here: Mapping[str, Any]) -> list[str]:
    """In which tables, and in the judgements, the data differ."""
    pairs = [(name, there["tables"].get(name), here["tables"].get(name)) for name in tables()]
    pairs.append(("judgements", there["judgements"], here["judgements"]))
    return [_difference(name, a, b) for name, a, b in pairs if a != b]


def _difference(name: str, there: Mapping[str, Any] | None, here: Mapping[str, Any] | None) -> str:
    a, b = (found["records"] if found else 0 for found in (there, here))
    return f"{name} has {b} records, not {a}" if a != b else f"{name} has {b} records as there, but not the same ones"


def _read(sidecar: Path) -> dict[str, Any]:
    """The sidecar, in a shape that the rest may rely on."""
    try:
        if sidecar.stat().st_size > _LARGEST:
            raise ValueError("it is too large")
        said = json.loads(sidecar.read_text(encoding="utf-8"))
        _check(said)
    except OSError as error:
        raise WorkspaceError(f"{sidecar}: cannot be read ({error.strerror})") from error
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise WorkspaceError(f"{sidecar.name} is no sidecar of a view ({error}); it ends in {SUFFIX}") from error
    return dict(said)


def _check(said: Any) -> None:
    if said["what"] != _FORMAT:
        raise ValueError(f"{said['what']!r} is not {_FORMAT!r}")
    parameters = said["parameters"]
    options = {
        "lang": str,
        "min_weight": int,
        "min_matters": int,
        "court": list,
        "listed_by": list,
        "not_listed_by": list,
    }
    fixed = {"view": str, "format": str, "profile": str, "resolved": bool}
    for name, value in parameters.items():
        wanted = fixed.get(name) or options.get(name) or (str if name in _FILTERS else None)
        items = value if isinstance(value, list) else []
        if wanted is None or type(value) is not wanted or not all(isinstance(item, str) for item in items):
            raise ValueError(f"the parameter {name[:40]!r} cannot be")
    if missing := sorted(fixed.keys() - parameters.keys()):
        raise ValueError(f"the parameter {missing[0]!r} is missing")
    if parameters["view"] not in VIEWS or parameters["profile"] not in ("public", "partner", "internal"):
        raise ValueError("it names a view or profile that there is not")
    data = said["data"]
    for found in (*data["tables"].values(), data["judgements"]):
        if type(found["records"]) is not int or not isinstance(found["sha256"], str):
            raise ValueError("the data are not said as numbers and hashes")
    for file in said["files"]:
        if (
            Path(file["name"]).name != file["name"]
            or file["name"] in ("", ".", "..")
            or not isinstance(file["sha256"], str)
        ):
            raise ValueError("a file has a name that cannot be")
    if not said["files"] or not isinstance(said["made_with"], dict):
        raise ValueError("it names no files")
