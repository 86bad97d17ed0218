"""All claims as one file: TriG, N-Quads, Turtle, JSON-LD, CSV, XLSX.

TriG and N-Quads hold everything and can be loaded again; the others say in a note what they cannot hold.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl
import pyoxigraph as ox

from graph.answers import Answer, neutralised
from graph.claims import PROV, PROVENANCE, Versioned, judgement_quads, nquads, resolutions, vocabulary_quads
from graph.exports.files import sha256, whole
from graph.exports.spreadsheets import LONGEST, Sheet, Written, write_xlsx
from graph.identity import KINDS, Judgement, resolve
from graph.ingest import Progress
from graph.row_files import records
from graph.rows import MemoryRows, Rows
from ontology import BASE, ID, NS, VOCAB, tables

if TYPE_CHECKING:
    from graph.casebook import Casebook

_BATCH = 2000
_PREFIXES = {
    "rg": NS, "record": ID + "record/", "id": ID, "vocab": VOCAB, "prov": PROV,
    "skos": "http://www.w3.org/2004/02/skos/core#", "xsd": "http://www.w3.org/2001/XMLSchema#",
}  # fmt: skip
_FREE = frozenset({"name", "text", "texts"})
# Who says it, as what: not words about the person.
_KEPT_OF_CHILDREN = frozenset({"by", "body", "post", "released_by", "received_by", "custody_before"})


def export_claims(
    casebook: Casebook,
    path: Path,
    *,
    pseudonym: Callable[[str], str] | None = None,
    progress: Progress | None = None,
) -> Answer:
    """Write the records of the casebook and the judgements on them to `path`; its ending names the format.

    The casebook's profile says what may be seen. Of children no free text is written: it may name them. Who made
    a judgement goes by `pseudonym`, and is not told without one.

    Shape: one row for the file written: file, sha256, records.
    Raises:
        ValueError: the ending is none of `FORMATS`.
        WorkspaceError: the file cannot be written.
        Refused: the format cannot hold so much.
    """
    kind = path.suffix.removeprefix(".").lower()
    if kind not in FORMATS:
        endings = ", .".join([*FORMATS, "cypher"])  # a script of Cypher is written by `graph.bolt.script`
        raise ValueError(f"{path.name}: claims go to .{endings}; choose one of these endings")
    hushed = without_texts_of_children(casebook, progress)
    known = {thing for table in KINDS.values() for thing in hushed.table(table)["thing"]}
    judged = [j for j in casebook.spoken if set(j.pair) <= known]
    with whole(path) as draft:
        notes = FORMATS[kind](draft, hushed, _identity(judged, pseudonym))
    left_out = {"not_visible": sum(casebook.hidden.values()), "texts_of_children": hushed.texts}
    row = {"file": path.name, "sha256": sha256(path), "records": sum(hushed.table(name).height for name in tables())}
    parameters = {"format": kind, "profile": casebook.profile}
    return Answer("export", parameters, list(row), [row], notes, {k: n for k, n in left_out.items() if n})


def without_texts_of_children(casebook: Casebook, progress: Progress | None = None) -> Hushed:
    """The records of a casebook as they may leave: nothing that could name a child stands in them."""
    return Hushed(casebook.rows, casebook.minors, progress)


def nameless(casebook: Casebook) -> Casebook:
    """The same casebook of records and judgements as they may leave: nothing that could name a child stands in them."""
    from graph.casebook import Casebook

    if not casebook.minors:
        return casebook
    hushed = without_texts_of_children(casebook)
    return Casebook(
        MemoryRows({name: hushed.table(name) for name in tables()}), casebook.spoken, resolved=casebook.resolved,
        profile=casebook.profile, today=casebook.today, minors=casebook.minors,
    )  # fmt: skip


class Hushed:
    """Rows in which the free texts about children are blank; `texts` counts them."""

    def __init__(self, rows: Rows, children: frozenset[str], progress: Progress | None = None) -> None:
        self._rows, self._children, self._progress = rows, children, progress
        self.texts = 0
        self._seen: dict[str, pl.DataFrame] = {}

    def table(self, name: str) -> pl.DataFrame:
        if name not in self._seen:
            self._seen[name] = self.hushed(name, self._rows.table(name))
        return self._seen[name]

    def hushed(self, name: str, frame: pl.DataFrame) -> pl.DataFrame:
        """These rows of a table without texts that could name a child."""
        for about, columns in self.about_children(name, frame):
            for column in columns:
                listed = isinstance(frame.schema[column], pl.List)
                filled = pl.col(column).list.len() > 0 if listed else pl.col(column).is_not_null()
                self.texts += frame.filter(about & filled).height
            blank = [
                pl.when(about).then(pl.lit([], frame.schema[c]) if isinstance(frame.schema[c], pl.List) else None)
                .otherwise(pl.col(c)).alias(c)
                for c in columns
            ]  # fmt: skip
            frame = frame.with_columns(blank)
        return frame

    def about_children(self, name: str, frame: pl.DataFrame) -> Iterator[tuple[pl.Expr, list[str]]]:
        """Which rows of a table speak of a child, and in which columns they could name it."""
        if not self._children:
            return
        free = [c.name for c in tables()[name].columns.values() if _is_free(c.type) and c.name not in _KEPT_OF_CHILDREN]
        if "person_id" in frame.columns:
            yield _is_one_of("person_id", self._children), free
        if name == "proceedings":
            yield _is_one_of("case_id", self._cases), free
        if name == "roles":  # the official's own name stays
            yield _is_one_of("case_id", self._cases), ["note"]
        if name == "citations":
            acts = self._rows.where("proceedings", "case_id", self._cases)["thing"]
            ids = pl.Series(sorted({*self._children, *self._cases, *acts}), dtype=pl.String)
            parts = frame.select("record", "dataset", pl.col("key").str.split("|").alias("part")).explode("part")
            named = pl.concat_str("dataset", pl.lit("/"), "part").is_in(ids.implode())
            yield pl.col("record").is_in(parts.filter(named)["record"].unique().implode()), ["quote", "translation"]

    @cached_property
    def _cases(self) -> frozenset[str]:
        return frozenset(self._rows.where("cases", "person_id", self._children)["thing"])

    def records(self) -> Iterator[list[Versioned]]:
        """All records by table and id, a batch at a time."""
        done = 0
        for name in tables():
            for piece in self.table(name).iter_slices(_BATCH):
                found = records(name, piece.iter_rows(named=True))
                yield [Versioned(r, s) for r, s in zip(found, piece["since"].to_list(), strict=True)]
                done += piece.height
                if self._progress is not None:
                    self._progress("writing", done)


def _is_one_of(column: str, ids: Collection[str]) -> pl.Expr:
    return pl.col(column).is_in(pl.Series(sorted(ids), dtype=pl.String).implode()).fill_null(value=False)


def _is_free(kind: str) -> bool:
    return kind.partition("@")[0] in _FREE


def _identity(judged: Sequence[Judgement], pseudonym: Callable[[str], str] | None) -> str:
    """The identity graph of these judgements as N-Quads text."""
    identity = resolve(judged)
    things = sorted({(j.kind, thing) for j in judged for thing in j.pair})
    text = resolutions((kind, thing, identity.canonical(kind, thing)) for kind, thing in things)
    for j in judged:
        cells = {"verdict": j.verdict, "decided_on": j.decided_on, "why": j.why, "evidence": j.evidence}
        text += judgement_quads(
            j.kind, j.left, j.right, {**cells, "decided_by": pseudonym(j.by) if j.by and pseudonym else None}
        )
    return text


# --- RDF ----------------------------------------------------------------------------------------------------


def _as_nquads(draft: Path, rows: Hushed, identity: str) -> list[str]:
    with draft.open("w", encoding="utf-8", newline="\n") as out:
        for batch in rows.records():
            out.write(nquads(batch))
        out.write(identity)
        out.write(vocabulary_quads())
    return []


def _quads(rows: Hushed, identity: str) -> Iterator[ox.Quad]:
    """Every record's graph, then the provenance of all, then who is whom, then what the words mean."""
    for wanted in (False, True):
        for batch in rows.records():
            for quad in _parsed(nquads(batch)):
                if (quad.graph_name == _PROVENANCE) is wanted:
                    yield quad
    yield from _parsed(identity)
    yield from _parsed(vocabulary_quads())


_PROVENANCE = ox.NamedNode(PROVENANCE)


def _parsed(text: str) -> Iterator[ox.Quad]:
    return iter(ox.parse(input=text, format=ox.RdfFormat.N_QUADS))


def _as_trig(draft: Path, rows: Hushed, identity: str) -> list[str]:
    ox.serialize(_quads(rows, identity), str(draft), ox.RdfFormat.TRIG, prefixes=_PREFIXES)
    return []


def _as_jsonld(draft: Path, rows: Hushed, identity: str) -> list[str]:
    ox.serialize(_quads(rows, identity), str(draft), ox.RdfFormat.JSON_LD)
    return []


def _as_turtle(draft: Path, rows: Hushed, identity: str) -> list[str]:
    triples = (quad.triple for quad in _quads(rows, identity))
    ox.serialize(triples, str(draft), ox.RdfFormat.TURTLE, prefixes=_PREFIXES)
    return [
        "Turtle has no named graphs: which record, and so which source, says a statement is lost, and statements that "
        "contradict each other stand side by side unmarked; .trig keeps them apart"
    ]


# --- tables -------------------------------------------------------------------------------------------------

_ABOUT = ("record", "table", "dataset", "thing", "column", "value", "sources", "status", "visibility", "confidence")


def _as_csv(draft: Path, rows: Hushed, identity: str) -> list[str]:
    """One statement a line; a list gives a line for each of its items."""
    live = 0
    with draft.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(_ABOUT)
        for line in _statements(rows):
            safe = [neutralised(cell) for cell in line]
            live += safe != line
            writer.writerow(safe)
    return [*_formula_note(live), _NO_IDENTITY.format(".csv")]


_NO_IDENTITY = "{} holds the records only: judgements are in .trig, or in what `repgraph judgements --csv` prints"


def _statements(rows: Hushed) -> Iterator[list[str]]:
    for name in tables():
        columns = _columns(name)
        for row in rows.table(name).iter_rows(named=True):
            status = "" if "status" in columns else row["status"]  # a recognition has its own
            end = ["|".join(row["sources"]), status, row["visibility"], row["confidence"] or ""]
            start = [row["record"], name, row["dataset"], row["thing"]]
            for column in columns:
                value = row[column]
                for one in value if isinstance(value, list) else [] if value is None else [value]:
                    yield [*start, column, str(one), *end]


def _columns(name: str) -> list[str]:
    return [c.name for c in tables()[name].columns.values() if not c.meta]


def _formula_note(count: int) -> list[str]:
    return (
        [f"{count:,} lines have a text that a spreadsheet could take for a formula; it got a leading '"]
        if count
        else []
    )


def _as_xlsx(draft: Path, rows: Hushed, identity: str) -> list[str]:
    sheets = [_sheet(name, rows.table(name)) for name in tables() if rows.table(name).height]
    written = write_xlsx(draft, [_read_me(sheets), *sheets])
    return [*_xlsx_notes(written), _NO_IDENTITY.format(".xlsx")]


def _xlsx_notes(written: Written) -> list[str]:
    notes = []
    if written.neutralised:
        notes.append(
            f"{written.neutralised:,} cells have a text that a spreadsheet could take for a formula; it got a leading '"
        )
    if written.cut:
        notes.append(
            f"{written.cut:,} cells are longer than the {LONGEST:,} characters of a spreadsheet and were cut; .csv has them whole"
        )
    return notes


_END = ("sources", "visibility", "status", "confidence")


def _sheet(name: str, frame: pl.DataFrame) -> Sheet:
    """Every record of a table as a line: ids as dataset/id, lists joined with |."""
    # the status of a recognition is the recognition's own: see `graph.rows`
    header = ["record", "dataset", *_columns(name), *(c for c in _END if c not in _columns(name))]
    return Sheet(name, header, (_flat(row) for row in frame.select(header).iter_rows()))


def _flat(row: Sequence[Any]) -> list[str | int | None]:
    return ["|".join(value) if isinstance(value, list) else value for value in row]


def _read_me(sheets: Sequence[Sheet]) -> Sheet:
    lines = [
        ("what", "records of repgraph: each line of the other sheets is what its sources say"),
        ("terms", f"tables, columns and words: {BASE}"),
        ("ids", "dataset/id; lists are joined with |; blank is not known"),
        ("guilt", "a role in a proceeding is not a finding of guilt"),
        *((sheet.name, tables()[sheet.name].about_en) for sheet in sheets),
    ]
    return Sheet("read_me", ("sheet", "holds"), lines)


FORMATS: Mapping[str, Callable[[Path, Hushed, str], list[str]]] = {
    "trig": _as_trig, "nq": _as_nquads, "ttl": _as_turtle, "jsonld": _as_jsonld, "csv": _as_csv, "xlsx": _as_xlsx,
}  # fmt: skip
"""The writers by ending; each returns notes on what its format cannot hold."""
