"""The rows of one state with identity applied: what every answer, analysis, picture and export reads.

A `Casebook` joins the tables once, lazily, with canonical ids everywhere. Rules that all answers share live here
and in `graph.agreement` (several records of one thing), `graph.listings` (listed or not) and `graph.visibility`
(what a profile may see). Frames are polars; their columns are said in docs/architecture.md.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from functools import cached_property
from typing import TypeAlias

import numpy as np
import numpy.typing as npt
import polars as pl

from graph import dates
from graph.agreement import CONFLICTS, Merged, counting_bases, merged
from graph.answers import Row
from graph.children import children
from graph.identity import KINDS, SAME, Identity, Judgement, resolve, standing
from graph.listings import ListingBook, Lists
from graph.rows import Rows, is_reference
from graph.surroundings import surroundings
from graph.versions import versions
from graph.visibility import VisibleRows, told, visible, withheld
from ontology import tables, vocabulary

Name: TypeAlias = dict[str, "str | None"]

_TEXTS = pl.List(pl.String)
_LISTED = ("category", "occupation", "found_by")
"""What compilers say of a person in their own words: a list, for each dataset may say another thing."""
_NAMES = ("name_en", "name_ru", "name_uk", "name_be")


class Casebook:
    """One state of the records, read through judgements and a profile.

    `today` decides who is a child. Without `resolved`, nothing is joined; doubts stay, for they keep the program
    from saying that somebody is not listed. `seen` is what the profile may see of the rows, where that is known already.
    """

    def __init__(
        self,
        rows: Rows,
        judgements: Iterable[Judgement] = (),
        *,
        resolved: bool = True,
        profile: str = "internal",
        today: date,
        identity: Identity | None = None,
        minors: frozenset[str] | None = None,
        seen: VisibleRows | None = None,
    ) -> None:
        if minors is not None:  # a selection may lack the record that makes somebody a child
            self.__dict__["minors"] = minors
        seen, given = seen or visible(rows, profile), list(judgements)
        self.rows = seen
        self.hidden: Mapping[str, int] = seen.hidden
        self.resolved, self.profile, self.today = resolved, profile, today
        self.judgements = tuple(told(given, seen))
        self.identity = identity or identity_of(self.rows, self.judgements, resolved=resolved)
        self.everything = rows, tuple(given)
        self._merged: dict[str, Merged] = {}
        self._positions: dict[tuple[str, str], _Places] = {}

    # --- tables -----------------------------------------------------------------------------------------------

    def table(self, name: str) -> pl.DataFrame:
        """The records of a table with canonical ids in place of all ids but `thing`."""
        return self._resolved(name, self.rows.table(name))

    def at_table(self, name: str, column: str, values: Collection[str]) -> pl.DataFrame:
        """The records of a table whose `column` (as the record has it) is one of `values`, as `table` gives them."""
        return self._resolved(name, self.rows.where(name, column, values))

    def _resolved(self, name: str, table: pl.DataFrame) -> pl.DataFrame:
        for column in tables()[name].columns.values():
            kind = _kind(name, column.name)
            ids = self.identity.by_kind.get(kind or "", {})
            if ids and is_reference(column) and not column.many:
                table = table.with_columns(pl.col(column.name).replace(list(ids), list(ids.values())))
        return table

    def _one_each(self, name: str) -> pl.DataFrame:
        """One row for each thing of a table; its conflicts are kept."""
        if name not in self._merged:
            # two datasets look their own people up in one list on two days: no thing of both, so no conflict
            own = ("dataset",) if name == "list_checks" else ()
            self._merged[name] = merged(self.table(name), name, (*tables()[name].key, *own))
        return self._merged[name].rows

    @cached_property
    def conflicts(self) -> pl.DataFrame:
        """Every field on which records of one thing differ: table, thing, field, things (ids of the records)."""
        for name in tables():
            if name != "citations":
                self._one_each(name)
        found = [m.conflicts for m in self._merged.values() if m.conflicts.height]
        frame = pl.concat(found) if found else pl.DataFrame(schema=CONFLICTS)
        return frame.sort("table", "thing", "field")

    @cached_property
    def people(self) -> pl.DataFrame:
        """A row for each person; a child has no name in it."""
        rows = self._one_each("people")
        child = pl.col("person").is_in(pl.Series(sorted(self.children), dtype=pl.String).implode())
        out = rows.rename({"person_id": "person", "name": "name_en"}).with_columns(
            *(
                pl.when(pl.col(c).is_null()).then(pl.lit([], dtype=_TEXTS)).otherwise(pl.concat_list(c)).alias(c)
                for c in _LISTED
            ),
            child.alias("child"),
        )
        several = (out["records"].list.len() > 1).arg_true()
        if several.len():
            out = _with_lists(out, several, self.table("people"))
            out = out.with_columns(pl.Series("aliases", _spellings(out, several, self.table("people")), dtype=_TEXTS))
        out = out.with_columns(
            *(pl.when("child").then(None).otherwise(pl.col(c)).alias(c) for c in _NAMES),
            pl.when("child").then(pl.lit([], dtype=_TEXTS)).otherwise(pl.col("aliases")).alias("aliases"),
            pl.col("ids")
            .list.eval(pl.element().str.extract("^([^/]*)"))
            .list.unique(maintain_order=True)
            .alias("datasets"),
        )
        return out.drop("records").rename({"ids": "records"}).sort("person")

    @cached_property
    def children(self) -> frozenset[str]:
        """Canonical ids of the people who carry no name: one record that makes somebody a child is enough."""
        return frozenset(self.identity.canonical("person", person) for person in self.minors)

    @cached_property
    def minors(self) -> frozenset[str]:
        """All ids, as records have them, of the people who carry no name.

        A record that the profile hides and a judgement that is not asked for protect a child all the same.
        """
        rows, judgements = self.everything
        whole = self.resolved and not self.hidden
        identity = self.identity if whole else identity_of(rows, judgements, resolved=True)
        people = rows.scan("people").select("thing", "category", "birth_date", "birth_year").collect()
        found = people.filter(children(people, self.today))["thing"].to_list()
        return frozenset(member for person in found for member in identity.members("person", person))

    @cached_property
    def spoken(self) -> tuple[Judgement, ...]:
        """The standing judgements as they may leave: those on a child, or on a case of one, without the words on them."""
        young = self.minors | set(self.rows.where("cases", "person_id", self.minors)["thing"])
        return tuple(
            replace(j, why=None, evidence=None) if young & set(j.pair) else j for j in standing(self.judgements)
        )

    @cached_property
    def bodies(self) -> pl.DataFrame:
        """A row for each institution."""
        return self._one_each("bodies").rename({"body_id": "body", "name": "name_en"}).sort("body")

    @cached_property
    def _cases(self) -> pl.DataFrame:
        rows = self._one_each("cases").rename({"case_id": "case", "person_id": "defendant"})
        pairs = self.table("cases").select(pl.col("case_id").alias("case"), pl.col("trial_id").alias("trial"))
        shared = self.case_acts.filter(pl.col("proceeding").is_duplicated())
        return _with_matters(rows.drop("trial_id"), pairs.drop_nulls("trial").unique(maintain_order=True), shared)

    @cached_property
    def doubled_cases(self) -> pl.Series:
        """Cases that are not the only one of their defendant in their matter: they count once together."""
        known = self._cases.select("case", "defendant", "matter").drop_nulls()
        return known.filter(pl.struct("defendant", "matter").hash().is_duplicated())["case"]

    @cached_property
    def cases(self) -> pl.DataFrame:
        """A row for each case, with its defendant and its matter."""
        return self._cases.sort("case")

    @cached_property
    def _proceedings(self) -> pl.DataFrame:
        rows = self._one_each("proceedings").rename(
            {"proceeding_id": "proceeding", "case_id": "case", "body_id": "court", "decision_date": "date"}
        )
        return _with_effects(rows, self.table("proceedings"))

    @cached_property
    def proceedings(self) -> pl.DataFrame:
        """A row for each proceeding, with court, effect and matter."""
        matters = self.case_acts.join(self._cases.select("case", "matter"), on="case", how="left")
        one = matters.select("proceeding", "matter").unique("proceeding", keep="first", maintain_order=True)
        return self._proceedings.join(one, on="proceeding", how="left").sort("proceeding")

    @cached_property
    def case_acts(self) -> pl.DataFrame:
        """Which proceeding stands in which case: by every record, also where these differ."""
        pairs = self.table("proceedings").select(
            pl.col("case_id").alias("case"), pl.col("proceeding_id").alias("proceeding")
        )
        return pairs.drop_nulls().unique(maintain_order=True)

    @cached_property
    def hearings(self) -> pl.DataFrame:
        """A row for each proceeding and case of it: proceeding, defendant, hearing.

        `hearing` names what is heard together: matter, court, date and stage; null where one of these is not known.
        """
        hearing = pl.concat_str("matter", "court", "date", "stage", separator="|")
        own = self.case_acts.join(self._cases.select("case", "defendant", "matter"), on="case", how="left")
        acts = self._proceedings.select("proceeding", "court", "date", "stage")
        return own.join(acts, on="proceeding", how="left").select("proceeding", "defendant", hearing.alias("hearing"))

    @cached_property
    def involvements(self) -> pl.DataFrame:
        """A row for each person in a role in a proceeding or case.

        `date` is the role's own, else the proceeding's. A role named at another hearing counts for the matter and
        not for the date, so it has no `first_day`, `last_day` and `year`.
        """
        return self._involved.collect(engine="in-memory")

    def involved(self, wanted: pl.Expr, columns: Sequence[str]) -> pl.DataFrame:
        """Some columns of the involvements that are `wanted`: a third of the work where nobody needed all of them yet."""
        known = self.__dict__.get("involvements")
        frame = self._involved if known is None else known.lazy()
        return frame.filter(wanted).select(columns).collect(engine="in-memory")

    @cached_property
    def _involved(self) -> pl.LazyFrame:
        roles = self._one_each("roles").rename(
            {"person_id": "person", "proceeding_id": "proceeding", "case_id": "case", "body_id": "institution"}
        )
        acts = self._proceedings.select(
            "proceeding", "court", "stage", pl.col("date").alias("act_date"), "outcome", "effect", "sentence_kind",
            "sentence_months", pl.col("conflicts").alias("act_conflicts"),
        )  # fmt: skip
        cases = self._cases.select("case", "defendant", "matter", "articles")
        official = pl.Series([t for t, w in vocabulary("role").items() if w.more["official"] == "yes"])
        counting = pl.Series(sorted(counting_bases()))
        undisputed = pl.when(~pl.col("conflicts").list.contains("date"))
        child = pl.col("person").is_in(pl.Series(sorted(self.children), dtype=pl.String).implode())
        there = pl.when(pl.col("basis").ne_missing("other_hearing"))
        return (
            roles.lazy()
            .join(acts.lazy(), on="proceeding", how="left", maintain_order="left")
            .join(cases.lazy(), on="case", how="left", maintain_order="left")
            .with_columns(
                undisputed.then(pl.coalesce("date", "act_date")).alias("date"),
                pl.col("role").is_in(official.implode()).alias("official"),
                pl.col("basis").is_in(counting.implode()).fill_null(False).alias("counts"),
                pl.when(pl.col("act_conflicts").list.len() > 0)
                .then(pl.col("conflicts").list.set_union("act_conflicts"))
                .otherwise(pl.col("conflicts"))
                .alias("conflicts"),
                pl.when(~child).then("name_as_written").alias("name_as_written"),
                _origins_of("sources", self._origin_of),
            )
            .join(_days([roles["date"], acts["act_date"]]).lazy(), on="date", how="left", maintain_order="left")
            .with_columns(there.then(c).alias(c) for c in ("first_day", "last_day"))
            .with_columns(pl.col("first_day").dt.year().cast(pl.Int64).alias("year"))
            .select(
                "person", "role", "official", "counts", "basis", "proceeding", "case", "matter", "defendant", "court",
                "institution", "stage", "date", "first_day", "last_day", "year", "outcome", "effect", "sentence_kind",
                "sentence_months", "articles", "name_as_written", "status", "confidence", "records", "sources",
                "origins", "conflicts", "note",
            )
        )  # fmt: skip

    @cached_property
    def listings(self) -> pl.DataFrame:
        """A row for each sanctions listing of a person or an institution."""
        rows = self._one_each("sanctions")
        return rows.rename({"person_id": "person", "body_id": "body", "reason_summary": "reason"}).drop("ids").sort(
            "person", "body", "authority", "programme", "list_date"
        )  # fmt: skip

    @cached_property
    def list_checks(self) -> pl.DataFrame:
        """A row for each look-up of everybody of one category in one list."""
        return self.rows.table("list_checks").select(
            "dataset", "authority", "programme", "scope", "as_of", "checked_on"
        ).unique().sort(pl.all())  # fmt: skip

    @cached_property
    def classifications(self) -> pl.DataFrame:
        """Who calls whom what."""
        rows = self._without_quotes("classifications")
        return rows.rename({"person_id": "person"}).drop("ids").sort("person", "category", "by")

    @cached_property
    def recognitions(self) -> pl.DataFrame:
        """Who recognised whom as what; `status` is the recognition's."""
        return (
            self._one_each("recognitions").rename({"person_id": "person"}).drop("ids").sort("person", "body", "status")
        )

    @cached_property
    def tenures(self) -> pl.DataFrame:
        """Who held which post where."""
        rows = self._one_each("tenures").rename({"person_id": "person", "body_id": "body"})
        return rows.drop("ids").sort("person", "body", "post")

    @cached_property
    def exchanges(self) -> pl.DataFrame:
        """A row for each deal."""
        return self._one_each("exchanges").rename({"exchange_id": "exchange", "name": "name_en"}).sort("exchange")

    @cached_property
    def participants(self) -> pl.DataFrame:
        """Who was released in which deal."""
        rows = self._one_each("exchange_participants").rename({"exchange_id": "exchange", "person_id": "person"})
        return rows.sort("exchange", "person")

    @cached_property
    def mentions(self) -> pl.DataFrame:
        """Who was asked for, offered, refused or named."""
        rows = self._without_quotes("exchange_mentions")
        return rows.rename({"mention_id": "mention", "exchange_id": "exchange", "person_id": "person"}).sort("mention")

    @cached_property
    def citations(self) -> pl.DataFrame:
        """Which source says which cell, where in it; `key` is local to `dataset`. Quotes about children are left out."""
        return self.unquoted(self.table("citations"))

    def unquoted(self, citations: pl.DataFrame) -> pl.DataFrame:
        """Citations without the words of those that are about a child: the words may name it."""
        parts = citations.select("record", "dataset", pl.col("key").str.split("|")).explode("key")
        named = parts.select("record", pl.concat_str("dataset", pl.lit("/"), "key").alias("thing"))
        minors = pl.Series(sorted(self.minors), dtype=pl.String)
        about = named.filter(pl.col("thing").is_in(minors.implode()))["record"].unique()
        child = pl.col("record").is_in(about.implode())
        return citations.with_columns(pl.when(~child).then(c).alias(c) for c in ("quote", "translation"))

    def _without_quotes(self, name: str) -> pl.DataFrame:
        """The rows of a table, without what sources say of children in their words."""
        rows = self._one_each(name)
        child = pl.col("person_id").is_in(pl.Series(sorted(self.children), dtype=pl.String).implode())
        worded = [c for c in ("name", "quote") if c in rows.columns]
        return rows.with_columns(
            pl.when(child.fill_null(False)).then(None).otherwise(pl.col(c)).alias(c) for c in worded
        )

    # --- sources ----------------------------------------------------------------------------------------------

    @cached_property
    def sources(self) -> pl.DataFrame:
        """A row for each source; `origin` is who wrote it first, else the publisher, followed through reprints."""
        table = self.rows.table("sources")
        return table.rename({"source_id": "source"}).with_columns(_origins(table)).sort("source")

    @cached_property
    def _origin_of(self) -> Mapping[str, str]:
        return dict(zip(self.sources["source"].to_list(), self.sources["origin"].to_list(), strict=True))

    @cached_property
    def _source_cards(self) -> Mapping[str, Row]:
        rows = self.sources.select("source", "url", "title")
        return {s: {"id": s, "url": url, "title": title} for s, url, title in rows.iter_rows()}

    def source_list(self, ids: Iterable[str]) -> list[Row]:
        """The sources with their address and title, ordered by id, each once."""
        cards = self._source_cards
        try:
            return [cards[s] for s in sorted(set(ids))]
        except KeyError:  # a source that nobody described, which a load refuses
            return [cards.get(s) or {"id": s, "url": None, "title": None} for s in sorted(set(ids))]

    def source_places(self, column: str) -> pl.Expr:
        """A column of source ids as places in `sources`, which sort alike and cost less to carry; see `sources_at`."""
        known = self.sources["source"].to_list()
        place = pl.element().replace_strict(known, range(len(known)), default=None, return_dtype=pl.Int64)
        return pl.col(column).list.eval(place if known else pl.element().str.to_integer(strict=False)).alias(column)

    def sources_at(self, places: Iterable[int]) -> list[Row]:
        """The sources at places in `sources`, with their address and title."""
        cards = self._source_order
        return [cards[i] for i in places]

    @cached_property
    def _source_order(self) -> Sequence[Row]:
        return list(self._source_cards.values())

    # --- looking things up ------------------------------------------------------------------------------------

    def at(self, frame: str, column: str, values: Collection[str]) -> pl.DataFrame:
        """The rows of a frame whose `column` is one of `values`, in the frame's order, found by binary search."""
        if (frame, column) not in self._positions:
            # taking 50 rows out of a frame in chunks costs 8 ms, out of a whole one 0.04 ms
            self.__dict__[frame] = getattr(self, frame).rechunk()
            self._positions[frame, column] = _Places(getattr(self, frame)[column])
        return getattr(self, frame)[self._positions[frame, column].of(values)]  # type: ignore[no-any-return]

    def canonical(self, kind: str, thing: str) -> str:
        """The id by which a thing goes here."""
        return self.identity.canonical(kind, thing)

    def name(self, thing: str, kind: str | None = None) -> Name:
        """The name of a person, institution or exchange (of `kind`, else of whichever there is)."""
        kinds = (kind,) if kind else ("person", "body", "exchange")
        for k in kinds:
            found = self.names(k, [self.canonical(k, thing)])
            if found:
                return next(iter(found.values()))
        return {"en": None, "ru": None}

    def names(self, kind: str, things: Collection[str]) -> dict[str, Name]:
        """Names by canonical id. `uk` and `be` stand only where there is neither an English nor a Russian name."""
        frame = {"person": "people", "body": "bodies", "exchange": "exchanges"}[kind]
        rows = self.at(frame, kind, set(things))
        if kind == "person":
            return {p: _name(*names) for p, *names in rows.select("person", *_NAMES).iter_rows()}
        if kind == "body":
            return {b: _name(en, ru) for b, en, ru in rows.select("body", "name_en", "name_ru").iter_rows()}
        return {e: _name(en, None) for e, en in rows.select("exchange", "name_en").iter_rows()}

    def listing_states(self, person: str) -> list[Row]:
        """Where a person stands on every list of the vocabulary: `{authority, programme, state, date}`."""
        return self._listing_book.states(self.canonical("person", person))

    def unlooked(self, lists: Lists) -> list[str]:
        """The programmes of these lists in which nobody looked anybody up."""
        return self._listing_book.unlooked(lists)

    @cached_property
    def _listing_book(self) -> ListingBook:
        return ListingBook(self)

    def versions(self, thing: str, field: str) -> list[Row]:
        """What each record says of one field of a thing: `{value, records, sources, status}` for each value."""
        return versions(self, thing, field)

    @cached_property
    def not_public(self) -> frozenset[str]:
        """Ids of the records and of the things of which something may not leave the workspace as public."""
        return withheld(self)


def around(
    rows: Rows,
    judgements: Iterable[Judgement],
    kind: str,
    things: Collection[str],
    *,
    resolved: bool = True,
    profile: str = "internal",
    today: date,
) -> Casebook:
    """A casebook with only what is needed to answer `who`, `case`, `court`, `exchange` or `sources` of `things`.

    It answers as one over all rows does, and asks `rows` by `where` alone. `kind` is person, case, proceeding, body
    or exchange; with any other it answers `sources`.
    """
    given = list(judgements)
    whole = identity_of(rows, given, resolved=True)  # also to see who is a child by another record
    near = surroundings(rows, whole, kind, things)
    known = whole if profile == "internal" and resolved else None
    return Casebook(near, given, resolved=resolved, profile=profile, today=today, identity=known)


class _Places:
    """Where in a column each value stands."""

    def __init__(self, column: pl.Series) -> None:
        order = column.arg_sort(nulls_last=True)
        known = column.len() - column.null_count()
        self._order = order.head(known).to_numpy().astype(np.int64)
        self._sorted = column.gather(order.head(known))

    def of(self, values: Collection[str]) -> npt.NDArray[np.int64]:
        """Positions of all rows that hold one of `values`, ascending."""
        wanted = pl.Series(sorted(set(values)), dtype=pl.String)
        if not wanted.len() or not self._sorted.len():
            return np.empty(0, dtype=np.int64)
        low = self._sorted.search_sorted(wanted, side="left").to_numpy()
        high = self._sorted.search_sorted(wanted, side="right").to_numpy()
        found = [self._order[a:b] for a, b in zip(low.tolist(), high.tolist(), strict=True) if b > a]
        return np.sort(np.concatenate(found)) if found else np.empty(0, dtype=np.int64)


def identity_of(rows: Rows, judgements: Iterable[Judgement], *, resolved: bool) -> Identity:
    """Who is whom among the things that are loaded; judgements about others wait."""
    given = [j for j in judgements if resolved or j.verdict != SAME]
    loaded: dict[str, set[str]] = {}
    for kind, table in KINDS.items():
        ids = {thing for j in given if j.kind == kind for thing in j.pair}
        loaded[kind] = set(rows.where(table, tables()[table].key[0], ids)["thing"].to_list()) if ids else set()
    return resolve(j for j in given if set(j.pair) <= loaded.get(j.kind, set()))


def _kind(table: str, column: str) -> str | None:
    """The kind of thing that a column names; None where nothing of the kind is judged."""
    spec = tables()[table]
    named = spec.columns[column]
    target = spec.name if named.type == "id" else named.range
    return next((kind for kind, name in KINDS.items() if name == target), None)


def _name(en: str | None, ru: str | None, uk: str | None = None, be: str | None = None) -> Name:
    more = {} if en or ru else {k: v for k, v in (("uk", uk), ("be", be)) if v}
    return {"en": en, "ru": ru, **more}


def _with_lists(out: pl.DataFrame, several: pl.Series, table: pl.DataFrame) -> pl.DataFrame:
    """The same people with every value that their records give, for those with several records."""
    wanted = out["person"].gather(several)
    records = table.filter(pl.col("person_id").is_in(wanted.implode()))
    for column in _LISTED:
        values = (
            records.select("person_id", column).drop_nulls().group_by("person_id").agg(pl.col(column).unique().sort())
        )
        more = values.rename({"person_id": "person", column: "more"})
        out = out.join(more, on="person", how="left", maintain_order="left").with_columns(
            pl.coalesce("more", column).alias(column)
        ).drop("more")  # fmt: skip
    return out


def _spellings(out: pl.DataFrame, several: pl.Series, table: pl.DataFrame) -> list[list[str]]:
    """Aliases of everybody; those of a person with several records hold the names that these give besides."""
    aliases: list[list[str]] = out["aliases"].to_list()
    chosen = out.select("person", *_NAMES)
    spelt: defaultdict[str, set[str]] = defaultdict(set)
    wanted = pl.Series(out["person"].gather(several))
    columns = ("name", "name_ru", "name_uk", "name_be")
    for person, *names in (
        table.filter(pl.col("person_id").is_in(wanted.implode())).select("person_id", *columns).iter_rows()
    ):
        spelt[person].update(n for n in names if n)
    for row in several.to_list():
        person, *names = chosen.row(row)
        aliases[row] = sorted((spelt[person] | set(aliases[row] or ())) - set(names))
    return aliases


def _with_matters(cases: pl.DataFrame, pairs: pl.DataFrame, shared: pl.DataFrame) -> pl.DataFrame:
    """Cases with `trial` (the trials they stand in) and `matter`: a component of cases and trials.

    `pairs` are (case, trial), `shared` the (case, proceeding) of proceedings that stand in several cases: what was
    heard at once is one matter, also where two datasets give the trial two names. A matter goes by its least trial,
    else by its least case. A lone case whose id is also the name of a trial of others is another matter and gets
    another id.
    """
    by_case = pairs.group_by("case").agg(pl.col("trial").sort())
    alone = pl.when(pl.col("case").is_in(pairs["trial"].unique().implode())).then(pl.col("case") + " (case)")
    first = pl.coalesce(pl.col("trial").list.first(), alone.otherwise(pl.col("case")))
    out = cases.join(by_case, on="case", how="left", maintain_order="left").with_columns(first.alias("matter"))
    joint: list[list[str]] = out.filter(pl.col("trial").list.len() > 1)["trial"].to_list()
    if shared.height:
        heard = shared.join(out.select("case", "matter"), on="case", how="inner")
        joint += heard.group_by("proceeding").agg(pl.col("matter").unique())["matter"].to_list()
    if joint:
        trials = set(pairs["trial"].unique().to_list())
        one = _joined(joint, least=lambda matter: (matter not in trials, matter))
        out = out.with_columns(pl.col("matter").replace(list(one), list(one.values())))
    return out.with_columns(pl.col("trial").fill_null(pl.lit([], dtype=_TEXTS)))


def _joined(groups: Iterable[Sequence[str]], *, least: Callable[[str], tuple[bool, str]]) -> dict[str, str]:
    """For everything in groups that overlap, the one by which all of them go."""
    roots: dict[str, str] = {}

    def root(thing: str) -> str:
        while roots.setdefault(thing, thing) != thing:
            thing = roots[thing]
        return thing

    for group in groups:
        found = [root(thing) for thing in group]
        one = min(found, key=least)
        roots.update(dict.fromkeys(found, one))
    return {thing: root(thing) for thing in list(roots)}


def _with_effects(rows: pl.DataFrame, table: pl.DataFrame) -> pl.DataFrame:
    """Proceedings with the effect that they state, else the default of the outcome.

    Outcomes that differ and have one default (two words for a conviction) have that effect; else it is unknown.
    """
    defaults = {token: word.more["effect"] for token, word in vocabulary("outcome").items()}
    default = pl.col("outcome").replace_strict(
        list(defaults), list(defaults.values()), default=None, return_dtype=pl.String
    )
    disputed = pl.col("conflicts").list.contains("effect")
    out = rows.with_columns(
        pl.when(disputed).then(pl.lit("unknown")).otherwise(pl.coalesce("effect", default)).alias("effect")
    )
    open_ = rows.filter(pl.col("effect").is_null() & pl.col("outcome").is_null() & ~disputed)["proceeding"]
    if not open_.len():
        return out
    said = table.filter(pl.col("proceeding_id").is_in(open_.implode())).select(
        pl.col("proceeding_id").alias("proceeding"), default.alias("said")
    ).drop_nulls().group_by("proceeding").agg(pl.col("said").unique())  # fmt: skip
    agreed = pl.when(pl.col("said").list.len() == 1).then(pl.col("said").list.first()).when(
        pl.col("said").list.len() > 1
    ).then(pl.lit("unknown"))  # fmt: skip
    return out.join(said, on="proceeding", how="left", maintain_order="left").with_columns(
        pl.coalesce("effect", agreed).alias("effect")
    ).drop("said")  # fmt: skip


def _days(texts: Sequence[pl.Series]) -> pl.DataFrame:
    """The first and last day that each date can mean."""
    found = sorted(set().union(*(column.unique().drop_nulls().to_list() for column in texts)))
    return pl.DataFrame(
        {
            "date": found,
            "first_day": [dates.first_day(t) for t in found],
            "last_day": [dates.last_day(t) for t in found],
        },
        schema={"date": pl.String, "first_day": pl.Date, "last_day": pl.Date},
    )


def _origins(table: pl.DataFrame) -> pl.Series:
    """Who wrote each source first, spelt one way for all.

    Its own `origin` stands; else one whose `canonical_url` is another source's address has that one's origin; else
    its publisher stands, else its own id: nobody knows that it is a reprint.
    """
    rows = table.select("source_id", "url", "canonical_url", "origin", "publisher").rows()
    by_url = {url: i for i, (_, url, _, _, _) in reversed(list(enumerate(rows))) if url}

    def origin(i: int) -> str:
        seen = {i}
        while rows[i][3] is None and (j := by_url.get(rows[i][2] or "")) is not None and j not in seen:
            seen.add(j)
            i = j
        source, _, _, written_by, publisher = rows[i]
        return str(written_by or publisher or source)

    texts = [" ".join(origin(i).split()) for i in range(len(rows))]
    spelt: dict[str, str] = {}
    for text in sorted(texts):
        spelt.setdefault(text.casefold(), text)
    return pl.Series("origin", [spelt[t.casefold()] for t in texts], dtype=pl.String)


def _origins_of(sources: str, origin_of: Mapping[str, str]) -> pl.Expr:
    """The origins of each row's sources, each once, in the order of the sources."""
    named = pl.element().replace(list(origin_of), list(origin_of.values())) if origin_of else pl.element()
    return pl.col(sources).list.eval(named).list.unique(maintain_order=True).alias("origins")
