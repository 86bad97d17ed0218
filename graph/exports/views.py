"""Views for researchers: who was involved with whom, as nodes and edges that say what they mean.

`VIEWS` lists them. Each takes the casebook and the involvements that pass the filters, and gives tables; `make_view`
does both. Only involvements that count are in a view (docs/architecture.md), each matter once.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import polars as pl

from graph.articles import parse, title
from graph.exports.graph_files import Table
from graph.listings import CANNOT_TELL, DELISTED, LISTED, NOT_FOUND, NOT_LOOKED
from graph.projections import seats
from ontology import vocabulary

if TYPE_CHECKING:
    from graph.casebook import Casebook


class Scene(NamedTuple):
    """What a view is made of: the casebook, the officials' involvements that passed, the language of labels."""

    book: Casebook
    acts: pl.DataFrame
    lang: str


@dataclass(frozen=True, slots=True)
class View:
    """One view: its name, the function that makes it (its docstring says what a node, an edge and a weight mean)."""

    name: str
    make: Callable[[Scene], Table]
    filtered: bool = True
    """Whether the filters of officials apply to it."""

    @property
    def about(self) -> str:
        return " ".join((self.make.__doc__ or "").split())


# --- the views ----------------------------------------------------------------------------------------------


def official_case(scene: Scene) -> Table:
    """Officials and cases.

    Node: an official, or a case (one person's prosecution). Edge: one role in one proceeding of the case; the same
    two can have several. Weight: 1.
    """
    acts = scene.acts.with_columns(_id("official", "person").alias("source"), _id("case", "case").alias("target"))
    edges = acts.with_columns(pl.lit(1, pl.Int64).alias("weight")).select(
        "source", "target", "weight", *_ACT, "records", "sources"
    )
    return _graph([_officials(scene), _cases(scene, scene.acts["case"])], edges, several=True)


def official_matter(scene: Scene) -> Table:
    """Officials and matters.

    Node: an official, or a matter (what was tried together). Edge: the official took part in the matter, in whatever
    roles. Weight: the number of its cases (defendants) with such a role.
    """
    ties = _ties(scene.acts, "person", "matter")
    edges = ties.with_columns(pl.col("cases").alias("weight")).drop("matter_ids")
    return _graph([_officials(scene), _matters(scene)], _ended(edges, ("official", "person"), ("matter", "matter")))


def official_official(scene: Scene) -> Table:
    """Officials who took part in the same matters.

    Node: an official. Edge: both took part in at least one matter, not necessarily in one hearing. Weight: the
    number of matters that they share; `same_court` is the number of those before one court, which is what
    `graph.projections.official_official` weighs; `cases` is the number of defendants in whose cases both took part.
    """
    shared = _pairs(scene.acts.select("person", "matter").unique(), "matter")
    matters = shared.group_by("person", "other").agg(
        pl.len().cast(pl.Int64).alias("weight"), pl.col("matter").sort().alias("matter_ids")
    )
    both = _pairs(scene.acts.select("person", "matter", "defendant").unique(), "matter", "defendant")
    cases = both.group_by("person", "other").agg(pl.len().cast(pl.Int64).alias("cases"))
    seated = _pairs(seats(scene.acts), "matter", "court").select("person", "other", "matter").unique()
    courts = seated.group_by("person", "other").agg(pl.len().cast(pl.Int64).alias("same_court"))
    both_ends = ["person", "other"]
    edges = matters.join(courts, on=both_ends, how="left").join(cases, on=both_ends, how="left")
    told = edges.select(*both_ends, "weight", pl.col("same_court", "cases").fill_null(0), "matter_ids")
    ends = _ended(told, ("official", "person"), ("official", "other"))
    return _graph([_officials(scene)], ends)


def official_court(scene: Scene) -> Table:
    """Officials and the courts where they acted.

    Node: an official, or a court. Edge: the official acted in a proceeding of the court, in whatever role. Weight:
    the number of matters with such an act.
    """
    acts = scene.acts.drop_nulls("court")
    edges = _ended(_ties(acts, "person", "court"), ("official", "person"), ("court", "court"))
    return _graph([_officials(scene), _bodies(scene, acts["court"], "court")], edges)


def official_institution(scene: Scene) -> Table:
    """Officials and the institutions that they acted for.

    Node: an official, or an institution. Edge: the official acted for the institution: the one stated with the role,
    else for a judge the court of the proceeding. Weight: the number of matters with such an act.
    """
    judges = pl.when(pl.col("role").is_in(["judge", "presiding_judge"])).then("court")
    acts = scene.acts.with_columns(pl.coalesce("institution", judges).alias("institution")).drop_nulls("institution")
    edges = _ended(_ties(acts, "person", "institution"), ("official", "person"), ("institution", "institution"))
    return _graph([_officials(scene), _bodies(scene, acts["institution"], "institution")], edges)


def official_article(scene: Scene) -> Table:
    """Officials and the articles of law in the cases in which they took part.

    Node: an official, or an article as the sources give it. Edge: the official took part in cases under the
    article. Weight: the number of matters with such an act.
    """
    acts = scene.acts.explode("articles").rename({"articles": "article"}).drop_nulls("article")
    edges = _ended(_ties(acts, "person", "article"), ("official", "person"), ("article", "article"))
    return _graph([_officials(scene), _articles(scene, acts["article"])], edges)


def official_programme(scene: Scene) -> Table:
    """Officials and sanctions programmes.

    Node: an official, or a programme. Edge: where the official stands on the programme, `not_looked` included.
    Weight: 1 where the state is listed, else 0.
    """
    rows = [
        (f"official:{person}", f"programme:{s['programme']}", int(s["state"] == LISTED), s["state"], s["date"])
        for person in scene.acts["person"].unique().sort()
        for s in scene.book.listing_states(person)
        if s["programme"]
    ]
    kinds = {"source": pl.String, "target": pl.String, "weight": pl.Int64, "state": pl.String, "date": pl.String}
    return _graph([_officials(scene), _programmes(scene)], pl.DataFrame(rows, schema=kinds, orient="row"))


def person_case(scene: Scene) -> Table:
    """Everybody and the cases: defendants, officials, lawyers, witnesses.

    Node: a person, or a case. Edge: one role in one proceeding of the case, or being its defendant; the same two can
    have several. Weight: 1.
    """
    acts = scene.book.involvements.filter("counts")
    own = scene.book.cases.select(
        pl.col("defendant").alias("person"), "case", "matter", "sources", pl.lit("defendant").alias("role"),
    ).drop_nulls("person")  # fmt: skip
    both = pl.concat([acts, own], how="diagonal").with_columns(
        _id("person", "person").alias("source"),
        _id("case", "case").alias("target"),
        pl.lit(1, pl.Int64).alias("weight"),
    )
    edges = both.select("source", "target", "weight", *_ACT, "records", "sources")
    people = _people(scene, both["person"], "person")
    return _graph([people, _cases(scene, both["case"])], edges, several=True)


def person_exchange(scene: Scene) -> Table:
    """People and the deals by which they were released.

    Node: a person, or a deal. Edge: the person was released in it. Weight: 1.
    """
    found = scene.book.participants.with_columns(pl.lit(1, pl.Int64).alias("weight")).select(
        "person", "exchange", "weight", "released_by", "received_by", "custody_before", "conflicts", "sources"
    )
    edges = _ended(found, ("person", "person"), ("exchange", "exchange"))
    return _graph([_people(scene, found["person"], "person"), _deals(scene)], edges)


def case_article(scene: Scene) -> Table:
    """Cases and the articles of law in them.

    Node: a case, or an article as the sources give it. Edge: the case is under the article. Weight: 1.
    """
    found = scene.book.cases.select("case", pl.col("articles").alias("article"), "sources").explode("article")
    found = found.drop_nulls("article").with_columns(pl.lit(1, pl.Int64).alias("weight"))
    edges = _ended(found.select("case", "article", "weight", "sources"), ("case", "case"), ("article", "article"))
    return _graph([_cases(scene, found["case"]), _articles(scene, found["article"])], edges)


def involvements(scene: Scene) -> Table:
    """The officials' involvements, a flat table for statistics: one row for each person in a role in a proceeding."""
    columns = (
        "person", "role", "basis", "proceeding", "case", "matter", "defendant", "court", "institution", "stage", "date",
        "outcome", "effect", "sentence_kind", "sentence_months", "articles", "name_as_written", "status", "confidence",
        "conflicts", "records", "sources", "origins",
    )  # fmt: skip
    rows = scene.acts.select(columns)
    return Table(None, rows.sort("person", "matter", "case", "proceeding", "role", "records", nulls_last=True))


VIEWS: Mapping[str, View] = {
    view.name: view
    for view in (
        View("official-case", official_case),
        View("official-matter", official_matter),
        View("official-official", official_official),
        View("official-court", official_court),
        View("official-institution", official_institution),
        View("official-article", official_article),
        View("official-programme", official_programme),
        View("person-case", person_case, filtered=False),
        View("person-exchange", person_exchange, filtered=False),
        View("case-article", case_article, filtered=False),
        View("involvements", involvements),
    )
}
"""Every view by its name."""


# --- edges --------------------------------------------------------------------------------------------------

_ACT = (
    "role", "basis", "proceeding", "court", "stage", "date", "outcome", "effect", "name_as_written", "status", "confidence",
    "conflicts",
)  # fmt: skip


def _id(kind: str, column: str) -> pl.Expr:
    # a person and a case of one dataset may have the same id, nodes may not
    return pl.lit(f"{kind}:") + pl.col(column)


def _ended(rows: pl.DataFrame, left: tuple[str, str], right: tuple[str, str]) -> pl.DataFrame:
    """Rows with `source` and `target` (each kind and column) in place of the two columns, `weight` after them."""
    ends = rows.with_columns(_id(*left).alias("source"), _id(*right).alias("target")).drop(left[1], right[1])
    return ends.select("source", "target", "weight", pl.exclude("source", "target", "weight"))


def _ties(acts: pl.DataFrame, *keys: str) -> pl.DataFrame:
    """One row for each pair: weight (matters), cases, adverse, favourable, other, roles, first, last, matter_ids, sources.

    A matter is adverse if any act in it is, else favourable if any is, else other: the three add up to the matters.
    """
    once = list(dict.fromkeys([*keys, "matter"]))
    by_matter = acts.group_by(once).agg(
        pl.col("defendant").n_unique().alias("cases"),
        (pl.col("effect") == "adverse").any().alias("against"),
        (pl.col("effect") == "favourable").any().alias("helped"),
    )
    against, helped = pl.col("against"), pl.col("helped")
    ids = pl.col("matter").sort() if "matter" not in keys else pl.lit([], pl.List(pl.String)).first()
    counts = by_matter.group_by(keys).agg(
        pl.len().cast(pl.Int64).alias("weight"),
        pl.col("cases").sum().cast(pl.Int64),
        against.sum().cast(pl.Int64).alias("adverse"),
        (~against & helped).sum().cast(pl.Int64).alias("favourable"),
        (~against & ~helped).sum().cast(pl.Int64).alias("other"),
        ids.alias("matter_ids"),
    )
    dated = pl.col("first_day").is_not_null()
    precision = pl.col("date").str.len_chars()
    more = acts.with_columns((-precision.cast(pl.Int64)).alias("vague")).group_by(keys).agg(
        pl.col("role").unique().sort().alias("roles"),
        pl.col("date").filter(dated).sort_by(pl.col("first_day").filter(dated), pl.col("vague").filter(dated))
        .first().alias("first"),
        pl.col("date").filter(dated).sort_by(pl.col("first_day").filter(dated), -pl.col("vague").filter(dated))
        .last().alias("last"),
        pl.col("sources").explode().drop_nulls().unique().sort(),
    )  # fmt: skip
    return counts.join(more, on=list(keys))


def _pairs(rows: pl.DataFrame, *on: str) -> pl.DataFrame:
    """Each two persons who share all of `on`, the lesser id first."""
    # officials whose court is not known may have sat together: null meets null
    return rows.join(rows.rename({"person": "other"}), on=list(on), nulls_equal=True).filter(
        pl.col("person") < pl.col("other")
    )


def _graph(nodes: list[pl.DataFrame], edges: pl.DataFrame, *, several: bool = False) -> Table:
    """The view of these nodes and edges in their order; nodes without an edge are left out."""
    together = pl.concat(nodes, how="diagonal")
    used = pl.concat([edges["source"], edges["target"]]).unique()
    kept = together.filter(pl.col("id").is_in(used.implode())).sort("id")
    order = ["source", "target", *(c for c in ("date", "proceeding", "role", "records") if c in edges.columns)]
    return Table(kept, edges.sort(order, nulls_last=True), several=several)


# --- nodes --------------------------------------------------------------------------------------------------


def _label(lang: str, *others: str) -> pl.Expr:
    """The first name there is, in the wanted script if it is there, else the id."""
    names = ("name_ru", "name_en") if lang == "ru" else ("name_en", "name_ru")
    return pl.coalesce(*names, *others)


def _people(scene: Scene, persons: pl.Series, kind: str) -> pl.DataFrame:
    rows = scene.book.people.filter(pl.col("person").is_in(persons.unique().implode()))
    return rows.select(
        _id(kind, "person").alias("id"),
        pl.lit(kind).alias("kind"),
        _label(scene.lang, "name_uk", "name_be", "person").alias("label"),
        pl.col("person").alias("thing"), "name_en", "name_ru", "name_uk", "name_be", "category", "child",
    )  # fmt: skip


def _officials(scene: Scene) -> pl.DataFrame:
    people = _people(scene, scene.acts["person"], "official")
    counted = scene.acts.group_by(pl.col("person").alias("thing")).agg(
        pl.col("role").unique().sort().alias("roles"), pl.col("matter").n_unique().cast(pl.Int64).alias("matters")
    )
    return people.join(counted, on="thing", how="left").join(_listed(scene, people["thing"]), on="thing", how="left")


_STRONGEST = (LISTED, CANNOT_TELL, DELISTED)


def _listed(scene: Scene, persons: pl.Series) -> pl.DataFrame:
    """Where each person stands with each authority: its strongest state; not found only if all its public lists were read."""
    authorities = list(vocabulary("authority"))
    lines = []
    for person in persons:
        states: dict[str, set[str]] = {a: set() for a in authorities}
        for s in scene.book.listing_states(person):
            states.setdefault(s["authority"], set()).add(s["state"])
        lines.append([person, *(_state(states[a]) for a in authorities)])
    kinds = dict.fromkeys(["thing", *(f"listing_{a}" for a in authorities)], pl.String)
    return pl.DataFrame(lines, schema=kinds, orient="row")


def _state(found: set[str]) -> str:
    strong = next((state for state in _STRONGEST if state in found), None)
    return strong or (NOT_FOUND if found == {NOT_FOUND} else NOT_LOOKED)


def _cases(scene: Scene, cases: pl.Series) -> pl.DataFrame:
    rows = scene.book.cases.filter(pl.col("case").is_in(cases.unique().implode()))
    child = pl.col("defendant").is_in(pl.Series(sorted(scene.book.children), dtype=pl.String).implode())
    headed = pl.when(child.fill_null(value=False)).then(None).otherwise(pl.col("title"))  # a title may name a child
    return rows.select(
        _id("case", "case").alias("id"), pl.lit("case").alias("kind"), pl.coalesce(headed, "case").alias("label"),
        pl.col("case").alias("thing"), "defendant", "matter", "articles", "arrest_date",
    )  # fmt: skip


def _matters(scene: Scene) -> pl.DataFrame:
    found = scene.book.cases.filter(pl.col("matter").is_in(scene.acts["matter"].unique().implode()))
    rows = found.group_by("matter").agg(
        pl.col("defendant").n_unique().cast(pl.Int64).alias("cases"),
        pl.col("articles").explode().drop_nulls().unique().sort(),
    )
    return rows.select(
        _id("matter", "matter").alias("id"), pl.lit("matter").alias("kind"), pl.col("matter").alias("label"),
        pl.col("matter").alias("thing"), "cases", "articles",
    )  # fmt: skip


def _bodies(scene: Scene, bodies: pl.Series, kind: str) -> pl.DataFrame:
    rows = scene.book.bodies.filter(pl.col("body").is_in(bodies.unique().implode()))
    return rows.select(
        _id(kind, "body").alias("id"), pl.lit(kind).alias("kind"), _label(scene.lang, "body").alias("label"),
        pl.col("body").alias("thing"), "name_en", "name_ru", pl.col("kind").alias("body_kind"), "level", "city", "country",
    )  # fmt: skip


def _deals(scene: Scene) -> pl.DataFrame:
    return scene.book.exchanges.select(
        _id("exchange", "exchange").alias("id"), pl.lit("exchange").alias("kind"),
        pl.coalesce("name_en", "exchange").alias("label"), pl.col("exchange").alias("thing"), "name_en", "date", "place",
        "parties", "mediators",
    )  # fmt: skip


def _articles(scene: Scene, articles: pl.Series) -> pl.DataFrame:
    rows = [(f"article:{a}", "article", a, a, title(parse(a), scene.lang)) for a in articles.unique().sort()]
    kinds = dict.fromkeys(("id", "kind", "label", "thing", "title"), pl.String)
    return pl.DataFrame(rows, schema=kinds, orient="row")


def _programmes(scene: Scene) -> pl.DataFrame:
    rows = [
        (f"programme:{token}", "programme", word.label(scene.lang), token, word.more["authority"])
        for token, word in vocabulary("programme").items()
    ]
    kinds = dict.fromkeys(("id", "kind", "label", "thing", "authority"), pl.String)
    return pl.DataFrame(rows, schema=kinds, orient="row")
