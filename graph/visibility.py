"""What a profile may see: records above it are dropped, then what only refers to dropped things, to the end."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING

import polars as pl

from graph.identity import KINDS, Judgement
from graph.rows import Rows, restricted
from ontology import Column, tables, vocabulary, word

if TYPE_CHECKING:
    from graph.casebook import Casebook


class VisibleRows:
    """The rows that a profile may see.

    `hidden` counts the records left out, by table; `gone` has the things of which no record is left, by table.
    """

    def __init__(self, rows: Rows, rule: Rule | None = None) -> None:
        self._rows, self._rule = rows, rule
        self.hidden: Mapping[str, int] = rule.hidden if rule else {}
        self.gone: Mapping[str, frozenset[str]] = rule.gone if rule else {}
        self._seen: dict[str, pl.DataFrame] = {}

    def table(self, name: str) -> pl.DataFrame:
        if self._rule is None:
            return self._rows.table(name)
        if name not in self._seen:
            self._seen[name] = self._rule.applied(name, self._rows.table(name).lazy()).collect()
        return self._seen[name]

    def where(self, name: str, column: str, values: Collection[str]) -> pl.DataFrame:
        if self._rule is None:
            return self._rows.where(name, column, values)
        # what the rule blanks or strips is not found by it
        return restricted(
            self._rule.applied(name, self._rows.where(name, column, values).lazy()).collect(), column, values
        )

    def over(self, rows: Rows) -> VisibleRows:
        """The same rule over other rows of the same state, without finding it again."""
        return VisibleRows(rows, self._rule)

    def scan(self, name: str) -> pl.LazyFrame:
        rows = self._rows.scan(name)
        return rows if self._rule is None else self._rule.applied(name, rows)


def visible(rows: Rows, profile: str) -> VisibleRows:
    """The records that `profile` (public, partner or internal) may see, with nothing of the others in them.

    A record above the profile goes. Then, until nothing changes: a record all of whose sources are gone goes; one
    whose key or required columns, or whose person, are gone goes; other references to what is gone become blank,
    and ids of sources that are gone vanish. A citation goes with the record that it cites. Of a thing with several
    records, those that may be seen stay; a source on which hidden records alone rest goes at last.

    Shape: only what is hidden is kept in memory, and what stands beside it.
    Raises:
        UnknownTerm: no such profile.
    """
    rank = int(word("visibility", profile).more["rank"])
    over = [token for token, w in vocabulary("visibility").items() if int(w.more["rank"]) > rank]
    if not over:
        return VisibleRows(rows)
    above = pl.col("visibility").is_in(over)
    if all(rows.scan(name).filter(above).head(1).collect().is_empty() for name in tables()):
        return VisibleRows(rows)
    return VisibleRows(rows, Rule(rows, above))


class Rule:
    """What of each record may be seen: found once, applied to any rows of the same state."""

    def __init__(self, rows: Rows, above: pl.Expr) -> None:
        self._above = above
        self.gone: dict[str, frozenset[str]] = {}
        self._unsaid = pl.DataFrame(schema=_SAID)
        self._orphans = frozenset[str]()
        while (now := self._now_gone(rows)) != self.gone:
            self.gone = now
        self._unsaid = self._now_unsaid(rows)
        lost = {name: self._lost(name, rows) for name in tables()}
        self._orphans = self._now_orphaned(rows, lost)
        hidden = {name: lost[name].height for name in tables()}
        hidden["sources"] += self._orphaned(rows)
        self.hidden = {name: count for name, count in hidden.items() if count}
        self.gone["sources"] |= self._orphans
        self.gone["citations"] = _gone(lost["citations"], self.applied("citations", rows.scan("citations")))
        self.gone = {name: things for name, things in self.gone.items() if things}

    def applied(self, name: str, table: pl.LazyFrame) -> pl.LazyFrame:
        """What may be seen of records of one table."""
        keep, changed = self._parts(name)
        seen = table.filter(keep).with_columns(changed)
        if name == "citations" and self._unsaid.height:
            seen = self._marked(seen).filter(pl.col("@lost").is_null()).drop("@lost", "@cited")
        if name == "sources" and self._orphans:
            seen = seen.filter(~_among("source_id", self._orphans))
        return seen

    def _parts(self, name: str) -> tuple[pl.Expr, list[pl.Expr]]:
        """Which records stay, and the columns in which something of them goes."""
        keep, changed = _cascade(name, self.gone)
        keep = ~self._above & keep
        if name == "citations":
            for cited in tables():
                if self.gone.get(cited) and cited != "citations":
                    keep &= ~(
                        (pl.col("table") == cited)
                        & _CITED.is_in(_texts(self.gone[cited]).implode()).fill_null(value=False)
                    )
        return keep, changed

    def _marked(self, citations: pl.LazyFrame) -> pl.LazyFrame:
        marked = self._unsaid.lazy().with_columns(pl.lit(True).alias("@lost"))
        return citations.with_columns(_CITED.alias("@cited")).join(
            marked, left_on=["table", "@cited", "source_id"], right_on=["table", "cited", "source_id"], how="left",
            maintain_order="left",
        )  # fmt: skip

    def _lost(self, name: str, rows: Rows) -> pl.DataFrame:
        """The records that cannot be seen: thing and sources of each."""
        keep, _ = self._parts(name)
        lost = rows.scan(name).filter(~keep).select(_LOST).collect()
        if name == "citations" and self._unsaid.height:
            more = self._marked(rows.scan(name).filter(keep)).filter(pl.col("@lost")).select(_LOST).collect()
            lost = pl.concat([lost, more])
        return lost

    def _now_gone(self, rows: Rows) -> dict[str, frozenset[str]]:
        return {name: _gone(self._lost(name, rows), self.applied(name, rows.scan(name))) for name in tables()}

    def _now_unsaid(self, rows: Rows) -> pl.DataFrame:
        """What hidden records alone say, by table: which source speaks of which thing."""
        found = []
        for name in tables():
            lost = self._lost(name, rows)
            if name != "citations" and lost.height:
                things = _texts(lost["thing"].unique().to_list())
                still = self.applied(name, rows.scan(name)).filter(pl.col("thing").is_in(things.implode()))
                pairs = sorted(_said(lost) - _said(still.select(_LOST).collect()))
                found += [(name, *pair) for pair in pairs]
        return pl.DataFrame(found, schema=_SAID, orient="row")

    def _now_orphaned(self, rows: Rows, lost: Mapping[str, pl.DataFrame]) -> frozenset[str]:
        """The sources that hidden records alone rest on: a title can name whom it is about."""
        left = {s for name in tables() for s in lost[name]["sources"].explode().drop_nulls().unique().to_list()}
        for name in tables():
            if left:
                seen = (
                    self.applied(name, rows.scan(name))
                    .select(pl.col("sources").explode())
                    .filter(_among("sources", left))
                )
                left -= set(seen.unique().collect()["sources"].to_list())
        return frozenset(left)

    def _orphaned(self, rows: Rows) -> int:
        """How many records of sources go for that alone."""
        keep, _ = self._parts("sources")
        found = rows.scan("sources").filter(keep, _among("source_id", self._orphans)).select(pl.len()).collect()
        return int(found.item())


_LOST = ("thing", "sources")
_SAID = {"table": pl.String, "cited": pl.String, "source_id": pl.String}
_CITED = pl.concat_str("dataset", pl.lit("/"), "key")


def _texts(values: Iterable[str]) -> pl.Series:
    return pl.Series(sorted(values), dtype=pl.String)


def _among(column: str, values: Iterable[str]) -> pl.Expr:
    return pl.col(column).is_in(_texts(values).implode()).fill_null(value=False)


def _gone(lost: pl.DataFrame, seen: pl.LazyFrame) -> frozenset[str]:
    """Things that had records and have none that is seen."""
    things = lost["thing"].unique()
    if not things.len():
        return frozenset()
    left = seen.filter(pl.col("thing").is_in(things.implode())).select("thing").collect()["thing"]
    return frozenset(things.to_list()) - frozenset(left.to_list())


def cascaded(name: str, table: pl.DataFrame, gone: Mapping[str, frozenset[str]]) -> pl.DataFrame:
    """The records that can stand without the things that are gone."""
    keep, changed = _cascade(name, gone)
    return table.filter(keep).with_columns(changed)


def _cascade(name: str, gone: Mapping[str, frozenset[str]]) -> tuple[pl.Expr, list[pl.Expr]]:
    """Which records can stand without the things that are gone, and the columns that lose something."""
    keep, changed = pl.lit(value=True), []
    lost_sources = _texts(gone.get("sources", ()))
    if lost_sources.len():
        had = pl.col("sources").list.len() > 0
        left = pl.col("sources").list.eval(pl.element().filter(~pl.element().is_in(lost_sources.implode())))
        keep &= ~(had & (left.list.len() == 0))
        changed.append(left)
    for column in tables()[name].columns.values():
        lost = gone.get(column.range, frozenset())
        if not lost or column.type != "ref":
            continue
        refers = _among(column.name, lost)
        if _needed(column):
            keep &= ~refers
        else:
            changed.append(pl.when(refers).then(None).otherwise(pl.col(column.name)).alias(column.name))
    return keep, changed


def _needed(column: Column) -> bool:
    # a mention of a hidden person holds the name as written, so it cannot stay without the person
    return column.in_key or column.need == "required" or column.range == "people"


def _said(table: pl.DataFrame) -> set[tuple[str, ...]]:
    """Which source speaks of which thing in a table."""
    return set(table.select(_LOST).explode("sources").drop_nulls().iter_rows())


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
        lost = casebook.table(name).join(open_rows.table(name).select("record"), on="record", how="anti")
        found.update(lost["record"].to_list(), lost["thing"].to_list())
        own = next((c.name for c in tables()[name].columns.values() if c.type == "id"), None)
        if own:
            found.update(lost[own].to_list())
    return frozenset(found)
