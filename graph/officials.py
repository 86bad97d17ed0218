"""Officials who recur: in how many matters against defendants, for them, and undecided; listed or not."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from datetime import date

import polars as pl

from graph import articles, dates
from graph.answers import Answer, Row
from graph.casebook import Casebook
from graph.listings import Lists, listed_reason, named_lists, unlisted_reason
from ontology import vocabulary, word

COLUMNS = (
    "person", "name", "roles", "institutions", "matters", "cases", "adverse", "favourable", "other", "first", "last",
    "source_origins", "listings", "matter_ids", "case_ids", "records", "sources",
)  # fmt: skip
TALLIED = (
    "person", "role", "counts", "case", "matter", "defendant", "court", "institution", "date", "first_day", "last_day",
    "effect", "sources", "origins",
)  # fmt: skip
"""What counting needs of an involvement."""
JUDGES = ("presiding_judge", "judge")
_LAST_DAY = date.max


def officials(
    casebook: Casebook,
    *,
    role: str | None = None,
    court: Sequence[str] | None = None,
    article: str | None = None,
    since: str | None = None,
    until: str | None = None,
    min_matters: int = 2,
    listed_by: Sequence[str] = (),
    not_listed_by: Sequence[str] = (),
) -> Answer:
    """Officials by the matters in which they acted against defendants, most first.

    A matter is adverse if any counted act of the official in it is, else favourable if any is, else other: the three
    add up to `matters`. The threshold holds for adverse and other together, for nobody ranks for helping. Only roles
    whose basis counts are counted; with `since` or `until` only those that surely lie within. `listed_by` are those
    listed now by any of the authorities or programmes, `not_listed_by` those looked up and not found in all of them.

    Shape: one row per official, by adverse, then other matters; ties are ordered by id.
    Raises:
        ValueError: a threshold below 1, a date, article, authority or programme that does not exist.
        UnknownTerm: a role that is not in the vocabulary.
    """
    if min_matters < 1:
        raise ValueError(f"min_matters must be 1 or more, got {min_matters}")
    lists, unlisted = named_lists(listed_by), named_lists(not_listed_by)
    parameters = {
        "role": role, "court": list(court) if court is not None else None, "article": article, "since": since,
        "until": until, "min_matters": min_matters, "listed_by": [n.token for n in lists],
        "not_listed_by": [n.token for n in unlisted],
    }  # fmt: skip
    passing, left = within(asked(casebook, role, court, article, columns=TALLIED), since, until)
    counted = passing.filter("counts")
    ranks = _ranked(counted)
    against = pl.col("adverse") + pl.col("other")
    left["not_stated"] = passing.height - counted.height
    left["only_favourable"] = ranks.filter(against == 0).height
    left["below_min_matters"] = ranks.filter((against > 0) & (against < min_matters)).height
    ranks = ranks.filter(against >= min_matters).sort(
        "adverse", "other", "person", descending=[True, True, False]
    )  # fmt: skip
    kept = [row for row in ranks.iter_rows(named=True) if _listed(casebook, row, lists, unlisted, left)]
    rows = _filled(casebook, kept, counted)
    return Answer(
        "officials",
        {k: v for k, v in parameters.items() if v not in (None, [])},
        COLUMNS,
        rows,
        ["sources of one origin are counted once", *_unlooked(casebook, unlisted)],
        {reason: count for reason, count in sorted(left.items()) if count or reason in _ALWAYS},
    )


_ALWAYS = ("not_stated", "below_min_matters", "only_favourable")


def asked(
    casebook: Casebook,
    role: str | None,
    court: Sequence[str] | None,
    article: str | None,
    *,
    columns: Sequence[str] | None = None,
) -> pl.DataFrame:
    """The involvements of officials that the filters of role, court and article leave, whether they count or not."""
    wanted = chosen(casebook, role, court, article)
    return casebook.involved(wanted, columns) if columns else casebook.involvements.filter(wanted)


def chosen(casebook: Casebook, role: str | None, court: Sequence[str] | None, article: str | None) -> pl.Expr:
    """Whether an involvement is an official's and passes the filters of role, court and article."""
    wanted = pl.col("official")
    if role is not None:
        if word("role", role).more["official"] != "yes":
            known = ", ".join(t for t, w in vocabulary("role").items() if w.more["official"] == "yes")
            raise ValueError(f"{role!r} is not a role of officials (they are {known})")
        wanted &= pl.col("role") == role
    if court is not None:
        wanted &= at_bodies([casebook.canonical("body", b) for b in court])
    if article is not None:
        wanted &= pl.col("case").is_in(pl.Series(_charged(casebook, article), dtype=pl.String).implode())
    return wanted


def at_bodies(bodies: Sequence[str]) -> pl.Expr:
    """Whether an involvement is in a proceeding of one of these institutions, or of one of their people."""
    wanted = pl.Series(list(bodies), dtype=pl.String).implode()
    return (pl.col("court").is_in(wanted) | pl.col("institution").is_in(wanted)).fill_null(False)


def _charged(casebook: Casebook, article: str) -> list[str]:
    """The cases with a charge that `article` holds: a whole article holds its parts, a number stands for any code.

    Raises:
        ValueError: it is no article.
    """
    wanted = _wanted(article)
    charges = casebook.cases.select("case", "articles").explode("articles").drop_nulls("articles")
    known = [text for text in charges["articles"].unique().to_list() if wanted(text)]
    return charges.filter(pl.col("articles").is_in(known))["case"].unique().to_list()


def _wanted(article: str) -> Callable[[str], bool]:
    text = " ".join(article.split())
    coded = not text[:1].isdigit()
    try:
        asked = articles.parse(text if coded else f"RU-CC {text}")
    except ValueError as error:
        raise ValueError(f"{article!r} {error}") from None

    def holds(charge: str) -> bool:
        try:
            found = articles.parse(charge)
        except ValueError:  # written in a way that the grammar does not know
            return charge == text
        return (
            (not coded or found.code == asked.code)
            and found.number == asked.number
            and asked.part in (None, found.part)
            and asked.point in (None, found.point)
            and asked.unfinished in (None, found.unfinished)
        )

    return holds


def within(acts: pl.DataFrame, since: str | None, until: str | None) -> tuple[pl.DataFrame, Counter[str]]:
    """The involvements that surely lie within the dates, and how many counted ones cannot be placed."""
    if since is None and until is None:
        return acts, Counter()
    start = dates.first_day(_checked(since)) if since is not None else date.min
    end = dates.last_day(_checked(until)) if until is not None else _LAST_DAY
    undated = pl.col("first_day").is_null()
    inside = (pl.col("first_day") >= start) & (pl.col("last_day") <= end)
    touching = (pl.col("last_day") >= start) & (pl.col("first_day") <= end)
    counted = acts.filter("counts")
    left = Counter(
        undated=counted.filter(undated).height,
        date_too_vague=counted.filter(~undated & touching & ~inside).height,
    )
    return acts.filter(~undated & inside), left


def _checked(day: str) -> str:
    try:
        return dates.checked(day)
    except ValueError as error:
        raise ValueError(f"{day!r} {error}") from None


def _ranked(counted: pl.DataFrame) -> pl.DataFrame:
    """Numbers of matters by official: adverse, favourable, other."""
    effect = pl.col("effect")
    matters = counted.select(
        "person",
        "matter",
        pl.when(effect == "adverse").then(2).when(effect == "favourable").then(1).otherwise(0).cast(pl.Int8).alias("for"),
    ).group_by("person", "matter").agg(pl.col("for").max())  # fmt: skip
    return matters.group_by("person").agg(
        pl.len().cast(pl.Int64).alias("matters"),
        *(
            (pl.col("for") == value).sum().cast(pl.Int64).alias(name)
            for name, value in (("adverse", 2), ("favourable", 1), ("other", 0))
        ),
    )


def _listed(
    casebook: Casebook, row: Row, lists: Sequence[Lists], unlisted: Sequence[Lists], left: Counter[str]
) -> bool:
    """Whether an official passes the filters by lists; the reason is counted if not. Sets `listings`."""
    row["listings"] = states = casebook.listing_states(row["person"])
    reasons = [listed_reason(states, lists) if lists else None, unlisted_reason(states, unlisted) if unlisted else None]
    reason = next((r for r in reasons if r), None)
    if reason:
        left[reason] += 1
    return reason is None


def _filled(casebook: Casebook, kept: Sequence[Row], counted: pl.DataFrame) -> list[Row]:
    """Complete rows of the officials that are shown, in the order of `kept`."""
    shown = pl.Series([row["person"] for row in kept], dtype=pl.String)
    known = {row["person"]: row for row in tallied(casebook, counted.filter(pl.col("person").is_in(shown.implode())))}
    return [{c: (known[row["person"]] | row).get(c) for c in COLUMNS} for row in kept]


def tallied(casebook: Casebook, counted: pl.DataFrame, columns: Sequence[str] | None = None) -> list[Row]:
    """One row for each person of counted involvements: roles, institutions, matters, cases, dates, sources.

    A case counts once for each defendant and matter; `case_ids` has the least id of each.
    """
    own = (
        pl.when(pl.col("role").is_in(JUDGES)).then(pl.coalesce("institution", "court")).otherwise(pl.col("institution"))
    )
    first, last = _orders(counted)
    there = pl.when(pl.col("first_day").is_not_null())
    facts = _each_case_once(casebook, counted).with_columns(
        own.alias("own"),
        there.then(_place_in(first)).alias("first"),
        there.then(_place_in(last)).alias("last"),
        casebook.source_places("sources"),
    ).group_by("person").agg(
        pl.col("matter").unique().sort().alias("matter_ids"),
        pl.col("case").unique().sort().alias("case_ids"),
        pl.col("role").unique(),
        pl.col("own").drop_nulls().unique().sort().alias("institutions"),
        pl.col("first").min(),
        pl.col("last").max(),
        pl.col("sources").explode().drop_nulls().unique().sort(),
        pl.col("origins").explode().drop_nulls().n_unique().alias("source_origins"),
    )  # fmt: skip
    names = casebook.names("person", facts["person"].to_list())
    records = dict(casebook.at("people", "person", facts["person"].to_list()).select("person", "records").iter_rows())
    order = {token: i for i, token in enumerate(vocabulary("role"))}
    rows = []
    for row in facts.iter_rows(named=True):
        row["name"] = names.get(row["person"], {"en": None, "ru": None})
        row["roles"] = sorted(row["role"], key=lambda r: order.get(r, len(order)))
        row["matters"], row["cases"] = len(row["matter_ids"]), len(row["case_ids"])
        row["records"] = records.get(row["person"], [row["person"]])
        row["first"] = None if row["first"] is None else first[row["first"]]
        row["last"] = None if row["last"] is None else last[row["last"]]
        row["sources"] = casebook.sources_at(row["sources"])
        rows.append({c: row[c] for c in columns} if columns else row)
    return rows


def _orders(counted: pl.DataFrame) -> tuple[list[str], list[str]]:
    """The dates in the order that finds the first (of two that begin alike the more precise), and the last."""
    texts = counted["date"].unique().drop_nulls().to_list()
    return (
        sorted(texts, key=lambda t: (dates.first_day(t), -len(t))),
        sorted(texts, key=lambda t: (dates.first_day(t), len(t))),
    )


def _place_in(order: Sequence[str]) -> pl.Expr:
    """The place of each date in an order."""
    # with a default polars gives numbers also where there is no date at all
    return pl.col("date").replace_strict(order, range(len(order)), default=None, return_dtype=pl.Int64)


def _each_case_once(casebook: Casebook, counted: pl.DataFrame) -> pl.DataFrame:
    """The same involvements, with one case id for all cases of one defendant in one matter: the least of the person's."""
    doubled = counted["case"].is_in(casebook.doubled_cases.implode())
    if not doubled.any():
        return counted
    least = pl.col("case").min().over("person", "defendant", "matter")
    return pl.concat([counted.filter(~doubled), counted.filter(doubled).with_columns(least)])


def _unlooked(casebook: Casebook, unlisted: Iterable[Lists]) -> list[str]:
    """A note for each list of which some programme was looked up by nobody."""
    return [note for named in unlisted if (note := _unlooked_in(casebook, named))]


def _unlooked_in(casebook: Casebook, named: Lists) -> str | None:
    missing = casebook.unlooked(named)
    if not named.programmes:
        return f"{named.token}: the vocabulary has no programme of it, so nobody can be looked up"
    if not missing:
        return None
    return f"{named.token}: nobody was looked up in {', '.join(missing)}, so nobody can be called not listed there"
