"""The Cypher that writes and reads the model: texts made of labels, types and columns of the ontology, never of data.

Values travel as one parameter, `$rows`: a list of lists, in the order of `columns`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import cache

from graph.bolt import mapping
from graph.bolt.mapping import OURS
from graph.bolt.parts import NAME_KEYS, Field, Part
from graph.rows import schema
from graph.workspace import NAMED_TABLES
from ontology import tables

_WORD = re.compile(r"[A-Za-z][A-Za-z0-9_]*", re.ASCII)


def columns(part: Part) -> list[str]:
    """The columns of a part in the order in which its statements take them."""
    ends = ["start", "end"] if part.ends else []
    tied = ["sources", *(f"speaks_{label}" for label in part.speaks_of or ())] if part.is_record else []
    return ["key", *ends, *(f.column for f in part.fields), "stamp", *tied]


def _properties(part: Part) -> str:
    places = {column: place for place, column in enumerate(columns(part))}
    fields = [Field("key" if part.ends else "id", "key"), *part.fields, Field("stamp", "stamp")]
    values = (f"date(row[{places[f.column]}])" if f.is_date else f"row[{places[f.column]}]" for f in fields)
    return ", ".join(f"{name(f.name)}: {value}" for f, value in zip(fields, values, strict=True))


def name(word: str) -> str:
    """A label, type or property as Cypher writes it.

    Raises:
        ValueError: it is no plain word, so it does not come from the ontology.
    """
    if not _WORD.fullmatch(word):
        raise ValueError(f"{word!r} cannot be a name in Cypher; names are letters, digits and _")
    return f"`{word}`"


def _labels(words: Iterable[str]) -> str:
    return "".join(f":{name(w)}" for w in words)


def write(part: Part, *, fresh: bool) -> str:
    """The statement that writes lines of a part: `fresh` where nothing of them is there yet.

    Otherwise what is there by the same key is brought up to date; records must be removed before.
    """
    if part.is_record:
        return _write_records(part)
    return _write_edges(part, fresh=fresh) if part.ends else _write_nodes(part, fresh=fresh)


def renew(part: Part) -> str:
    """The statement that gives relationships or records that are there other properties; their ends and ties stay."""
    if part.is_record:
        return f"UNWIND $rows AS row MATCH (r:Record {{`id`: row[0]}}) SET r = {{{_properties(part)}}}"
    return f"UNWIND $rows AS row MATCH ()-[r:{name(part.name)} {{`key`: row[0]}}]->() SET r = {{{_properties(part)}}}"


def _write_nodes(part: Part, *, fresh: bool) -> str:
    labels = _labels([OURS, part.name, *part.also])
    if fresh:
        return f"UNWIND $rows AS row CREATE ({labels} {{{_properties(part)}}})"
    # our own label is part of the pattern, so that a node of somebody else's is never taken for ours
    base = _labels([OURS, part.name])
    remove = f" REMOVE n{_labels(part.never)}" if part.never else ""
    more = f" SET n{_labels(part.also)}" if part.also else ""
    return f"UNWIND $rows AS row MERGE (n{base} {{`id`: row[0]}}) SET n = {{{_properties(part)}}}{remove}{more}"


def _write_edges(part: Part, *, fresh: bool) -> str:
    assert part.ends is not None
    start, end = (_labels([label]) for label in part.ends)
    found = f"UNWIND $rows AS row MATCH (a{start} {{`id`: row[1]}}) MATCH (b{end} {{`id`: row[2]}})"
    if fresh:
        return f"{found} CREATE (a)-[:{name(part.name)} {{{_properties(part)}}}]->(b)"
    return f"{found} MERGE (a)-[r:{name(part.name)} {{`key`: row[0]}}]->(b) SET r = {{{_properties(part)}}}"


def _write_records(part: Part) -> str:
    places = {column: place for place, column in enumerate(columns(part))}
    labels = _labels([OURS, "Record", part.name])
    text = f"UNWIND $rows AS row CREATE (r{labels} {{{_properties(part)}}})"
    text += (
        f" WITH r, row CALL (r, row) {{ UNWIND row[{places['sources']}] AS id"
        f" MATCH (t:Source {{`id`: id}}) CREATE (r)-[:CITES]->(t) }}"
    )
    for label in part.speaks_of or ():
        place = places[f"speaks_{label}"]
        text += (
            f" WITH r, row CALL (r, row) {{ MATCH (t{_labels([label])} {{`id`: row[{place}]}})"
            " CREATE (r)-[:STATES]->(t) }"
        )
    return text


def forget(part_name: str, *, edge: bool) -> str:
    """The statement that removes nodes or relationships by key (`$rows`, a list of keys)."""
    if part_name in record_labels():
        part_name = "Record"
    if edge:
        return f"UNWIND $rows AS key MATCH ()-[r:{name(part_name)} {{`key`: key}}]->() DELETE r"
    return f"UNWIND $rows AS key MATCH (n{_labels([OURS, part_name])} {{`id`: key}}) DETACH DELETE n"


def remove(label: str) -> str:
    """The statement that removes up to `$size` of our nodes of a label with all their ties, and gives how many."""
    return f"MATCH (n{_labels(dict.fromkeys([OURS, label]))}) WHERE NOT n:Push WITH n LIMIT $size DETACH DELETE n RETURN count(*)"


def tied(label: str) -> str:
    """The statement that gives those of the things (`$rows`, their ids) that something of ours hangs on."""
    return (
        f"UNWIND $rows AS key MATCH (n{_labels([OURS, label])} {{`id`: key}}) "
        f"WHERE EXISTS {{ (n)--(:{name(OURS)}) }} RETURN collect(key) AS keys"
    )


def stamps(part_name: str, *, edge: bool) -> str:
    """The statement that gives the stamps a server has, as lists of up to 100,000."""
    if edge:
        return f"MATCH ()-[r:{name(part_name)}]->() WITH r.stamp AS stamp {_CHUNKS}"
    return f"MATCH (n{_labels([part_name, OURS])}) WITH n.stamp AS stamp {_CHUNKS}"


_CHUNKS = "RETURN collect(stamp) AS stamps"


def stamped(part_name: str, *, edge: bool) -> str:
    """The statement that gives the keys behind stamps (`$rows`)."""
    if edge:
        return f"MATCH ()-[r:{name(part_name)}]->() WHERE r.stamp IN $rows RETURN collect(r.key) AS keys"
    return f"MATCH (n{_labels([part_name, OURS])}) WHERE n.stamp IN $rows RETURN collect(n.id) AS keys"


def numbers(edges: Mapping[str, bool]) -> str:
    """The statement that counts the nodes of these labels and the relationships of these types (True) as `name, held`."""
    return " UNION ALL ".join(
        f"MATCH {f'()-[x:{name(one)}]->()' if edge else f'(x:{name(one)})'} WITH count(x) AS held RETURN '{one}' AS name, held"
        for one, edge in edges.items()
    )


def constraints() -> dict[str, str]:
    """The constraints and indexes of the model by their names, each safe to make again."""
    names = "n.name_en, n.name_ru, n.name_uk, n.name_be"
    named = "|".join(mapping.records()[table].label for table in NAMED_TABLES)
    made = [("CONSTRAINT", f"{label}_id", f"(n:{name(label)}) REQUIRE n.`id` IS UNIQUE") for label in unique_labels()]
    made += [
        ("CONSTRAINT", f"{kind}_key", f"()-[r:{name(kind)}]-() REQUIRE r.`key` IS UNIQUE") for kind in keyed_types()
    ]
    made += [
        ("INDEX", f"{kind.label}_{column}", f"(n:{name(kind.label)}) ON (n.{name(column)})")
        for table, kind in mapping.records().items()
        for column in indexed(table)
    ]
    made += [
        ("INDEX", "Record_thing", "(n:Record) ON (n.thing)"),
        ("FULLTEXT INDEX", "people", f"(n:Person) ON EACH [{names}, n.aliases, n.folded]"),
        ("FULLTEXT INDEX", "places", "(n:Institution|Exchange|CriminalCase|Source) ON EACH [n.name_en, n.name_ru, n.title]"),
        ("FULLTEXT INDEX", "names", f"(n:{named}) ON EACH [n.{NAME_KEYS}] OPTIONS {{indexConfig: {{`fulltext.analyzer`: 'whitespace'}}}}"),
    ]  # fmt: skip
    return {
        f"repgraph_{title}": f"CREATE {kind} {name(f'repgraph_{title}')} IF NOT EXISTS FOR {on}"
        for kind, title, on in made
    }


def unique_labels() -> list[str]:
    """Labels whose nodes have an id of their own; all records share one."""
    return [*(t.label for t in mapping.things()), "Record", "Judgement", "Entry"]


@cache
def record_labels() -> frozenset[str]:
    """The labels of the tables' records."""
    return frozenset(kind.label for kind in mapping.records().values())


def keyed_types() -> list[str]:
    """Relationship types with a key: those between things, and those of entries and judgements."""
    return [*dict.fromkeys(t for edge in mapping.edges() for t in edge.types), "SAME_AS", "LEFT", "RIGHT"]


def indexed(table: str) -> list[str]:
    """Columns by which the records of a table are looked up: single references to other things."""
    return [c.name for c in tables()[table].columns.values() if c.type in ("ref", "local")]


def read(table: str, column: str | None = None) -> str:
    """The statement that gives the records of a table as lists, in the order of its frame's columns.

    With a `column`, those whose column is, or holds, one of `$values`.
    """
    kind = mapping.records()[table]
    types = schema(table)
    cells = ", ".join("r.`id`" if c == "record" else f"r.{name(c)}" for c in types)
    where = ""
    if column is not None:
        value = "r.`id`" if column == "record" else f"r.{name(column)}"
        many = str(types[column]).startswith("List")
        where = f" WHERE any(x IN {value} WHERE x IN $values)" if many else f" WHERE {value} IN $values"
    return f"MATCH (r{_labels([kind.label, 'Record'])}){where} {'AND' if where else 'WHERE'} r:{name(OURS)} RETURN [{cells}] AS cells"
