"""The content of a casebook piece by piece, so that memory holds one piece whatever the size of the whole.

A slice is a choice of rows that is closed: what it gives is, line for line, what the whole gives of these things.
Rows of cases go by matters (cases, trials and shared proceedings that hang together), those of people by whom they
are about; a source, an institution or a citation stands alone. A row belongs to one slice, by its owner.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import replace
from functools import cached_property
from typing import TypeAlias

import numpy as np
import numpy.typing as npt
import polars as pl

from graph.bolt import mapping
from graph.bolt.parts import Content, Part, content_of, judged_content, stub_parts
from graph.casebook import Casebook
from graph.exports.claims import Hushed
from graph.row_files import Lean, RowFiles, read
from graph.rows import MemoryRows
from ontology import tables

Filters: TypeAlias = Mapping[str, pl.Expr]
"""Which rows of each table are in a slice."""

_CASES, _PEOPLE, _RECORDS = 4_000, 12_000, 50_000
"""So many cases, people or citations make a slice: about 35 lines a case, of 4 kB each while they are made."""
_ALL = pl.lit(value=True)
_ALONE = ("sources", "bodies", "exchanges", "list_checks")
_OF_PEOPLE = ("people", "tenures", "sanctions", "classifications", "recognitions")
_OF_DEALS = ("exchange_participants", "exchange_mentions")
_OF_CASES = ("cases", "proceedings", "roles")


class Slices:
    """A casebook cut into slices; `all` gives them in an order in which each can be written after those before it."""

    def __init__(self, casebook: Casebook, *, pseudonym: Callable[[str], str] | None = None, seed: int = 0) -> None:
        rows, judgements = casebook.everything
        if isinstance(rows, RowFiles):
            lean = Lean(rows)
            casebook = Casebook(
                lean, judgements, resolved=casebook.resolved, profile=casebook.profile, today=casebook.today,
                identity=casebook.identity, minors=casebook.minors, seen=casebook.rows.over(lean),
            )  # fmt: skip
        self.book, self._pseudonym, self._seed = casebook, pseudonym, seed
        self._hushed = Hushed(casebook.rows, casebook.minors)
        self._made: dict[str, set[str]] = {}
        self._given = rows.given if isinstance(rows, Lean) else rows

    def all(self) -> Iterator[Content]:
        """Everything, each line once."""
        self._made.clear()
        for filters in self._every():
            yield self._once(self.of(filters))
        yield self._once(self.judged())

    def of(self, filters: Filters) -> Content:
        """The content of a slice; things that it points at and that no row describes stand in it by their ids."""
        frames = {name: self._rows(name, chosen) for name, chosen in filters.items()}
        book = Casebook(
            MemoryRows(frames), today=self.book.today, identity=self.book.identity, minors=self.book.minors,
        )  # fmt: skip
        return content_of(book, self._seed, self.undescribed)

    def judged(self) -> Content:
        """The judgements, what they compare, and how that hangs on things."""
        return judged_content(self.book, self._pseudonym, self._seed, self.undescribed)

    def undescribed(self, label: str, ids: pl.Series) -> pl.Series:
        """Those of the ids of things of a label that no row describes."""
        thing = next(t for t in mapping.things() if t.label == label)
        if not thing.frame or not ids.len():
            return ids
        key = tables()[thing.frame].key[0]
        rows = self.book.rows.scan(thing.frame).select(key).filter(pl.col(key).is_in(ids.implode()))
        return ids.filter(~ids.is_in(read(rows)[key].implode()))

    def stubs(self, label: str, ids: Collection[str]) -> list[Part]:
        """Things that something points at and nothing describes, by their ids."""
        return stub_parts(label, pl.Series(sorted(ids), dtype=pl.String), self._seed)

    # --- moments --------------------------------------------------------------------------------------------

    @property
    def line(self) -> int:
        """The manifest line of these rows; 0 where they are of no workspace."""
        return (isinstance(self._given, RowFiles) and self._given.at) or 0

    def rows_hash(self) -> str:
        """A hash of all versions of records that stand, also of those that the profile hides."""
        found: list[int] = []
        for name in tables():
            said = pl.struct("record", "version", "since").hash(0).sum().alias("said")
            found += self._given.scan(name).select(pl.len(), said).collect(engine="streaming").row(0)
        return _hash(found)

    def at(self, line: int) -> Slices:
        """The same at an earlier manifest line of the same frame of reference."""
        assert isinstance(self._given, RowFiles)
        book = self.book
        rows = Lean(self._given.before(line))
        return Slices(
            Casebook(
                rows, book.everything[1], resolved=book.resolved, profile=book.profile, today=book.today,
                identity=book.identity, minors=book.minors,
            ),
            pseudonym=self._pseudonym, seed=self._seed,
        )  # fmt: skip

    def differing(self, old: Slices) -> Iterator[Filters]:
        """The slices in which something may differ from an earlier moment of the same frame of reference."""
        changed = {name: self._changed(name, old.line) for name in tables()}
        owners = {
            name: set(read(rows.select(self._owner(name)).unique()).to_series()) for name, rows in changed.items()
        }
        # who wrote a source first may follow from another one
        alone = {
            name: self._among(name, owners[name]) if name != "sources" else _ALL for name in _ALONE if owners[name]
        }
        if alone:
            yield alone
        yield from self._pieces(_OF_PEOPLE, set().union(*(owners[n] for n in _OF_PEOPLE)))
        yield from self._pieces(_OF_DEALS, set().union(*(owners[n] for n in _OF_DEALS)))
        names = set().union(*(owners[n] for n in _OF_CASES))
        if names:
            trials = read(changed["cases"].select("trial_id").unique())["trial_id"].drop_nulls()
            act = (_ACT + self._canonical("proceeding", "proceeding_id")).alias("act")
            acts = read(pl.concat(changed[n].select(act) for n in ("proceedings", "roles")).unique())[
                "act"
            ].drop_nulls()
            names |= {n.removesuffix(" (case)") for n in names} | set(trials) | set(acts)
            yield from self._together(old, names)
        yield from self._pieces(("citations",), self._said().symmetric_difference(old._said()))

    def _changed(self, name: str, line: int) -> pl.LazyFrame:
        assert isinstance(self._given, RowFiles)
        return self._given.changed(name, line)

    def _said(self) -> set[str]:
        """The citations that are seen, with the line of their version: what hides one may lie in another record."""
        text = pl.concat_str("record", pl.lit(" "), "since").alias("said")
        return set(self.book.rows.scan("citations").select(text).collect()["said"])

    def _together(self, old: Slices, names: set[str]) -> Iterator[Filters]:
        """Slices of the cases that hang together with one of these names now or did so before."""
        books = [s._named() for s in (old, self)]
        known = 0
        while len(names) != known:
            known = len(names)
            for book in books:
                roots = book.filter(pl.col("name").is_in(_texts(names).implode()))["root"].unique()
                names |= set(book.filter(pl.col("root").is_in(roots.implode()))["name"])
        before, now = (b.filter(pl.col("name").is_in(_texts(names).implode()), pl.col("owns")) for b in books)
        # what was in one slice and what is in one now are in one
        links = pl.concat(
            [b.select("name", pl.col("root").cast(pl.String) + f"\x00{n}") for n, b in enumerate((before, now))]
        )
        links = links.rename({"name": "owner", "root": "other"})
        yield from self._of_owners(_cut(_roots(links["owner"].unique(), links), _CASES))

    @cached_property
    def frame_of_reference(self) -> str:
        """A hash of what every line rests on besides its own rows: who is whom, who is a child, what is hidden."""
        book, minors = self.book, self.book.minors
        cases = sorted(book.rows.where("cases", "person_id", minors)["thing"]) if minors else []
        acts = sorted(book.rows.where("proceedings", "case_id", cases)["thing"]) if cases else []
        named = {column.range for table in tables().values() for column in table.columns.values() if column.range}
        gone = {t: sorted(ids) for t, ids in sorted(book.rows.gone.items()) if t in named}
        who = {kind: sorted(ids.items()) for kind, ids in sorted(book.identity.by_kind.items())}
        return _hash([book.profile, book.resolved, sorted(minors), cases, acts, gone, who])

    # --- how the whole is cut -----------------------------------------------------------------------------

    def _every(self) -> Iterator[Filters]:
        yield dict.fromkeys(_ALONE, _ALL)
        yield from self._hashed(_OF_PEOPLE, "people", _PEOPLE)
        yield from self._hashed(_OF_DEALS, "exchange_participants", _RECORDS)
        yield from self._of_owners(_cut(self._named(), _CASES))
        yield from self._hashed(("citations",), "citations", _RECORDS)

    def _hashed(self, names: Collection[str], counted: str, size: int) -> Iterator[Filters]:
        count = self._height(counted) // size + 1
        for number in range(count):
            yield {n: self._owner(n).hash(0) % count == number if count > 1 else _ALL for n in names}

    def _height(self, name: str) -> int:
        return int(self.book.rows.scan(name).select(pl.len()).collect().item())

    def _owner(self, name: str) -> pl.Expr:
        """To whom a row belongs: all rows that make one line have one owner. Rows of nobody are together too."""
        return self._named_owner(name).fill_null("")

    def _named_owner(self, name: str) -> pl.Expr:
        if name in ("people", "tenures", "classifications", "recognitions"):
            return self._canonical("person", "person_id")
        if name == "sanctions":
            return pl.coalesce(self._canonical("person", "person_id"), self._canonical("body", "body_id"))
        if name == "exchange_participants":
            return pl.col("exchange_id")
        if name in _OF_CASES:
            # a row without a case goes with its proceeding
            case = self._canonical("case", "case_id")
            return case if name == "cases" else pl.coalesce(case, _ACT + self._canonical("proceeding", "proceeding_id"))
        if name in ("list_checks", "citations"):
            since = pl.concat_str("record", pl.lit(" "), "since")
            return pl.col("record") if name == "list_checks" else since
        key = tables()[name].key[0]
        return self._canonical("body", key) if name == "bodies" else pl.col(key)

    def _canonical(self, kind: str, column: str) -> pl.Expr:
        ids = self.book.identity.by_kind.get(kind, {})
        return pl.col(column).replace(list(ids), list(ids.values())) if ids else pl.col(column)

    def _pieces(self, names: Collection[str], owners: Collection[str]) -> Iterator[Filters]:
        every = sorted(owners)
        for start in range(0, len(every), _PEOPLE):
            yield {n: self._among(n, every[start : start + _PEOPLE]) for n in names}

    def _among(self, name: str, owners: Collection[str]) -> pl.Expr:
        return self._owner(name).is_in(_texts(owners).implode())

    def _of_owners(self, pieces: Iterable[pl.Series]) -> Iterator[Filters]:
        for own in pieces:
            yield {name: self._owner(name).is_in(own.implode()) for name in _OF_CASES}

    def _named(self) -> pl.DataFrame:
        """Owners of rows of cases and what links them: `name`, `owns` (it is an owner), `root` of its component."""
        owners = pl.concat(self._owners(n) for n in _OF_CASES).unique()
        return _roots(owners, self._links())

    def _owners(self, name: str) -> pl.Series:
        rows = self.book.rows.scan(name).select(self._owner(name).alias("owner")).unique()
        return rows.collect(engine="streaming")["owner"].drop_nulls()

    def _links(self) -> pl.DataFrame:
        """What holds owners together: `owner` and `other`, the names of a trial, a lone matter, or another owner."""
        scan = self.book.rows.scan
        owner = self._owner("cases").alias("owner")
        trials = scan("cases").select(owner, pl.col("trial_id").alias("other")).drop_nulls().unique()
        acts = pl.concat(
            scan(name).select(self._owner(name).alias("owner"), self._canonical("proceeding", "proceeding_id").alias("other"))
            for name in ("proceedings", "roles")
        ).drop_nulls().unique()  # fmt: skip
        shared = acts.filter(pl.col("other").is_duplicated()).with_columns((_ACT + pl.col("other")).alias("other"))
        # a lone case that has the name of a trial goes by another name, which might be that of another case
        lone = pl.concat(
            [scan("cases").select(owner), scan("proceedings").select(self._owner("proceedings").alias("owner"))]
        )
        lone = lone.filter(pl.col("owner").str.ends_with(" (case)")).unique()
        named = lone.select("owner", pl.col("owner").str.strip_suffix(" (case)").alias("other"))
        return pl.concat([frame.collect(engine="streaming") for frame in (trials, shared, named)])

    # --- what is in a slice -------------------------------------------------------------------------------

    def _rows(self, name: str, chosen: pl.Expr) -> pl.DataFrame:
        frame = read(self.book.rows.scan(name).filter(chosen)).sort("record")
        return self._hushed.hushed(name, frame)

    def _once(self, found: Content) -> Content:
        """The same without things that another slice had made already because it points at them too."""
        return replace(found, things=tuple(p for p in map(self._new, found.things) if p.frame.height))

    def _new(self, part: Part) -> Part:
        thing = next(t for t in mapping.things() if t.label == part.name)
        if part.name == "Matter":
            return part
        bare = part.frame["key"]
        if thing.frame:
            bare = self.undescribed(part.name, bare)
        made = self._made.setdefault(part.name, set())
        again = made.intersection(bare.to_list())
        made.update(bare.to_list())
        return replace(part, frame=part.frame.filter(~pl.col("key").is_in(sorted(again)))) if again else part


_ACT = pl.lit("\x00")


def _roots(owners: pl.Series, links: pl.DataFrame) -> pl.DataFrame:
    """All names once, with `owns` and the `root` of the component that each is in."""
    names = pl.concat([owners, links["owner"], links["other"]])
    if not names.len():
        return pl.DataFrame(schema={"name": pl.String, "owns": pl.Boolean, "root": pl.Int64})
    codes = names.rank("dense").to_numpy().astype(np.int64) - 1
    _, first, second = np.split(codes, [owners.len(), owners.len() + links.height])
    owns = pl.concat([pl.repeat(True, owners.len(), eager=True), pl.repeat(False, 2 * links.height, eager=True)])
    roots = _components(int(codes.max()) + 1, first, second)[codes]
    frame = pl.DataFrame({"name": names, "owns": owns, "root": roots})
    return frame.unique("name", keep="first", maintain_order=True)


def _cut(named: pl.DataFrame, size: int) -> Iterator[pl.Series]:
    """Owners in pieces of about `size`; those that hang together are in one."""
    placed = named.filter("owns").sort("root", "name").with_row_index("place")
    # a component lies where its first owner lies
    piece = (pl.col("place").min().over("root") // size).alias("piece")
    for _, found in placed.with_columns(piece).group_by("piece", maintain_order=True):
        yield found["name"]


def _components(count: int, first: npt.NDArray[np.int64], second: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """For each node the least node that it hangs together with."""
    roots = np.arange(count)
    while True:
        low = np.minimum(roots[first], roots[second])
        found = roots.copy()
        for ends in (first, second, roots[first], roots[second]):
            np.minimum.at(found, ends, low)
        found = found[found]
        if np.array_equal(found, roots):
            return roots
        roots = found


def _texts(values: Collection[str]) -> pl.Series:
    return pl.Series(sorted(values), dtype=pl.String)


def _hash(value: object) -> str:
    return hashlib.sha256(json.dumps(value).encode()).hexdigest()[:20]
