"""What a profile may see: records above it are dropped, then what only refers to dropped things, to the end."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING

import polars as pl

from graph.identity import KINDS, Judgement
from graph.rows import MemoryRows, Rows
from ontology import Column, tables, vocabulary, word

if TYPE_CHECKING:
    from graph.casebook import Casebook


class VisibleRows:
    """The rows that a profile may see.

    `hidden` counts the records left out, by table; `gone` has the things of which no record is left, by table.
    """

    def __init__(self, rows: Rows, hidden: Mapping[str, int], gone: Mapping[str, frozenset[str]]) -> None:
        self._rows, self.hidden, self.gone = rows, hidden, gone

    def table(self, name: str) -> pl.DataFrame:
        return self._rows.table(name)

    def where(self, name: str, column: str, values: Collection[str]) -> pl.DataFrame:
        return self._rows.where(name, column, values)


def visible(rows: Rows, profile: str) -> VisibleRows:
    """The records that `profile` (public, partner or internal) may see, with nothing of the others in them.

    A record above the profile goes. Then, until nothing changes: a record all of whose sources are gone goes; one
    whose key or required columns, or whose person, are gone goes; other references to what is gone become blank,
    and ids of sources that are gone vanish. A citation goes with the record that it cites. Of a thing with several
    records, those that may be seen stay; a source on which hidden records alone rest goes at last.

    Raises:
        UnknownTerm: no such profile.
    """
    rank = int(word("visibility", profile).more["rank"])
    over = [token for token, w in vocabulary("visibility").items() if int(w.more["rank"]) > rank]
    if not over:
        return VisibleRows(rows, {}, {})
    before = {name: rows.table(name) for name in tables()}
    above = pl.col("visibility").is_in(over)
    after = {name: table.filter(~above) for name, table in before.items()}
    if all(after[name].height == before[name].height for name in before):
        return VisibleRows(rows, {}, {})
    gone: dict[str, frozenset[str]] = {}
    while (now := {n: _gone(before[n], after[n]) for n in before}) != gone:
        gone = now
        after = {name: cascaded(name, table, gone) for name, table in after.items()}
        after["citations"] = _cited(after["citations"], gone, before, after)
    after["sources"] = _still_cited(before, after)
    hidden = {n: before[n].height - after[n].height for n in before if after[n].height < before[n].height}
    gone["sources"] = _gone(before["sources"], after["sources"])
    return VisibleRows(MemoryRows(after), hidden, {n: g for n, g in gone.items() if g})


def _still_cited(before: Mapping[str, pl.DataFrame], after: Mapping[str, pl.DataFrame]) -> pl.DataFrame:
    """The sources without those that hidden records alone rest on: a title can name whom it is about."""
    lost = {s for n in before for s in _named_sources(_lost(before[n], after[n]))}
    if not lost:
        return after["sources"]
    orphans = lost.difference(*(_named_sources(after[n]) for n in after))
    return after["sources"].filter(~pl.col("source_id").is_in(pl.Series(sorted(orphans), dtype=pl.String).implode()))


def _named_sources(table: pl.DataFrame) -> list[str]:
    named: list[str] = table["sources"].explode().drop_nulls().unique().to_list()
    return named


def _lost(before: pl.DataFrame, after: pl.DataFrame) -> pl.DataFrame:
    """The records that are not there any more."""
    if before.height == after.height:
        return before.clear()
    return before.join(after.select("record"), on="record", how="anti")


def _gone(before: pl.DataFrame, after: pl.DataFrame) -> frozenset[str]:
    """Things that had records and have none."""
    things = _lost(before, after)["thing"].unique()
    left = after.filter(pl.col("thing").is_in(things.implode()))["thing"] if things.len() else things
    return frozenset(things.to_list()) - frozenset(left.to_list())


def cascaded(name: str, table: pl.DataFrame, gone: Mapping[str, frozenset[str]]) -> pl.DataFrame:
    """The records that can stand without the things that are gone."""
    lost_sources = pl.Series(sorted(gone["sources"]), dtype=pl.String)
    if lost_sources.len():
        had = pl.col("sources").list.len() > 0
        left = pl.col("sources").list.eval(pl.element().filter(~pl.element().is_in(lost_sources.implode())))
        table = table.filter(~(had & (left.list.len() == 0))).with_columns(left)
    for column in tables()[name].columns.values():
        lost = pl.Series(sorted(gone.get(column.range, ())), dtype=pl.String)
        if not lost.len() or column.type != "ref":
            continue
        refers = pl.col(column.name).is_in(lost.implode()).fill_null(False)
        if _needed(column):
            table = table.filter(~refers)
        else:
            table = table.with_columns(pl.when(refers).then(None).otherwise(pl.col(column.name)).alias(column.name))
    return table


def _needed(column: Column) -> bool:
    # a mention of a hidden person holds the name as written, so it cannot stay without the person
    return column.in_key or column.need == "required" or column.range == "people"


def _cited(
    citations: pl.DataFrame,
    gone: Mapping[str, frozenset[str]],
    before: Mapping[str, pl.DataFrame],
    after: Mapping[str, pl.DataFrame],
) -> pl.DataFrame:
    """The citations of records that can still be seen, and of those that never were."""
    if not citations.height:
        return citations
    kept = citations.with_columns(pl.concat_str("dataset", pl.lit("/"), "key").alias("cited"))
    for name in before:
        if before[name].height > after[name].height and name != "citations":
            lost = _lost(before[name], after[name])
            still = after[name].filter(pl.col("thing").is_in(lost["thing"].unique().implode()))
            pairs = pl.DataFrame(sorted(_said(lost) - _said(still)), schema=_SAID, orient="row")
            here = pl.col("table") == name
            kept = kept.filter(
                ~(here & pl.col("cited").is_in(pl.Series(sorted(gone[name]), dtype=pl.String).implode()))
            )
            marked = pairs.with_columns(pl.lit(True).alias("lost"), pl.lit(name).alias("table"))
            kept = kept.join(marked, on=["table", "cited", "source_id"], how="left", maintain_order="left").filter(
                pl.col("lost").is_null()
            ).drop("lost")  # fmt: skip
    return kept.drop("cited")


_SAID = {"cited": pl.String, "source_id": pl.String}


def _said(table: pl.DataFrame) -> set[tuple[str, ...]]:
    """Which source speaks of which thing in a table."""
    return set(table.select("thing", "sources").explode("sources").drop_nulls().iter_rows())


def told(judgements: Iterable[Judgement], seen: VisibleRows) -> Iterator[Judgement]:
    """The judgements that touch nothing hidden."""
    for judgement in judgements:
        gone = seen.gone.get(KINDS.get(judgement.kind, ""), frozenset())
        if not gone & set(judgement.pair):
            yield judgement


def withheld(casebook: Casebook) -> frozenset[str]:
    """Records that are not public, and the canonical ids of the things that they speak of."""
    open_rows = visible(casebook.rows, "public")
    found: set[str] = set()
    for name in open_rows.hidden:
        lost = _lost(casebook.table(name), open_rows.table(name))
        found.update(lost["record"].to_list(), lost["thing"].to_list())
        own = next((c.name for c in tables()[name].columns.values() if c.type == "id"), None)
        if own:
            found.update(lost[own].to_list())
    return frozenset(found)
