"""Ready questions: files in SPARQL (`.rq`) and Cypher (`.cypher`) that give the same rows from either store.

Both files of a question open with the same comment lines: what it asks, a line for each parameter (`$name (kind):
about`), and its columns (`name[]` is a list). In SPARQL the parameter NAME is the variable `?given_NAME`, and the
question is asked for each id that judgements hold to be the same; IRIs become ids afterwards, for joining the ids
in costs a hundred times more. Answers have the ids that the records use. Rows are
put in order here.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache
from itertools import product
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, TypeAlias

from graph.answers import Answer, Row
from graph.claims import IDENTITY, PROVENANCE
from graph.records import split_id, thing_iri
from ontology import ID, NS, VOCAB, tables, vocabulary

if TYPE_CHECKING:
    import pyoxigraph as ox

    from graph.neo4j_store import Neo4jStore
    from graph.store import OxigraphStore

Value: TypeAlias = "str | int | None"
Term: TypeAlias = "ox.NamedNode | ox.Literal"
_HERE = Path(__file__).parent
_PARAMETER = re.compile(r"\$(?P<name>\w+) \((?P<kind>[\w:]+)\): (?P<about>.+)")
_GIVEN = re.compile(r"\?given_(\w+)")
_XSD_INTEGER = "http://www.w3.org/2001/XMLSchema#integer"


@dataclass(frozen=True, slots=True)
class Parameter:
    """What a question needs: the kind of thing whose id it is, `thing` for any, or `word:VOCABULARY`."""

    name: str
    kind: str
    about: str


@dataclass(frozen=True, slots=True)
class Question:
    """One question in both languages."""

    name: str
    title: str
    parameters: tuple[Parameter, ...]
    columns: tuple[str, ...]
    lists: frozenset[str]
    sparql: str
    cypher: str


@cache
def questions() -> Mapping[str, Question]:
    """Every ready question by name."""
    return MappingProxyType({path.stem: _read(path) for path in sorted(_HERE.glob("*.rq"))})


def question(name: str) -> Question:
    """The question of that name.

    Raises:
        ValueError: there is none; the message offers the nearest.
    """
    found = questions().get(name)
    if found is None:
        near = ", ".join(get_close_matches(name, questions(), n=3, cutoff=0.4)) or "see repgraph ask --list"
        raise ValueError(f"there is no question {name!r} (there is {near})")
    return found


def ask(store: OxigraphStore | Neo4jStore, name: str, **parameters: str) -> Answer:
    """The answer of either store to a ready question, its rows ordered by its columns from left to right.

    Raises:
        ValueError: there is no such question, or a parameter is missing, unknown, or not of its kind.
    """
    from graph.store import OxigraphStore

    asked = question(name)
    given = {p.name: _checked(asked, p, parameters) for p in asked.parameters}
    unknown = sorted(set(parameters) - set(given))
    if unknown:
        raise ValueError(f"{name} has no parameter {unknown[0]!r}; it takes {_wanted(asked)}")
    lines = (
        _from_oxigraph(store, asked, given) if isinstance(store, OxigraphStore) else _from_neo4j(store, asked, given)
    )
    rows = sorted(_gathered(asked, lines), key=_order(asked.columns))
    return Answer(name, given, list(asked.columns), rows, [] if rows else ["nothing found"])


def ready_list() -> Answer:
    """Every ready question with its parameters and columns."""
    rows: list[Row] = [
        {"question": q.name, "asks": q.title, "parameters": [p.name for p in q.parameters], "columns": list(q.columns)}
        for q in questions().values()
    ]
    return Answer("ask --list", {}, ["question", "asks", "parameters", "columns"], rows)


def in_cypher(name: str) -> Answer:
    """The Cypher of a question, to run elsewhere; one row.

    Raises:
        ValueError: there is no such question.
    """
    asked = question(name)
    row: Row = {"question": name, "parameters": [p.name for p in asked.parameters], "cypher": asked.cypher}
    return Answer("ask --cypher", {"question": name}, list(row), [row])


# --- reading the files ------------------------------------------------------------------------------------


def _read(path: Path) -> Question:
    sparql = path.read_text(encoding="utf-8")
    cypher = path.with_suffix(".cypher").read_text(encoding="utf-8")
    head = list(_head(sparql, "# "))
    if head != list(_head(cypher, "// ")):
        raise ValueError(f"graph/questions/{path.stem}: the .rq and the .cypher must open with the same lines")
    title, *parameters, columns = head
    named = [c.strip() for c in columns.removeprefix("columns: ").split(",")]
    return Question(
        path.stem, title, tuple(_parameter(path, line) for line in parameters),
        tuple(c.removesuffix("[]") for c in named), frozenset(c.removesuffix("[]") for c in named if c.endswith("[]")),
        sparql, cypher,
    )  # fmt: skip


def _head(text: str, comment: str) -> Iterator[str]:
    for line in text.splitlines():
        if not line.startswith(comment):
            return
        yield line.removeprefix(comment)


def _parameter(path: Path, line: str) -> Parameter:
    found = _PARAMETER.fullmatch(line)
    if not found:
        raise ValueError(f"graph/questions/{path.name}: {line!r} is no parameter; write $name (kind): about")
    return Parameter(found["name"], found["kind"], found["about"])


# --- parameters -------------------------------------------------------------------------------------------


def _wanted(asked: Question) -> str:
    return ", ".join(f"{p.name} ({p.about})" for p in asked.parameters) or "none"


def _checked(asked: Question, parameter: Parameter, given: Mapping[str, str]) -> str:
    value = given.get(parameter.name)
    if not value:
        raise ValueError(f"{asked.name} needs {parameter.name}: {parameter.about}; add --param {parameter.name}=...")
    words = parameter.kind.removeprefix("word:") if parameter.kind.startswith("word:") else None
    if words is not None:
        if value not in vocabulary(words):
            near = ", ".join(get_close_matches(value, vocabulary(words), n=3, cutoff=0.5)) or ", ".join(
                vocabulary(words)
            )
            raise ValueError(f"{parameter.name}={value!r} is not in ontology/vocab/{words}.csv (it has {near})")
        return value
    try:
        split_id(value)
    except ValueError:
        raise ValueError(f"{parameter.name}={value!r} is no id; write dataset/id, as repgraph who prints it") from None
    return value


# --- Oxigraph ---------------------------------------------------------------------------------------------


def _from_oxigraph(store: OxigraphStore, asked: Question, given: Mapping[str, str]) -> Iterator[dict[str, Value]]:
    import pyoxigraph as ox

    names = _Names(store)
    for bound in _bindings(store, asked, given):
        found = store.quads.query(_bound(asked.sparql, bound))
        assert isinstance(found, ox.QuerySolutions)
        for solution in found:
            yield {c: names.plain(solution[c]) for c in asked.columns}


def _bound(text: str, terms: Mapping[str, Term]) -> str:
    """The query with terms in place of its parameters, written as pyoxigraph writes them.

    Its own substitution leaves the variables of inner groups free.
    """
    return _GIVEN.sub(lambda found: str(terms[found[1]]), text)


def _bindings(store: OxigraphStore, asked: Question, given: Mapping[str, str]) -> Iterator[dict[str, Term]]:
    """The terms to ask with: one set for each id that judgements hold to be the thing.

    A constant in a pattern is looked up; joined to it, Oxigraph would read every claim of the kind.
    """
    parts = [list(_terms(p, given[p.name])) for p in asked.parameters]
    same = [_same(store, pairs) for pairs in parts]
    for chosen in product(*same):
        yield dict(pair for pairs in chosen for pair in pairs)


def _same(store: OxigraphStore, pairs: list[tuple[str, Term]]) -> list[list[tuple[str, Term]]]:
    """The terms of a parameter, for the thing itself and for all that are resolved to the same one."""
    import pyoxigraph as ox

    ((name, term), *more) = pairs
    if more or not isinstance(term, ox.NamedNode):
        return [pairs]
    resolved, graph = ox.NamedNode(f"{NS}resolvedTo"), ox.NamedNode(IDENTITY)
    to = [q.object for q in store.quads.quads_for_pattern(term, resolved, None, graph)]
    others = {q.subject for one in to for q in store.quads.quads_for_pattern(None, resolved, one, graph)}
    return [[(name, other)] for other in {term, *others} if isinstance(other, ox.NamedNode)]


def _terms(parameter: Parameter, value: str) -> Iterator[tuple[str, Term]]:
    import pyoxigraph as ox

    if parameter.kind.startswith("word:"):
        yield parameter.name, ox.NamedNode(f"{VOCAB}{parameter.kind.removeprefix('word:')}/{value}")
        return
    dataset, local = split_id(value)
    if parameter.kind == "thing":
        yield f"{parameter.name}_dataset", ox.Literal(dataset)
        yield f"{parameter.name}_key", ox.Literal(local)
    else:
        yield parameter.name, ox.NamedNode(thing_iri(parameter.kind, dataset, local))


class _Names:
    """Terms as cells; things by their ids, each looked up once."""

    def __init__(self, store: OxigraphStore) -> None:
        self._quads = store.quads
        self._known: dict[str, str | None] = {}

    def plain(self, term: ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple | None) -> Value:
        """A word by its token, a record by its id, a thing by `dataset/id`, a whole number as one, the rest as text."""
        import pyoxigraph as ox

        if term is None:
            return None
        if isinstance(term, ox.Literal):
            return int(term.value) if term.datatype.value == _XSD_INTEGER else term.value
        assert isinstance(term, ox.NamedNode)
        if term.value.startswith(VOCAB):
            return term.value.removeprefix(VOCAB).partition("/")[2]
        if term.value.startswith(_RECORD):
            return term.value.removeprefix(_RECORD)
        if term.value not in self._known:
            self._known[term.value] = self._id(term)
        return self._known[term.value]

    def _id(self, thing: ox.NamedNode) -> str | None:
        """The id that a record of the thing states, else the provenance of a retracted one."""
        import pyoxigraph as ox

        for quad in self._quads.quads_for_pattern(thing, ox.NamedNode(f"{NS}identifier"), None, None):
            if isinstance(quad.object, ox.Literal):
                return quad.object.value
        graph = ox.NamedNode(PROVENANCE)
        for quad in self._quads.quads_for_pattern(None, ox.NamedNode(f"{NS}about"), thing, graph):
            parts = [self._one(quad.subject, name, graph) for name in ("dataset", "key")]
            return "/".join(parts)
        return None

    def _one(self, record: Any, name: str, graph: ox.NamedNode) -> str:
        import pyoxigraph as ox

        (quad,) = self._quads.quads_for_pattern(record, ox.NamedNode(NS + name), None, graph)
        assert isinstance(quad.object, ox.Literal)
        return quad.object.value


_RECORD = f"{ID}record/"


# --- Neo4j ------------------------------------------------------------------------------------------------


def _from_neo4j(store: Neo4jStore, asked: Question, given: Mapping[str, str]) -> Iterator[dict[str, Any]]:
    yield from store.rows(asked.cypher, **given)


# --- rows -------------------------------------------------------------------------------------------------


def _gathered(asked: Question, lines: Iterable[Mapping[str, Any]]) -> Iterator[Row]:
    """One row for each combination of the single columns; the values of a list column are gathered and sorted."""
    single = [c for c in asked.columns if c not in asked.lists]
    lists: dict[tuple[Value, ...], dict[str, set[str]]] = {}
    for line in lines:
        found = lists.setdefault(tuple(line[c] for c in single), {c: set() for c in asked.lists})
        for column in asked.lists:
            value = line[column]
            found[column].update(value if isinstance(value, list) else [] if value is None else [value])
    for key, gathered in lists.items():
        values = dict(zip(single, key, strict=True))
        yield {c: sorted(gathered[c]) if c in asked.lists else values[c] for c in asked.columns}


def _order(columns: Sequence[str]) -> Any:
    def key(row: Row) -> list[tuple[bool, Any]]:
        return [(row[c] is None, "" if row[c] is None else row[c]) for c in columns]

    return key


KINDS = tuple(sorted({spec.kind for spec in tables().values()} | {"thing"}))
"""The kinds that a parameter can have, beside `word:VOCABULARY`."""
