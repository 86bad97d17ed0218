"""Records as quads and back: every record is a named graph, and a provenance graph says where it comes from.

The mapping is `ontology/columns.csv`: a column's type says what its value becomes, its property says which
predicate carries it. Quads are written as N-Quads text, which a store takes in bulk.

    GRAPH <record/R> { <thing> a rg:CLASS ; rg:PROPERTY VALUE ... }
    GRAPH rg:provenance { <record/R> a rg:Record ; rg:about <thing> ; prov:wasDerivedFrom <source> ; rg:row 41 ... }
    GRAPH rg:identity { <thing> rg:resolvedTo <thing> . <judgement> a rg:Judgement ; ... }
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from functools import cache, lru_cache
from typing import NamedTuple, TypeAlias

import pyoxigraph as ox

from graph.dates import XSD_TYPE
from graph.records import DEFAULTS, Cell, Record, record_iri, split_id, thing_id, thing_iri
from ontology import ID, NS, VOCAB, Column, TableSpec, tables, vocabulary, word

MAPPING = 1
"""Version of this mapping: a state made with another one is rebuilt, not called damaged."""
PROVENANCE = NS + "provenance"
IDENTITY = NS + "identity"
VOCABULARY = NS + "vocabulary"
RDF_TYPE = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"
PROV = "http://www.w3.org/ns/prov#"
XSD = "http://www.w3.org/2001/XMLSchema#"


class Versioned(NamedTuple):
    """A record and the manifest line of the load that brought this version of it."""

    record: Record
    since: int


def load_iri(line: int) -> str:
    return f"{ID}load/{line}"


def file_iri(sha256: str) -> str:
    return f"{ID}file/{sha256}"


def subject(record: Record) -> str:
    """The IRI of the thing that a record is about."""
    return thing_iri(tables()[record.table].kind, record.dataset, "|".join(record.key))


# --- records to quads -----------------------------------------------------------------------------------


def nquads(records: Iterable[Versioned]) -> str:
    """The quads of these records and of their provenance as N-Quads text."""
    return "".join([nquads_of(record, since) for record, since in records])


def nquads_of(record: Record, since: int) -> str:
    """The quads of one record and of its provenance as N-Quads text."""
    about = f"<{subject(record)}>"
    return _claims(record, about) + _provenance(record, about, since)


def _claims(record: Record, about: str) -> str:
    spec, cells = tables()[record.table], record.cells
    end = f" <{record_iri(record.id)}> .\n"
    pairs = [f"<{RDF_TYPE}> <{NS}{_class(spec, record)}>"]
    for name, write in _writers(record.table):
        value = cells.get(name)
        if value is not None and value != ():
            pairs.append(write(record, value, about, end))
    return f"{about} {f'{end}{about} '.join(pairs)}{end}"


def _class(spec: TableSpec, record: Record) -> str:
    kind = record.cells.get("kind") if spec.name == "bodies" else None
    return word("body_kind", str(kind)).more["class"] if kind else spec.cls


def _provenance(record: Record, about: str, since: int, *, status: str | None = None, ended: int | None = None) -> str:
    cells, node = record.cells, f"<{record_iri(record.id)}>"
    said = tuple([cells.get(name) for name in _said(record.table)])
    alike = _alike(record.table, record.dataset, record.file, since, said, status)
    pairs = [
        f"<{NS}about> {about}",
        f"<{NS}key> {_literal('|'.join(record.key))}",
        f'<{NS}version> "{record.version}"',
        f"<{NS}row> {_integer(record.row)}",
        *[f"<{PROV}wasDerivedFrom> <{thing_iri('source', record.dataset, s)}>" for s in record.sources],
    ]
    if ended is not None:
        pairs.append(f"<{NS}retractedIn> <{load_iri(ended)}>")
    end = f" <{PROVENANCE}> .\n"
    return f"{node.join(alike)}{node} {f'{end}{node} '.join(pairs)}{end}"


@lru_cache(maxsize=1 << 12)
def _alike(
    table: str, dataset: str, file: str, since: int, said: tuple[Cell | None, ...], status: str | None
) -> tuple[str, ...]:
    """What the provenance says alike of many records: the text between one mention of the record and the next.

    `said` is what a row says of its record (`_said`); `status` stands in the place of it.
    """
    cells = {name: str(value) for name, value in zip(_said(table), said, strict=True) if value is not None}
    pairs = [
        f"<{RDF_TYPE}> <{NS}Record>",
        f'<{NS}table> "{table}"',
        f"<{NS}dataset> {_literal(dataset)}",
        f"<{NS}file> <{file_iri(file)}>",
        f"<{NS}load> <{load_iri(since)}>",
        f"<{NS}status> {_word('record_status', status or cells.get('status', DEFAULTS['status']))}",
        f"<{NS}visibility> {_word('visibility', cells.get('visibility', DEFAULTS['visibility']))}",
    ]
    if "confidence" in cells:
        pairs.append(f"<{NS}confidence> {_word('confidence', cells['confidence'])}")
    return ("", *(f" {pair} <{PROVENANCE}> .\n" for pair in pairs))


@cache
def _said(table: str) -> tuple[str, ...]:
    """The columns in which a row of a table speaks of its record: a recognition's status is its own, not the record's."""
    columns = tables()[table].columns
    return tuple(name for name in ("status", "visibility", "confidence") if columns[name].meta)


def retracted(record: Record, since: int, ended: int) -> str:
    """What stays of a retracted record: its provenance, with the line that took it back."""
    return _provenance(record, f"<{subject(record)}>", since, status="retracted", ended=ended)


Writer: TypeAlias = Callable[[Record, Cell, str, str], str]
"""What a cell says of a subject: predicate and object, and between one such pair and the next `end` and the subject.

Takes the record, the cell, the subject and the end of a line, which holds the graph.
"""


@cache
def _writers(table: str) -> tuple[tuple[str, Writer], ...]:
    columns = tables()[table].columns.values()
    return tuple((c.name, _writer(c)) for c in columns if not c.meta)


def _writer(column: Column) -> Writer:
    through, _, last = column.property.rpartition("/")
    if through:
        return _through(column, through, last)
    predicate, term = _p(column.property), _term(column)

    def one(record: Record, value: Cell, about: str, end: str) -> str:
        return f"{predicate} {term(record, value)}"

    def many(record: Record, value: Cell, about: str, end: str) -> str:
        return f"{end}{about} ".join([f"{predicate} {term(record, v)}" for v in _tuple(value)])

    def trial(record: Record, value: Cell, about: str, end: str) -> str:
        # a trial has no table of its own, so the case's record says what it is called
        node = term(record, value)
        name = _literal(thing_id(record.dataset, str(value)))
        return f"{predicate} {node}{end}{node} {_p('identifier')} {name}{end}{node} <{RDF_TYPE}> <{NS}Matter>"

    return many if column.many else trial if column.type == "local" else one


def _through(column: Column, through: str, last: str) -> Writer:
    """A value that hangs on a node of its own: a case's charge under an article, the detention from a date."""
    term, leads, says = _term(column), _p(through), _p(last)
    kind = f"<{RDF_TYPE}> <{NS}{through.capitalize()}>"

    def write(record: Record, value: Cell, about: str, end: str) -> str:
        told = []
        for one in _tuple(value):
            local = "|".join([*record.key, one] if column.many else record.key)
            node = f"<{thing_iri(through, record.dataset, local)}>"
            told.append(f"{leads} {node}{end}{node} {kind}{end}{node} {says} {term(record, one)}")
        return f"{end}{about} ".join(told)

    return write


def _tuple(value: Cell) -> tuple[str, ...]:
    return value if isinstance(value, tuple) else (str(value),)


def _term(column: Column) -> Callable[[Record, Cell], str]:
    """How a value of this column is written as an N-Quads term."""
    kind, _, lang = column.type.partition("@")
    if column.type in ("ref", "refs", "local"):
        target = tables()[column.range].kind if column.range else "trial"
        return lambda record, value: f"<{thing_iri(target, record.dataset, str(value))}>"
    if column.type == "id":
        return lambda record, value: _literal(thing_id(record.dataset, str(value)))
    if column.type == "word":
        base = f"<{VOCAB}{column.range}/"
        return lambda record, value: f"{base}{value}>"
    if column.type == "int":
        return lambda record, value: _integer(value)
    if column.type == "year":
        return lambda record, value: f'"{value}"^^<{XSD}gYear>'
    if column.type == "date":
        return lambda record, value: f'"{value}"^^<{XSD}{XSD_TYPE[len(str(value))]}>'
    if column.type == "url":
        return lambda record, value: f"{_literal(str(value))}^^<{XSD}anyURI>"
    tag = f"@{lang}" if kind == "text" and lang else ""
    return lambda record, value: _literal(str(value)) + tag


_ESCAPES = str.maketrans({"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t"})


def _literal(text: str) -> str:
    return f'"{text.translate(_ESCAPES)}"' if _UNSAFE.search(text) else f'"{text}"'


_UNSAFE = re.compile(r'[\\"\n\r\t]')


def _integer(value: Cell) -> str:
    return f'"{value}"^^<{XSD}integer>'


def _word(name: str, token: str) -> str:
    return f"<{VOCAB}{name}/{token}>"


@cache
def _p(name: str) -> str:
    return f"<{NS}{name}>"


# --- judgements -----------------------------------------------------------------------------------------


def resolutions(pairs: Iterable[tuple[str, str, str]]) -> str:
    """`rg:resolvedTo` quads of (kind, thing, canonical thing), things as `dataset/id`."""
    lines = sorted(
        f"<{thing_iri(kind, *split_id(thing))}> {_p('resolvedTo')} <{thing_iri(kind, *split_id(to))}> <{IDENTITY}> .\n"
        for kind, thing, to in pairs
    )
    return "".join(lines)


def judgement_quads(kind: str, left: str, right: str, cells: Mapping[str, str | None]) -> str:
    """One judgement as quads of the identity graph; `cells` has verdict, decided_on, why, evidence, decided_by."""
    node = f"<{thing_iri('judgement', kind, '|'.join(sorted((left, right))))}>"
    pairs = [
        (f"<{RDF_TYPE}>", f"<{NS}Judgement>"),
        (_p("left"), f"<{thing_iri(kind, *split_id(left))}>"),
        (_p("right"), f"<{thing_iri(kind, *split_id(right))}>"),
        (_p("verdict"), _word("verdict", str(cells["verdict"]))),
    ]
    if cells.get("decided_on"):
        day = str(cells["decided_on"])
        pairs.append((_p("decidedOn"), f'"{day}"^^<{XSD}{XSD_TYPE[len(day)]}>'))
    texts = (("why", "why"), ("evidence", "evidence"), ("decided_by", "decidedBy"))
    pairs += [(_p(name), _literal(str(cells[column]))) for column, name in texts if cells.get(column)]
    return "".join(f"{node} {p} {o} <{IDENTITY}> .\n" for p, o in pairs)


# --- quads to records -----------------------------------------------------------------------------------


def records(quads: Iterable[ox.Quad]) -> list[Versioned]:
    """The records that these quads say, ordered by id: the inverse of `nquads`.

    Local ids are read from the provenance of the things referred to, so the quads must hold those too.
    A retracted record has no claims left and gives none.

    Raises:
        LookupError: a reference to a thing that no provenance names.
    """
    claims: dict[str, list[ox.Quad]] = {}
    about: dict[str, dict[str, list[str]]] = {}
    for quad in quads:
        graph = getattr(quad.graph_name, "value", "")
        if graph == PROVENANCE:
            found = about.setdefault(_value(quad.subject), {})
            found.setdefault(quad.predicate.value, []).append(_value(quad.object))
        elif graph not in (IDENTITY, VOCABULARY):
            claims.setdefault(graph, []).append(quad)
    local = local_ids(about, claims)
    return [record_of(claims[iri], about[iri], local) for iri in sorted(claims)]


def local_ids(about: Mapping[str, Mapping[str, list[str]]], claims: Mapping[str, list[ox.Quad]]) -> dict[str, str]:
    """The local ids of things and trials by IRI, from provenance (`about`) and claims by record."""
    local = {p[NS + "about"][0]: p[NS + "key"][0] for p in about.values() if NS + "about" in p}
    return local | _trials(claims)


def _trials(claims: Mapping[str, list[ox.Quad]]) -> dict[str, str]:
    names = (q for found in claims.values() for q in found if q.predicate.value == NS + "identifier")
    return {_value(q.subject): _value(q.object).partition("/")[2] for q in names}


def _value(term: ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple) -> str:
    if isinstance(term, (ox.NamedNode, ox.Literal, ox.BlankNode)):
        return term.value
    raise LookupError(f"{term} is not a term that repgraph writes")


def record_of(quads: Iterable[ox.Quad], provenance: Mapping[str, list[str]], local: Mapping[str, str]) -> Versioned:
    """The record that a graph says; `provenance` has its values by predicate, `local` the local ids by IRI.

    Raises:
        LookupError: a reference to a thing that `local` lacks, or provenance that is not whole.
    """
    one = {name: provenance[NS + name][0] for name in ("table", "dataset", "about", "row", "file", "load")}
    spec, subject_iri = tables()[one["table"]], one["about"]
    values: dict[tuple[str, str], list[ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple]] = {}
    for q in quads:
        values.setdefault((_value(q.subject), q.predicate.value), []).append(q.object)
    cells: dict[str, Cell] = {}
    for column in spec.columns.values():
        if not column.meta:
            cell = _cell(column, subject_iri, values, local)
            if cell is not None:
                cells[column.name] = cell
    cells |= _meta(spec, provenance, local)
    record = Record(one["dataset"], spec.name, cells, one["file"].rpartition("/")[2], int(one["row"]))
    return Versioned(record, int(one["load"].rpartition("/")[2]))


def _meta(spec: TableSpec, provenance: Mapping[str, list[str]], local: Mapping[str, str]) -> dict[str, Cell]:
    sources = tuple(sorted(local[iri] for iri in provenance.get(PROV + "wasDerivedFrom", [])))
    cells: dict[str, Cell] = {"source_ids": sources} if sources and spec.name != "citations" else {}
    for name in ("visibility", "status", "confidence"):
        if NS + name in provenance and name in spec.columns and spec.columns[name].meta:
            cells[name] = provenance[NS + name][0].rpartition("/")[2]
    return cells


def _cell(
    column: Column,
    about: str,
    values: Mapping[tuple[str, str], list[ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple]],
    local: Mapping[str, str],
) -> Cell | None:
    through, _, last = column.property.rpartition("/")
    subjects = [_value(o) for o in values.get((about, NS + through), [])] if through else [about]
    lang = column.type.partition("@")[2]
    found = [
        _read(column, term, local)
        for s in subjects
        for term in values.get((s, NS + last), [])
        if not lang or (isinstance(term, ox.Literal) and term.language == lang)
    ]
    if not found:
        return None
    if column.many:
        return tuple(sorted(found))
    return int(found[0]) if column.type in ("int", "year") else found[0]


def _read(column: Column, term: ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple, local: Mapping[str, str]) -> str:
    text = _value(term)
    if column.type in ("ref", "refs", "local"):
        return local[text]
    if column.type == "id":
        return split_id(text)[1]
    return text.rpartition("/")[2] if column.type == "word" else text


def vocabulary_quads() -> str:
    """The words of all vocabularies that quads name, with labels, for an export that stands alone."""
    names = sorted({c.range for t in tables().values() for c in t.columns.values() if c.type == "word"})
    skos = "http://www.w3.org/2004/02/skos/core#"
    return "".join(
        f"{_word(name, w.token)} <{skos}prefLabel> {_literal(text)}@{lang} <{VOCABULARY}> .\n"
        for name in names
        for w in vocabulary(name).values()
        for lang, text in (("en", w.label_en), ("ru", w.label_ru))
        if text
    )
