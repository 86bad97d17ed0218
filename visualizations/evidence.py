"""From a casebook's rows to what a reader can open: sources as references, places in them as evidence, names to show."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import cached_property

import polars as pl

from graph.casebook import Casebook
from graph.dates import latest
from visualizations.network_model import Evidence, Reference
from visualizations.texts import Name, message

_Place = tuple[str, str, str | None]


class EvidenceBook:
    """The sources of one casebook as pictures show them."""

    def __init__(self, casebook: Casebook) -> None:
        self.casebook = casebook
        self._children = casebook.children
        self._names: dict[tuple[str, str], Name] = {}

    def cut_off(self) -> str:
        """The latest day on which a source of the casebook was published or read; blank where none is dated."""
        rows = self.casebook.sources.select("published", "read_on")
        return latest(d for row in rows.iter_rows() for d in row if d) or ""

    def references(self, ids: Collection[str]) -> dict[str, Reference]:
        """The documents with these ids."""
        columns = ("source", "title", "url", "publisher", "published", "archive_url")
        rows = self.casebook.at("sources", "source", set(ids)).select(columns)
        found = {r[0]: Reference(r[0], r[1] or "", *r[2:]) for r in rows.iter_rows()}
        return {i: found.get(i) or Reference(i, i) for i in sorted(set(ids))}

    def name(self, kind: str, thing: str | None) -> Name:
        """The name of a person, institution or exchange; a child has none and is called so."""
        if thing is None:
            return Name(None, None)
        if (kind, thing) not in self._names:
            self._names[kind, thing] = self._name(kind, thing)
        return self._names[kind, thing]

    def _name(self, kind: str, thing: str) -> Name:
        if kind == "person" and thing in self._children:
            return Name(message("child", "en"), message("child", "ru"))
        found = self.casebook.name(thing, kind)
        latin, russian = found.get("en"), found.get("ru") or found.get("uk") or found.get("be")
        return Name(latin, russian) if latin or russian else Name(thing, None)

    def of(
        self, table: str, records: Iterable[str], sources: Iterable[str], *, quote: str | None = None
    ) -> tuple[Evidence, ...]:
        """The evidence of a row: each source once, with the places in it that citations name."""
        places = self._places_of(table, records)
        out = []
        for source in sorted(set(sources)):
            found = places.get(source)
            if found:
                out += [Evidence(source, locator, words, archive) for locator, words, archive in found]
            else:
                out.append(Evidence(source, "", quote or ""))
        return tuple(out)

    def _places_of(self, table: str, records: Iterable[str]) -> Mapping[str, Sequence[_Place]]:
        if not self._places:
            return {}
        found: defaultdict[str, list[_Place]] = defaultdict(list)
        for record in records:
            for source, place in self._places.get((table, self._keys(table).get(record, "")), ()):
                if place not in found[source]:
                    found[source].append(place)
        return found

    @cached_property
    def _places(self) -> dict[tuple[str, str], list[tuple[str, _Place]]]:
        """Citations by (table, `dataset/key`): the source, and page, words and copy."""
        found: defaultdict[tuple[str, str], list[tuple[str, _Place]]] = defaultdict(list)
        for row in self.casebook.citations.iter_rows(named=True):
            parts = [("p. ", row["page"]), ("§ ", row["paragraph"]), ("", row["timecode"]), ("", row["column"])]
            locator = ", ".join(sign + text for sign, text in parts if text)
            words = " — ".join(filter(None, [row["quote"], row["translation"]]))
            at = (row["table"], f"{row['dataset']}/{row['key']}")
            found[at].append((row["source_id"], (locator, words, row["archive_url"])))
        return dict(found)

    def _keys(self, table: str) -> dict[str, str]:
        """The `dataset/key` of each record of a table."""
        if table not in self._by_table:
            rows = self.casebook.table(table).select("record", "thing")
            self._by_table[table] = dict(rows.iter_rows())
        return self._by_table[table]

    @cached_property
    def _by_table(self) -> dict[str, dict[str, str]]:
        return {}


def distinct(values: Iterable[str | None]) -> list[str]:
    """The values that are there, each once, in order of appearance."""
    return list(dict.fromkeys(v for v in values if v))


def rows_of(frame: pl.DataFrame) -> list[dict[str, object]]:
    """A small frame as dictionaries."""
    return frame.to_dicts()
