"""Whether the claims of a graph have the form that `ontology/shapes.ttl` demands, checked with pySHACL.

The form only: whether a claim is true is for its sources, and two records that disagree are no fault.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pyshacl
from rdflib import RDF, RDFS, SH, XSD, Dataset, Graph, Literal, Namespace, URIRef
from rdflib.term import Node

import ontology
from graph.answers import Answer, Row
from ontology import NS, VOCAB, tables, vocabulary

RG = Namespace(NS)
_FILES = Path(ontology.__file__).parent
COLUMNS = ("thing", "field", "value", "message")


def validate(graph: Graph) -> Answer:
    """Every violation of the shapes in `graph`, all its named graphs taken together; no rows if it conforms.

    Shape: one row for each fault: `thing` (`dataset/id`, else an IRI), `field` (local name of a property, None for
    the thing as a whole), `value` (text, None where one is missing), `message` (`{"en", "ru"}`, what is demanded).
    Rows are ordered by thing, field, value, message. The graph is copied into memory and is not changed; a million
    triples take some two minutes, for pySHACL asks Python for each of them.
    Source: W3C, Shapes Constraint Language (SHACL), 2017.
    """
    data = _with_words(graph)
    conforms, results, _ = pyshacl.validate(
        data, shacl_graph=_shapes(), inference="none", inplace=True, do_owl_imports=False, meta_shacl=False
    )
    faults = results if isinstance(results, Graph) else Graph()
    rows = [_row(data, faults, result) for result in faults.subjects(RDF.type, SH.ValidationResult)]
    rows.sort(key=lambda row: (row["thing"], row["field"] or "", row["value"] or "", row["message"]["en"]))
    notes = ["the graph conforms to the shapes"] if conforms else []
    return Answer("validate", {}, COLUMNS, rows, notes)


@cache
def _shapes() -> Graph:
    return Graph().parse(_FILES / "shapes.ttl")


@cache
def _hierarchy() -> Graph:
    """Which of our classes is part of which, and every word as an instance of its vocabulary."""
    terms = Graph().parse(_FILES / "repression.ttl")
    known = Graph()
    for narrow, wide in terms.subject_objects(RDFS.subClassOf):
        if str(wide).startswith(NS):
            known.add((narrow, RDFS.subClassOf, wide))
    for name in sorted(_word_vocabularies()):
        for token in vocabulary(name):
            known.add((URIRef(f"{VOCAB}{name}/{token}"), RDF.type, URIRef(VOCAB + name)))
    return known


def _word_vocabularies() -> set[str]:
    """The vocabularies whose words stand in quads: those of the tables' columns and of judgements."""
    return {c.range for t in tables().values() for c in t.columns.values() if c.type == "word"} | {"verdict"}


def _with_words(graph: Graph) -> Graph:
    """A copy of all claims as one graph, with what the shapes need to know of the ontology."""
    data = Graph()
    triples = ((s, p, o) for s, p, o, _ in graph.quads()) if isinstance(graph, Dataset) else iter(graph)
    for s, p, o in triples:
        # what a file says of our own classes and words must not widen what is allowed
        if not str(s).startswith((NS, VOCAB)):
            data.add((s, p, _plain(o)))
    data += _hierarchy()
    return data


def _plain(node: Node) -> Node:
    """The same term as rdflib's parsers write it: text without a datatype is `xsd:string` in RDF 1.1."""
    return Literal(str(node)) if isinstance(node, Literal) and node.datatype == XSD.string else node


def _row(data: Graph, results: Graph, result: Node) -> Row:
    focus, path = results.value(result, SH.focusNode), results.value(result, SH.resultPath)
    value = results.value(result, SH.value)
    messages = results.objects(result, SH.resultMessage)
    texts = {str(m.language): str(m) for m in messages if isinstance(m, Literal)}
    return {
        "thing": _thing(data, focus),
        "field": str(path).removeprefix(NS) if isinstance(path, URIRef) else None,
        "value": None if value is None or value == focus else _thing(data, value),
        "message": {"en": texts.get("en", ""), "ru": texts.get("ru", "")},
    }


def _thing(data: Graph, node: Node | None) -> str:
    """`dataset/id` of a node, from its own claims or from the record about it; else its text."""
    if node is None or isinstance(node, Literal):
        return str(node)
    identifier = data.value(node, RG.identifier, any=True)
    if identifier is not None:
        return str(identifier)
    record = data.value(None, RG.about, node, any=True)
    if record is None:
        return str(node)
    return f"{data.value(record, RG.dataset)}/{data.value(record, RG.key)}"
