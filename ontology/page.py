"""The page `docs/ontology.md`: every word of the ontology as tables, made from `repression.ttl` and `vocab/`.

Write it with `python -m ontology.page docs/ontology.md`.
"""

from __future__ import annotations

import re
import sys
from collections import defaultdict
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import TypeAlias

from pyoxigraph import Literal, NamedNode, RdfFormat, parse

from ontology import NS, vocabularies, vocabulary

Statements: TypeAlias = Mapping[str, list[NamedNode | Literal]]
"""What is said of one term, by predicate in the short form of the file, as `rdfs:label`."""

_TTL = Path(__file__).parent / "repression.ttl"
_HEAD = """# The words of repgraph

This page is made from [`ontology/repression.ttl`](../ontology/repression.ttl) and
[`ontology/vocab/`](../ontology/vocab) by `python -m ontology.page docs/ontology.md`; correct those files, not this one.
The terms live under `https://w3id.org/repgraph/ns#` (prefix `rg`), the words of vocabularies under
`https://w3id.org/repgraph/vocab/`. The form that each thing must have is in
[`ontology/shapes.ttl`](../ontology/shapes.ttl); `repgraph validate` checks it. The licence of the ontology is CC BY 4.0.

A role in a proceeding is not a finding of guilt. One statement of a record is a *claim*: a quad whose graph names the
record, so that who says so is always one step away.
"""


@cache
def terms() -> dict[str, Statements]:
    """What `repression.ttl` says of each of our terms, by local name in the file's order."""
    text = _TTL.read_text(encoding="utf-8")
    found: dict[str, dict[str, list[NamedNode | Literal]]] = {}
    for quad in parse(input=text, format=RdfFormat.TURTLE):
        s, o = quad.subject, quad.object
        if isinstance(s, NamedNode) and s.value.startswith(NS) and isinstance(o, NamedNode | Literal):
            statements = found.setdefault(s.value.removeprefix(NS), defaultdict(list))
            statements[short(quad.predicate.value)].append(o)
    return {name: dict(statements) for name, statements in found.items()}


def short(iri: str) -> str:
    """An IRI with the prefix that `repression.ttl` declares for it; as it is where it declares none."""
    for prefix, base in _prefixes().items():
        if iri.startswith(base) and iri != base:
            return f"{prefix}:{iri.removeprefix(base)}"
    return iri


@cache
def _prefixes() -> dict[str, str]:
    return dict(re.findall(r"^@prefix (\w+): <([^>]+)>", _TTL.read_text(encoding="utf-8"), re.MULTILINE))


def text(statements: Statements, predicate: str, lang: str = "") -> str:
    """The literal of a predicate in a language, blank where there is none."""
    literals = (o for o in statements.get(predicate, []) if isinstance(o, Literal))
    return next((o.value for o in literals if (o.language or "") == lang), "")


def names(statements: Statements, *predicates: str) -> list[str]:
    """The terms that these predicates point to, in short form."""
    found = [o for predicate in predicates for o in statements.get(predicate, [])]
    return [short(o.value) for o in found if isinstance(o, NamedNode)]


def page() -> str:
    """The whole page as Markdown, the same for the same files."""
    known = terms()
    classes = {n: s for n, s in known.items() if {"owl:Class", "rdfs:Datatype"} & set(names(s, "rdf:type"))}
    properties = {n: s for n, s in known.items() if any("Property" in t for t in names(s, "rdf:type"))}
    graphs = {n: s for n, s in known.items() if "prov:Bundle" in names(s, "rdf:type")}
    parts = [
        _HEAD,
        "## Classes\n",
        _table(
            ("class", "English", "Russian", "what counts", "filled by", "aligned with"), map(_class, classes.items())
        ),
        "## Properties\n",
        _table(
            ("property", "English", "Russian", "of", "value", "what it says", "aligned with"),
            map(_property, properties.items()),
        ),
        "## Named graphs\n",
        _table(("graph", "English", "Russian", "what it holds"), map(_graph, graphs.items())),
        "## Vocabularies\n",
        _table(("vocabulary", "words", "beside labels", "tokens"), map(_vocabulary, vocabularies())),
    ]
    return "\n".join(parts)


def _class(item: tuple[str, Statements]) -> list[str]:
    name, s = item
    aligned = names(s, "rdfs:subClassOf", "skos:closeMatch")
    return [f"`{name}`", *_labels(s), text(s, "rg:filledBy"), _code(aligned)]


def _property(item: tuple[str, Statements]) -> list[str]:
    name, s = item
    english, russian, comment = _labels(s)
    of = [n.removeprefix("rg:") for n in names(s, "rdfs:domain", "schema:domainIncludes")]
    value = [n.removeprefix("rg:") for n in names(s, "rdfs:range")]
    aligned = names(s, "rdfs:subPropertyOf", "skos:closeMatch")
    return [f"`{name}`", english, russian, _code(of), _code(value), comment, _code(aligned)]


def _graph(item: tuple[str, Statements]) -> list[str]:
    name, s = item
    return [f"`rg:{name}`", *_labels(s)]


def _vocabulary(name: str) -> list[str]:
    words = vocabulary(name)
    beside = sorted({column for word in words.values() for column in word.more})
    listed = [*words] if len(words) <= _MANY else [*list(words)[:5], "..."]
    return [f"[`{name}`](../ontology/vocab/{name}.csv)", str(len(words)), _code(beside), ", ".join(listed)]


_MANY = 40
"""Longer vocabularies are shown by their first words."""


def _labels(statements: Statements) -> list[str]:
    return [
        text(statements, "rdfs:label", "en"),
        text(statements, "rdfs:label", "ru"),
        text(statements, "rdfs:comment", "en"),
    ]


def _code(items: Iterable[str]) -> str:
    return ", ".join(f"`{item}`" for item in items)


def _table(header: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    lines = [list(header)]
    lines += [["---"] * len(lines[0]), *([cell.replace("|", "\\|") for cell in row] for row in rows)]
    return "".join("| " + " | ".join(cells) + " |\n" for cells in lines)


if __name__ == "__main__":
    Path(sys.argv[1]).write_text(page(), encoding="utf-8")
