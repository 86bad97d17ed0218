"""Claims from outside back into records and judgements: whatever is not exactly what repgraph writes is a fault.

Every record is made of its quads, written again, and held against the quads that were read: a statement that no
column makes, an IRI that does not name what it stands for, a version that does not fit the cells cannot pass. What
a cell may hold is not looked at here; `loaders.claims` does.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace

import pyoxigraph as ox

from graph.claims import (
    IDENTITY,
    PROVENANCE,
    RDF_TYPE,
    VOCABULARY,
    judgement_quads,
    local_ids,
    nquads,
    record_of,
)
from graph.identity import Judgement
from graph.records import Record, record_iri, thing_id, thing_iri
from ontology import ID, NS, tables

MOST_QUADS = 30_000_000
"""Quads of a file from outside that are read; a larger one is loaded in parts."""
_FAULTS = 10_000
_PREF_LABEL = "http://www.w3.org/2004/02/skos/core#prefLabel"
_ONCE = ("about", "table", "dataset", "key", "version", "row", "file", "load", "status", "visibility")
_ERRORS = (LookupError, ValueError, SyntaxError, TypeError)


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with a record (its number in the file; None for the file), and what was there."""

    number: int | None
    what: str
    value: str | None = None


@dataclass(slots=True)
class ClaimFile:
    """What a file says: records whose `row` is their number in it (1 is the first), judgements, and every fault."""

    records: list[Record] = field(default_factory=list)
    judgements: list[Judgement] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)

    def fault(self, number: int | None, what: str, value: str | None = None) -> None:
        if len(self.faults) < _FAULTS:
            self.faults.append(Fault(number, what, value))


@dataclass(slots=True)
class _Sorted:
    """The quads of a file by what they are about."""

    claims: dict[str, list[ox.Quad]] = field(default_factory=dict)
    provenance: dict[str, list[ox.Quad]] = field(default_factory=dict)
    identity: dict[str, list[ox.Quad]] = field(default_factory=dict)


def read_claims(quads: Iterable[ox.Quad], *, file: str, most: int = MOST_QUADS) -> ClaimFile:
    """The records and judgements that these quads say; `file` is the SHA-256 of what they were read from.

    Shape: one pass, all quads in memory; records in the order in which their graphs begin.
    """
    found = ClaimFile()
    parts = _sorted(quads, found, most)
    about = {iri: _texts(told) for iri, told in parts.provenance.items()}
    whole = {iri: told for iri, told in about.items() if _is_whole(iri, told, found)}
    local = local_ids(whole, parts.claims)
    for number, (iri, claims) in enumerate(parts.claims.items(), start=1):
        if iri not in whole:
            found.fault(number, "has no provenance that can be read, so nobody says it", iri)
            continue
        record = _checked(number, claims, parts.provenance[iri], whole[iri], local, found)
        if record is not None:
            found.records.append(replace(record, cells=dict(record.cells), file=file, row=number))
    for iri in sorted(parts.provenance.keys() - parts.claims.keys()):
        found.fault(None, "has provenance and no claims; export it from where it stands", iri)
    _judgements(parts.identity, whole, found)
    return found


def _sorted(quads: Iterable[ox.Quad], found: ClaimFile, most: int) -> _Sorted:
    parts = _Sorted()
    for count, quad in enumerate(quads, start=1):
        if count > most:
            found.fault(None, f"has more than {most:,} statements; load it in parts")
            return _Sorted()
        graph, subject = quad.graph_name, quad.subject
        if not isinstance(graph, ox.NamedNode) or not isinstance(subject, ox.NamedNode):
            found.fault(
                None, "is a statement without a graph or about a nameless thing; repgraph writes none", str(quad)
            )
        elif graph.value == PROVENANCE:
            parts.provenance.setdefault(subject.value, []).append(quad)
        elif graph.value == IDENTITY:
            parts.identity.setdefault(subject.value, []).append(quad)
        elif graph.value == VOCABULARY:
            if quad.predicate.value != _PREF_LABEL:
                found.fault(None, "is no label of a word", str(quad))
        elif graph.value.startswith(f"{ID}record/"):
            parts.claims.setdefault(graph.value, []).append(quad)
        else:
            found.fault(None, "is a graph that repgraph does not write; take it out", graph.value)
    return parts


def _texts(quads: Iterable[ox.Quad]) -> dict[str, list[str]]:
    """Values by predicate, as texts."""
    told: dict[str, list[str]] = {}
    for quad in quads:
        told.setdefault(quad.predicate.value, []).append(str(getattr(quad.object, "value", quad.object)))
    return told


def _is_whole(iri: str, told: Mapping[str, list[str]], found: ClaimFile) -> bool:
    """Whether the provenance of a record has what is needed to read it, and names its thing as we would."""
    lacking = [name for name in _ONCE if len(told.get(NS + name, ())) != 1]
    if lacking:
        found.fault(None, f"has no provenance that can be read: {', '.join(lacking)} should stand there once", iri)
        return False
    table, dataset, key = (told[NS + name][0] for name in ("table", "dataset", "key"))
    if table not in tables():
        found.fault(None, "is not a table of repgraph", table)
        return False
    if told[NS + "about"][0] != thing_iri(tables()[table].kind, dataset, key):
        found.fault(None, "is not the IRI of what dataset, table and key name", told[NS + "about"][0])
        return False
    return True


def _checked(
    number: int,
    claims: list[ox.Quad],
    provenance: list[ox.Quad],
    told: Mapping[str, list[str]],
    local: Mapping[str, str],
    found: ClaimFile,
) -> Record | None:
    try:
        version = record_of(claims, told, local)
        again = set(ox.parse(input=nquads([version]), format=ox.RdfFormat.N_QUADS))
    except _ERRORS as error:
        found.fault(number, f"cannot be read: {error}")
        return None
    there = {*claims, *provenance}
    if version.record.version != told[NS + "version"][0]:
        found.fault(number, "has a version that does not fit what it says: it was changed after it was written")
        return None
    if record_iri(version.record.id) != _graph(claims[0]):
        found.fault(number, "is not named by its dataset, table, key and sources", _graph(claims[0]))
        return None
    if strange := there - again:
        found.fault(number, "is nothing that a column of its table says", min(map(str, strange)))
    elif missing := again - there:
        found.fault(number, "lacks a statement that belongs to it", min(map(str, missing)))
    else:
        return version.record
    return None


def _graph(quad: ox.Quad) -> str:
    return str(getattr(quad.graph_name, "value", ""))


# --- judgements ---------------------------------------------------------------------------------------------


def _judgements(
    identity: Mapping[str, list[ox.Quad]], whole: Mapping[str, Mapping[str, list[str]]], found: ClaimFile
) -> None:
    things = {told[NS + "about"][0]: told for told in whole.values()}
    for iri, quads in identity.items():
        told = _texts(quads)
        if told.get(RDF_TYPE) == [f"{NS}Judgement"]:
            try:
                found.judgements.append(_judgement(quads, told, things))
            except _ERRORS as error:
                found.fault(None, f"is a judgement that cannot be read: {error}", iri)
        elif set(told) != {f"{NS}resolvedTo"}:  # derived: follows from the judgements
            found.fault(None, "is no judgement and follows from none", iri)


def _judgement(
    quads: list[ox.Quad], told: Mapping[str, list[str]], things: Mapping[str, Mapping[str, list[str]]]
) -> Judgement:
    left, right = (_thing(told, end, things) for end in ("left", "right"))
    kind = tables()[things[told[f"{NS}left"][0]][f"{NS}table"][0]].kind
    cells = {column: told.get(NS + name, [None])[0] for column, name in _SAID.items()}
    verdict = str(cells["verdict"]).rpartition("/")[2]
    cells["verdict"] = verdict
    again = set(ox.parse(input=judgement_quads(kind, left, right, cells), format=ox.RdfFormat.N_QUADS))
    if again != set(quads):
        raise ValueError(f"it does not say what a judgement says ({min(map(str, again ^ set(quads)))})")
    return Judgement(
        kind, left, right, verdict, cells["decided_on"], cells["decided_by"], cells["why"], cells["evidence"]
    )


_SAID = {
    "verdict": "verdict", "decided_on": "decidedOn", "why": "why", "evidence": "evidence", "decided_by": "decidedBy",
}  # fmt: skip


def _thing(told: Mapping[str, list[str]], end: str, things: Mapping[str, Mapping[str, list[str]]]) -> str:
    """`dataset/id` of one end of a judgement."""
    iris = told.get(NS + end, [])
    if len(iris) != 1 or iris[0] not in things:
        raise LookupError(f"its {end} end names nothing in this file")
    one = things[iris[0]]
    return thing_id(one[f"{NS}dataset"][0], one[f"{NS}key"][0])


# --- a file without some of its records ---------------------------------------------------------------------


def without_records(quads: Iterable[ox.Quad], numbers: Iterable[int]) -> Iterator[ox.Quad]:
    """The same quads without the records of these numbers, and without judgements on things that lose their last record."""
    gone_numbers = set(numbers)
    kept: list[ox.Quad] = list(quads)
    order: dict[str, int] = {}
    for quad in kept:
        graph = _graph(quad)
        if graph.startswith(f"{ID}record/"):
            order.setdefault(graph, len(order) + 1)
    gone = {iri for iri, number in order.items() if number in gone_numbers}
    about: dict[str, set[str]] = {}
    for quad in kept:
        if _graph(quad) == PROVENANCE and quad.predicate.value == f"{NS}about":
            about.setdefault(str(getattr(quad.object, "value", "")), set()).add(str(getattr(quad.subject, "value", "")))
    lost = {thing for thing, records in about.items() if records <= gone}
    judged = {
        str(getattr(q.subject, "value", "")) for q in kept
        if _graph(q) == IDENTITY and getattr(q.object, "value", "") in lost
    } | lost  # fmt: skip
    for quad in kept:
        graph, subject = _graph(quad), str(getattr(quad.subject, "value", ""))
        if graph in gone or (graph == PROVENANCE and subject in gone) or (graph == IDENTITY and subject in judged):
            continue
        yield quad
