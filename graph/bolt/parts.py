"""What a server should hold for a casebook, as tables: nodes of each label, relationships of each type, records.

A part is a frame whose columns are, in this order, the key, the two ends (of a relationship), the properties and a
stamp. The stamp is a hash of the line: a server that has the stamp has the line. Nothing here talks to a server.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cache, partial
from typing import TypeAlias

import polars as pl

from graph.bolt import mapping
from graph.bolt.mapping import Edge, End, Property
from graph.casebook import Casebook
from graph.exports.claims import nameless
from graph.name_entries import NAME_COLUMNS
from graph.name_index import keys_of
from graph.names import fold
from graph.rows import MemoryRows, schema
from graph.workspace import NAMED_TABLES
from ontology import tables, vocabulary

_TEXTS = pl.List(pl.String)
_META = ("records", "sources", "status", "confidence", "conflicts")


@dataclass(frozen=True, slots=True)
class Field:
    """One property of a node or relationship and the column of the part's frame that fills it."""

    name: str
    column: str
    is_date: bool = False


@dataclass(frozen=True, slots=True)
class Part:
    """Nodes of one label, or relationships of one type between two labels.

    `frame` has the columns `key`, (`start`, `end`,) those of `fields`, for records `sources` and `speaks_<Label>`,
    and `stamp`. `also` are further labels of the nodes; `never` are those that they must not have. `late` adds
    columns that follow from the others and cost time: only lines that are written need them.
    """

    name: str
    frame: pl.DataFrame
    fields: tuple[Field, ...]
    ends: tuple[str, str] | None = None
    also: tuple[str, ...] = ()
    never: tuple[str, ...] = ()
    speaks_of: tuple[str, ...] | None = None
    late: Callable[[pl.DataFrame], pl.DataFrame] | None = None

    @property
    def is_record(self) -> bool:
        return self.speaks_of is not None


@dataclass(frozen=True, slots=True)
class Content:
    """Everything a server should hold: things first, then what is between them, then the records."""

    things: tuple[Part, ...]
    edges: tuple[Part, ...]
    records: tuple[Part, ...]
    entries: tuple[Part, ...]

    def __iter__(self) -> Iterator[Part]:
        yield from (*self.things, *self.edges, *self.records, *self.entries)


def content(casebook: Casebook, *, pseudonym: Callable[[str], str] | None = None, seed: int = 0) -> Content:
    """What a server should hold for this casebook.

    `pseudonym` stands in for the name of whoever judged; `seed` is that of the stamps.
    """
    casebook = nameless(casebook)
    entries, links = _entries(casebook, pseudonym or _pseudonym)
    return _content(casebook, [*entries, *links], seed, _every)


def content_of(casebook: Casebook, seed: int, undescribed: Undescribed) -> Content:
    """What a server should hold for a slice of a casebook that may leave as it is (`graph.bolt.slices`)."""
    return _content(casebook, (), seed, undescribed)


def judged_content(
    casebook: Casebook, pseudonym: Callable[[str], str] | None, seed: int, undescribed: Undescribed
) -> Content:
    """The judgements on a casebook as they may leave, the entries that they compare and how these are tied."""
    entries, links = _entries(casebook, pseudonym or _pseudonym)
    empty = Casebook(MemoryRows({}), today=casebook.today, minors=casebook.minors)
    return _content(empty, [*entries, *links], seed, undescribed)


def stub_parts(label: str, ids: pl.Series, seed: int) -> list[Part]:
    """Things of a label that are known by their ids alone."""
    thing = next(t for t in mapping.things() if t.label == label)
    empty = Casebook(MemoryRows({}), today=date.min, minors=frozenset())
    return [_stamped(p, seed) for p in _parts_of_thing(empty, thing, ids) if p.frame.height]


def _content(casebook: Casebook, entries: Sequence[Part], seed: int, undescribed: Undescribed) -> Content:
    edges = [part for edge in mapping.edges() for part in _edge_parts(casebook, edge)]
    records = [_record_part(casebook, name) for name in tables()]
    things = _things(casebook, [*edges, *entries], records, undescribed)
    stamped = [[_stamped(p, seed) for p in group if p.frame.height] for group in (things, edges, records, entries)]
    return Content(*(tuple(group) for group in stamped))


Undescribed: TypeAlias = Callable[[str, pl.Series], pl.Series]
"""Of ids of things of a label, those that no row describes."""


def _every(_label: str, ids: pl.Series) -> pl.Series:
    return ids


def _pseudonym(name: str) -> str:
    return "team-" + hashlib.sha256(f"repgraph {name}".encode()).hexdigest()[:6]


def _stamped(part: Part, seed: int) -> Part:
    stamp = pl.struct(pl.all()).hash(seed).reinterpret(signed=True).alias("stamp")
    frame = part.frame.sort("key").with_columns(stamp)
    return replace(part, frame=frame)


# --- relationships ----------------------------------------------------------------------------------------


def _edge_parts(casebook: Casebook, edge: Edge) -> Iterator[Part]:
    """The relationships of one row of the mapping, apart by type and by the labels of their ends."""
    frame: pl.DataFrame = getattr(casebook, edge.frame)
    for end in (*edge.start, *edge.end):
        if end.many:
            frame = frame.explode(end.column)
    keyed = frame.with_columns(_key(edge.key, frame).alias("@key"))
    taken: list[str] = []
    for start in edge.start:
        there = keyed.filter(pl.col(start.column).is_not_null(), *(pl.col(c).is_null() for c in taken))
        taken.append(start.column)
        other: list[str] = []
        for end in edge.end:
            found = there.filter(pl.col(end.column).is_not_null(), *(pl.col(c).is_null() for c in other))
            other.append(end.column)
            yield from _typed(edge, found, start, end)


def _typed(edge: Edge, frame: pl.DataFrame, start: End, end: End) -> Iterator[Part]:
    """One part for each type that the rows of `frame` have."""
    if not edge.type.startswith("@"):
        yield _edge_part(edge.type, edge.properties, frame, start, end)
        return
    roles: dict[str, list[str]] = {}
    for role, relation in mapping.relations().items():
        roles.setdefault(relation, []).append(role)
    for relation in edge.types:
        mine = frame.filter(pl.col("role").is_in(roles[relation]))
        if mine.height:
            yield _edge_part(relation, edge.properties, mine, start, end)


def _edge_part(name: str, properties: Sequence[Property], frame: pl.DataFrame, start: End, end: End) -> Part:
    # the status of a recognition is the word at its end, not the status of its record
    taken = {start.column, end.column, *(p.name for p in properties)}
    given = [Property(c, c) for c in _META if c in frame.columns and c not in taken]
    columns, fields = _filled([*properties, *given], frame)
    return Part(
        name,
        frame.select(pl.col("@key").alias("key"), _id(start).alias("start"), _id(end).alias("end"), *columns),
        fields,
        (start.label, end.label),
    )


def _id(end: End) -> pl.Expr:
    """The id of the node at one end: that of a thing, or `vocabulary/token`."""
    column = pl.col(end.column)
    return pl.format("{}/{}", pl.lit(end.vocabulary), column) if end.vocabulary else column


def _filled(properties: Iterable[Property], frame: pl.DataFrame) -> tuple[list[pl.Expr], tuple[Field, ...]]:
    """Columns and fields of properties: a date becomes a native one where the day is known, with its text beside."""
    columns: list[pl.Expr] = []
    fields: list[Field] = []
    for prop in properties:
        name = f"@{prop.name}"
        value = pl.col(prop.column)
        if prop.is_date:
            columns += [
                pl.when(value.str.len_chars() == 10).then(value).alias(name),
                value.alias(f"{name}_text"),
            ]
            fields += [Field(prop.name, name, is_date=True), Field(f"{prop.name}_text", f"{name}_text")]
        else:
            columns.append(_without_empty(value, frame.schema[prop.column]).alias(name))
            fields.append(Field(prop.name, name))
    return columns, tuple(fields)


def _without_empty(value: pl.Expr, kind: pl.DataType) -> pl.Expr:
    """An empty list as null: a server keeps no property for it."""
    return pl.when(value.list.len() > 0).then(value) if kind == _TEXTS else value


def _key(columns: Sequence[str], frame: pl.DataFrame) -> pl.Series:
    """One short key for each row: ids and texts may be longer than an index can take."""
    joined = frame.select(
        pl.concat_str([pl.col(c).cast(pl.String).fill_null("") for c in columns], separator="\x1f")
    ).to_series()
    return pl.Series([_hashed(text) for text in joined.to_list()], dtype=pl.String)


def _hashed(text: str) -> str:
    return hashlib.blake2b(text.encode(), digest_size=10).hexdigest()


# --- records ----------------------------------------------------------------------------------------------


def _record_part(casebook: Casebook, name: str) -> Part:
    """The rows of one table as nodes: every cell, the sources, and the things that each speaks of."""
    kind = mapping.records()[name]
    rows, canonical = casebook.rows.table(name), casebook.table(name)
    columns = [c for c in schema(name) if c != "record"]
    filled = rows.select(
        pl.col("record").alias("key"),
        *(_without_empty(pl.col(c), rows.schema[c]).alias(f"@{c}") for c in columns),
        "sources",
    )
    targets = _cited(casebook, canonical) if kind.speaks_of is None else _spoken_of(kind.speaks_of, canonical)
    for label, ids in targets.items():
        filled = filled.with_columns(ids.alias(f"speaks_{label}"))
    fields = [Field(c, f"@{c}") for c in columns]
    if name not in NAMED_TABLES:
        return Part(kind.label, filled, tuple(fields), also=("Record",), speaks_of=tuple(targets))
    fields.append(Field(NAME_KEYS, NAME_KEYS))
    return Part(
        kind.label, filled, tuple(fields), also=("Record",), speaks_of=tuple(targets),
        late=partial(_with_name_keys, name),
    )  # fmt: skip


NAME_KEYS = "name_keys"
"""The property of records that name a thing: the keys under which our own index of names has it."""


def key_text(key: int) -> str:
    """A key of the index of names as a word."""
    return f"{key & 0xFFFFFFFFFFFFFFFF:x}"


def _with_name_keys(table: str, lines: pl.DataFrame) -> pl.DataFrame:
    """The records with the keys of all names in them, so that a server finds them as a workspace does."""
    names = lines.select(f"@{c}" for c in NAME_COLUMNS[table]).iter_rows()
    found = [
        {key_text(k) for v in row for name in (v if isinstance(v, list) else [v] if v else []) for k in keys_of(NAMED_TABLES[table], name)}
        for row in names
    ]  # fmt: skip
    return lines.with_columns(pl.Series(NAME_KEYS, [" ".join(sorted(keys)) or None for keys in found], dtype=pl.String))


def _spoken_of(groups: Sequence[Sequence[End]], canonical: pl.DataFrame) -> dict[str, pl.Series]:
    """By label, the id of the thing that each record speaks of."""
    found: dict[str, pl.Series] = {}
    for group in groups:
        before: list[str] = []
        for end in group:
            free = pl.all_horizontal(pl.lit(value=True), *(pl.col(c).is_null() for c in before))
            found[end.label] = canonical.select(pl.when(free).then(_id(end)).alias(end.label)).to_series()
            before.append(end.column)
    return found


def _cited(casebook: Casebook, citations: pl.DataFrame) -> dict[str, pl.Series]:
    """By label, what the rows speak of that the citations cite, as far as their key tells."""
    # the same labels whatever is cited, so that a line is the same beside any others
    found: dict[str, list[str | None]] = {label: [None] * citations.height for label in _citable()}
    for number, (dataset, table, key) in enumerate(citations.select("dataset", "table", "key").iter_rows()):
        kind = mapping.records().get(table)
        for label, thing in _of_key(casebook, kind, dataset, key) if kind else ():
            found[label][number] = thing
    return {label: pl.Series(ids, dtype=pl.String) for label, ids in found.items()}


@cache
def _citable() -> tuple[str, ...]:
    """The labels of what rows speak of, by their key."""
    kinds = mapping.records().values()
    groups = ((kind, group) for kind in kinds for group in kind.speaks_of or ())
    return tuple(sorted({e.label for kind, group in groups for e in group if e.column in tables()[kind.table].key}))


def _of_key(casebook: Casebook, kind: mapping.RecordKind, dataset: str, key: str) -> Iterator[tuple[str, str]]:
    # References stand before free text in every key, so a `|` in the text moves none of them.
    parts = dict(zip(tables()[kind.table].key, key.split("|"), strict=False))
    for group in kind.speaks_of or ():
        for end in group:
            value = parts.get(end.column)
            if value:
                thing = f"{end.vocabulary}/{value}" if end.vocabulary else f"{dataset}/{value}"
                yield end.label, casebook.canonical(_KINDS.get(end.label, ""), thing)
                break


_KINDS = {"Person": "person", "Institution": "body", "CriminalCase": "case", "Proceeding": "proceeding"}


# --- things -----------------------------------------------------------------------------------------------


def _things(casebook: Casebook, edges: Iterable[Part], records: Iterable[Part], undescribed: Undescribed) -> list[Part]:
    """The things that records describe, and everything else that something points at, by its id alone."""
    wanted: dict[str, list[pl.Series]] = {}
    for part in edges:
        if part.ends:
            wanted.setdefault(part.ends[0], []).append(part.frame["start"])
            wanted.setdefault(part.ends[1], []).append(part.frame["end"])
    for part in records:
        for label in part.speaks_of or ():
            wanted.setdefault(label, []).append(part.frame[f"speaks_{label}"])
        wanted.setdefault("Source", []).append(part.frame["sources"].explode())
    found: list[Part] = []
    for thing in mapping.things():
        ids = pl.concat([pl.Series([], dtype=pl.String), *wanted.get(thing.label, [])]).drop_nulls().unique()
        found += _parts_of_thing(casebook, thing, undescribed(thing.label, ids))
    return found


def _parts_of_thing(casebook: Casebook, thing: mapping.Thing, ids: pl.Series) -> Iterator[Part]:
    """The things of a label that the casebook describes, and those of `ids` that it does not."""
    key = thing.key or "id"
    frame = getattr(casebook, thing.frame) if thing.frame else _MADE[thing.label](ids)
    both = pl.concat([frame, pl.DataFrame({key: ids})], how="diagonal")
    yield from _thing_parts(thing, both.unique(key, keep="first", maintain_order=True))


def _thing_parts(thing: mapping.Thing, frame: pl.DataFrame) -> Iterator[Part]:
    columns, fields = _filled(thing.properties, frame)
    kept = [pl.col(thing.key or "id").alias("key"), *columns]
    if thing.label == "Person":
        yield Part(thing.label, frame.select(kept), (*fields, Field("folded", "folded")), late=_with_folded)
        return
    if thing.label != "Institution":
        yield Part(thing.label, frame.select(kept), fields)
        return
    labels = mapping.institution_labels()
    every = frozenset(labels.values())
    plain = ~pl.col("kind").is_in(list(labels)) | pl.col("kind").is_null()
    # the labels are in the line, so that the stamp tells when they change
    yield Part(thing.label, frame.filter(plain).select(kept), fields, never=tuple(sorted(every)))
    for kind, label in labels.items():
        mine = frame.filter(pl.col("kind") == kind)
        yield Part(thing.label, mine.select(kept), fields, also=(label,), never=tuple(sorted(every - {label})))


def _with_folded(people: pl.DataFrame) -> pl.DataFrame:
    """The people with all their spellings folded to one script, for the full-text index."""
    names = people.select("@name_en", "@name_ru", "@name_uk", "@name_be", "@aliases").iter_rows()
    folded = [" | ".join(sorted({fold(n) for n in (*plain, *(more or ())) if n})) or None for *plain, more in names]
    return people.with_columns(pl.Series("folded", folded, dtype=pl.String))


def _matters(ids: pl.Series) -> pl.DataFrame:
    return pl.DataFrame({"id": ids})


def _articles(ids: pl.Series) -> pl.DataFrame:
    """Articles with the title of the whole article, for the vocabulary titles no parts of it."""
    words = vocabulary("article")
    names = [words.get(text) or words.get(text.partition("(")[0]) for text in ids.to_list()]
    return pl.DataFrame(
        {"id": ids, "title": [w and w.label_en for w in names], "title_ru": [w and w.label_ru for w in names]},
        schema={"id": pl.String, "title": pl.String, "title_ru": pl.String},
    )


def _words(ids: pl.Series) -> pl.DataFrame:
    """Words of the vocabularies with their labels; a word that no vocabulary has stands with its token alone."""
    lines = []
    for text in ids.to_list():
        name, _, token = text.partition("/")
        word = vocabulary(name).get(token)
        lines.append((text, name, token, word and word.label_en, word and word.label_ru))
    columns = ("id", "vocabulary", "token", "label_en", "label_ru")
    return pl.DataFrame(lines, schema=dict.fromkeys(columns, pl.String), orient="row")


_MADE: Mapping[str, Callable[[pl.Series], pl.DataFrame]] = {"Matter": _matters, "Article": _articles, "Word": _words}


# --- who is whom ------------------------------------------------------------------------------------------


def _entries(casebook: Casebook, pseudonym: Callable[[str], str]) -> tuple[list[Part], list[Part]]:
    """Judgements and the entries that they compare, and how these are tied to things."""
    last = {(j.kind, *j.pair): j for j in casebook.spoken if j.kind in _KINDS.values()}
    lines, sides, entries = [], [], {}
    for (kind, left, right), j in sorted(last.items()):
        key = _hashed(f"{kind}\x1f{left}\x1f{right}")
        by = pseudonym(j.by) if j.by else None
        lines.append((key, kind, j.left, j.right, j.verdict, j.decided_on, by, j.why, j.evidence, j.line))
        for side, thing in (("LEFT", j.left), ("RIGHT", j.right)):
            entries[kind, thing] = f"{kind}/{thing}"
            sides.append((side, f"{key} {side}", key, f"{kind}/{thing}"))
    names = ("key", "kind", "left", "right", "verdict", "decided_on", "by", "why", "evidence", "line")
    types = {n: pl.Int64 if n == "line" else pl.String for n in names}
    judgements = pl.DataFrame(lines, schema=types, orient="row")
    fields = tuple(Field(n, n) for n in names[1:])
    known = pl.DataFrame(
        [(key, thing, kind) for (kind, thing), key in sorted(entries.items())],
        schema=dict.fromkeys(("key", "thing", "kind"), pl.String), orient="row",
    )  # fmt: skip
    nodes = [
        Part("Judgement", judgements, fields),
        Part("Entry", known, (Field("thing", "thing"), Field("kind", "kind"))),
    ]
    links = [_sides(side, [s[1:] for s in sides if s[0] == side]) for side in ("LEFT", "RIGHT")]
    return nodes, [*links, *_same_as(casebook, entries)]


def _sides(side: str, lines: Sequence[tuple[str, str, str]]) -> Part:
    frame = pl.DataFrame(lines, schema=dict.fromkeys(("key", "start", "end"), pl.String), orient="row")
    return Part(side, frame, (), ("Judgement", "Entry"))


def _same_as(casebook: Casebook, entries: Mapping[tuple[str, str], str]) -> Iterator[Part]:
    for label, kind in _KINDS.items():
        things = casebook.rows.where(
            _table_of(label), tables()[_table_of(label)].key[0], {t for k, t in entries if k == kind}
        )
        known = frozenset(things["thing"].to_list())
        lines = [
            (f"{key} SAME_AS", key, casebook.canonical(kind, thing))
            for (k, thing), key in sorted(entries.items())
            if k == kind and thing in known
        ]
        frame = pl.DataFrame(lines, schema=dict.fromkeys(("key", "start", "end"), pl.String), orient="row")
        yield Part("SAME_AS", frame, (), ("Entry", label))


def _table_of(label: str) -> str:
    """The table whose rows describe the things of a label."""
    return next(t.frame for t in mapping.things() if t.label == label)
