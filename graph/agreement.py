"""One row for each thing out of all records that speak of it.

A blank agrees with any value and a year with a day in it. Facts that differ leave the field null and named in
`conflicts`; the records keep both versions. Most things have one record: only the others go through the rules.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import cache
from typing import Any, NamedTuple, TypeAlias

import polars as pl

from graph.dates import contains
from ontology import Column, tables, vocabulary

CONFLICTS: dict[str, Any] = {"table": pl.String, "thing": pl.String, "field": pl.String, "things": pl.List(pl.String)}
"""A field on which the records of one thing differ: `things` are the ids by which its records know it."""
_TEXTS = pl.List(pl.String)
_SAYINGS: Sequence[tuple[str, ...]] = (("accepted", "needs_work", "disputed"), ("high", "medium", "low"))

# One of these is right: DE or US received him, not both.
_EITHER = frozenset({"released_by", "received_by"})
# Each source's own wording or search; that two differ says nothing against either.
_QUIET = frozenset({"note", "aliases", "identifiers", "name_as_written", "quote", "found_by", "by"})
# Tokens of the compilers of one dataset; another dataset may sort people otherwise.
_LABELS = frozenset({"category"})

_Value: TypeAlias = "str | int | None"
_Said: TypeAlias = tuple[_Value, str]


class Merged(NamedTuple):
    """`rows`: the key, every column of the table, `ids`, `records`, `sources`, `status`, `confidence`, `conflicts`."""

    rows: pl.DataFrame
    conflicts: pl.DataFrame


def merged(frame: pl.DataFrame, name: str, key: Sequence[str]) -> Merged:
    """The records of table `name` with equal `key` columns made into one row each.

    Rows that are alone come first, in the order of `frame`, then the others in the order of their least id.
    `status` is the best that a record has and `confidence` the highest: what one source says well is said well.
    """
    fields = [c for c in tables()[name].columns.values() if not c.meta and c.name not in key]
    # a clash of hashes only sends a row that is alone through the rules
    same = frame.select(pl.struct(key).hash()).to_series() if len(key) > 1 else frame[key[0]]
    several = same.is_duplicated()
    if not several.any():
        return Merged(_alone(frame, name, key, fields), pl.DataFrame(schema=CONFLICTS))
    alone = _alone(frame.filter(~several), name, key, fields)
    together, conflicts = _together(frame.filter(several).sort("thing", "record"), name, key, fields)
    return Merged(pl.concat([alone, together]), conflicts)


def _alone(frame: pl.DataFrame, name: str, key: Sequence[str], fields: Sequence[Column]) -> pl.DataFrame:
    return frame.select(
        *key,
        *(c.name for c in fields),
        pl.concat_list("thing").alias("ids"),
        pl.concat_list("record").alias("records"),
        "sources",
        *_sayings(name),
        pl.lit([], dtype=_TEXTS).alias("conflicts"),
    )


def _together(
    frame: pl.DataFrame, name: str, key: Sequence[str], fields: Sequence[Column]
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Rows of things with several records (sorted by `thing`, `record`), and the fields on which these differ."""
    texts = [pl.col(c.name).list.join("|").replace("", None).alias("|" + c.name) for c in fields if c.many]
    groups = frame.with_columns(texts).group_by(key, maintain_order=True)
    meta = _sayings(name)
    out = groups.agg(
        *(_first(c) for c in fields),
        pl.col("thing").unique().sort().alias("ids"),
        pl.col("record").unique().sort().alias("records"),
        pl.col("sources").explode().drop_nulls().unique().sort(),
        *(pl.col(c).implode() for c in meta),
        *(pl.col(_plain(c)).drop_nulls().n_unique().alias("#" + c.name) for c in fields),
    )
    values = {c.name: out[c.name].to_list() for c in fields if (out["#" + c.name] > 1).any()}
    differing = [c for c in fields if c.name in values]
    lists = groups.agg(pl.col("thing"), *(pl.col(_plain(c)) for c in differing))
    conflicts: list[list[str]] = [[] for _ in range(out.height)]
    for column in differing:
        settle = _settling(column)
        rows = (out["#" + column.name] > 1).arg_true().to_list()
        for row in rows:
            said = list(zip(lists[_plain(column)][row].to_list(), lists["thing"][row].to_list(), strict=True))
            value, conflict = settle([(v, t) for v, t in said if v is not None])
            values[column.name][row] = value
            if conflict:
                conflicts[row].append(column.name)
    rows_out = out.with_columns(
        *(pl.Series(c.name, values[c.name], dtype=out.schema[c.name]) for c in differing),
        *(_best(out[c], c) for c in meta),
        pl.Series("conflicts", conflicts, dtype=_TEXTS),
    ).drop("#" + c.name for c in fields)
    one = len(key) == 1
    named = rows_out.select(
        pl.lit(name).alias("table"),
        (pl.col(key[0]) if one else pl.col("ids").list.first()).alias("thing"),
        pl.col("conflicts").alias("field"),
        pl.col("ids").alias("things"),
    )
    return rows_out, named.explode("field").drop_nulls("field")


def _sayings(name: str) -> list[str]:
    """The columns of a frame that say how good a record is; the status of a recognition is not one."""
    own = {c.name for c in tables()[name].columns.values() if not c.meta}
    return [c for c in ("status", "confidence") if c not in own]


def _plain(column: Column) -> str:
    """The column to compare by: a list as one text."""
    return "|" + column.name if column.many else column.name


def _first(column: Column) -> pl.Expr:
    """The value where records agree: the first that is not blank, or all entries of lists."""
    if column.many and column.name in _EITHER:
        return pl.col("|" + column.name).drop_nulls().first().fill_null("").str.split("|").list.drop_nulls().list.eval(
            pl.element().filter(pl.element() != "")
        ).alias(column.name)  # fmt: skip
    if column.many:
        return pl.col(column.name).explode().drop_nulls().unique().sort()
    return pl.col(column.name).drop_nulls().first()


def _best(saying: pl.Series, name: str) -> pl.Series:
    """The best of each list of words, as `_SAYINGS` orders them; null where there is none."""
    order = next(words for words in _SAYINGS if words[0] == {"status": "accepted", "confidence": "high"}[name])
    rank = {word: i for i, word in enumerate(order)}
    best = [min((v for v in values if v in rank), key=rank.__getitem__, default=None) for values in saying.to_list()]
    return pl.Series(name, best, dtype=pl.String)


def _settling(column: Column) -> Callable[[Sequence[_Said]], tuple[object, bool]]:
    """How differing values of a column are settled: the value that stands, and whether it is a conflict."""
    if column.name == "basis":
        return _basis
    if column.name == "note":
        return _notes
    if column.type == "date":
        return _dates
    if column.name in _EITHER:
        return _facts
    if column.many:
        return _unions if column.name not in _QUIET else _quiet_unions
    if column.name in _QUIET:
        return lambda said: (said[0][0], False)
    if column.type.startswith("text") or column.type in ("local", "url") or column.name in _LABELS:
        return _wordings
    return _facts


def _facts(said: Sequence[_Said]) -> tuple[None, bool]:
    return None, True


def _dates(said: Sequence[_Said]) -> tuple[str | None, bool]:
    """The most precise date, if every other one holds it."""
    texts = [str(v) for v, _ in said]
    finest = max(texts, key=lambda t: (len(t), t))
    agree = all(contains(t, finest) for t in texts)
    return (finest, False) if agree else (None, True)


def _wordings(said: Sequence[_Said]) -> tuple[_Value, bool]:
    """The first wording. Two datasets word one thing in two ways; two rows of one key should not."""
    by_thing: dict[str, set[_Value]] = {}
    for value, thing in said:
        by_thing.setdefault(thing, set()).add(value)
    return said[0][0], any(len(values) > 1 for values in by_thing.values())


def _notes(said: Sequence[_Said]) -> tuple[str, bool]:
    return "; ".join(dict.fromkeys(str(v) for v, _ in said)), False


def _unions(said: Sequence[_Said]) -> tuple[list[str], bool]:
    """All entries of lists that differ; an entry that another one makes more precise is the same entry."""
    lists = [set(str(v).split("|")) for v, _ in said]
    entries = set().union(*lists)
    coarse = {e for e in entries if any(o.startswith(e + "(") for o in entries)}
    fine = sorted(entries - coarse)
    return fine, any(not all(_holds(entry, e) for entry in fine) for e in lists)


def _holds(entry: str, found: Iterable[str]) -> bool:
    """Whether a list says the entry, perhaps less precisely."""
    return any(entry == f or entry.startswith(f + "(") for f in found)


def _quiet_unions(said: Sequence[_Said]) -> tuple[list[str], bool]:
    return sorted({entry for v, _ in said for entry in str(v).split("|")}), False


def _basis(said: Sequence[_Said]) -> tuple[str | None, bool]:
    """The strongest basis, for a weaker one takes nothing from it; null where one source says that he did not sit.

    That they differ is a conflict either way: it is shown, not settled in silence.
    """
    found = {str(v) for v, _ in said}
    counting = found & counting_bases()
    if counting and "not_sitting" in found:
        return None, True
    order = list(vocabulary("basis"))
    return min(found, key=lambda b: order.index(b) if b in order else len(order)), True


@cache
def counting_bases() -> frozenset[str]:
    """The bases on which a role counts."""
    return frozenset(token for token, word in vocabulary("basis").items() if word.more["counts"] == "yes")
