"""Every involvement of a person: as an official, in other roles, and in the person's own cases."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date

import polars as pl

from graph.answers import Answer, Row
from graph.casebook import Casebook, Name
from graph.dates import first_day
from ontology import vocabulary

COLUMNS = (
    "person", "name", "name_as_written", "role", "basis", "proceeding", "case", "matter", "defendants", "court",
    "court_name", "institution", "institution_name", "stage", "date", "outcome", "effect", "sentence_months", "others",
    "status", "confidence", "conflicts", "public", "records", "sources",
)  # fmt: skip
DEFENDANT = "defendant"
_NOBODY: Name = {"en": None, "ru": None}
_LINE = (
    "person", "role", "basis", "counts", "proceeding", "case", "matter", "defendant", "court", "institution", "stage",
    "date", "outcome", "effect", "sentence_months", "name_as_written", "status", "confidence", "records", "sources",
    "conflicts",
)  # fmt: skip


def who(casebook: Casebook, persons: Sequence[str], *, asked: str) -> Answer:
    """All that these persons did or had done to them, person by person and in order of time.

    A row is one role in one proceeding or case; the person's own cases are rows of role `defendant`, one for each
    proceeding, or one without a proceeding where the case has none. Roles whose basis does not count are shown and
    carry it. `public` is false where something of the row may not leave the workspace as public; `records` are the
    ids of the people that are judged to be this one.

    Shape: one row per involvement; undated ones come last.
    """
    wanted = list(dict.fromkeys(casebook.canonical("person", p) for p in persons))
    roles = casebook.at("involvements", "person", wanted).select(_LINE)
    cases = casebook.at("cases", "defendant", wanted)
    rows = lines(casebook, pl.concat([roles, own_cases(casebook, cases)]))
    place = {person: i for i, person in enumerate(wanted)}
    rows.sort(key=lambda row: place[row["person"]])  # stable: within a person the order of time stays
    notes = [*_silent(casebook, wanted, {row["person"] for row in rows}), *doubts(casebook, wanted)]
    return Answer("who", {"name": asked}, COLUMNS, rows, [*notes, *_marked(rows)])


def own_cases(casebook: Casebook, cases: pl.DataFrame) -> pl.DataFrame:
    """Rows in which the defendants of `cases` are the person: one for each proceeding, at least one for each case."""
    own = cases.select("case", "defendant", "matter", "records", "sources", "status", "confidence", "conflicts")
    pairs = casebook.at("case_acts", "case", own["case"].to_list())
    acts = casebook.at("proceedings", "proceeding", pairs["proceeding"].to_list()).select(
        "proceeding", "court", "stage", "date", "outcome", "effect", "sentence_months",
        *(pl.col(c).alias("act_" + c) for c in ("records", "sources", "status", "confidence", "conflicts")),
    )  # fmt: skip
    joined = own.join(pairs, on="case", how="left", maintain_order="left").join(
        acts, on="proceeding", how="left", maintain_order="left"
    )
    there = pl.col("proceeding").is_not_null()
    return joined.with_columns(
        pl.col("defendant").alias("person"),
        pl.lit(DEFENDANT).alias("role"),
        pl.lit(None, dtype=pl.String).alias("basis"),
        pl.lit(True).alias("counts"),
        pl.lit(None, dtype=pl.String).alias("institution"),
        pl.lit(None, dtype=pl.String).alias("name_as_written"),
        *(pl.when(there).then("act_" + c).otherwise(c).alias(c) for c in ("records", "sources", "status", "confidence")),
        pl.when(there).then(pl.col("conflicts").list.set_union("act_conflicts")).otherwise("conflicts").alias("conflicts"),
    ).select(_LINE)  # fmt: skip


def lines(casebook: Casebook, involved: pl.DataFrame) -> list[Row]:
    """Rows of an answer for involvements, in order of time, then by proceeding, role and person."""
    found = involved.to_dicts()
    colleagues = _colleagues(casebook, involved)
    accused = _accused(casebook, involved)
    people = {line["person"] for line in found}.union(
        *(ids for ids in accused.values()), (line["defendant"] for line in found),
        (other["person"] for others in colleagues.values() for other in others),
    ) - {None}  # fmt: skip
    names = casebook.names("person", people)
    bodies = casebook.names("body", {line[c] for line in found for c in ("court", "institution")} - {None})
    cards = {act: [_card(p, names) for p in sorted(ids)] for act, ids in accused.items()}
    involvements = {key: [{**o, "name": names.get(o["person"], _NOBODY)} for o in os] for key, os in colleagues.items()}
    own = dict(casebook.at("people", "person", people).select("person", "records").iter_rows())
    withheld = casebook.not_public
    rows = []
    for line in sorted(found, key=_in_time):
        line["name"] = names.get(line["person"], _NOBODY)
        line["court_name"], line["institution_name"] = bodies.get(line["court"]), bodies.get(line["institution"])
        line["defendants"] = _defendants(line, cards, names)
        line["others"] = [o for o in involvements.get(_place(line), ()) if o["person"] != line["person"]]
        line["public"] = not (withheld and _is_withheld(line, withheld))
        line["records"] = own.get(line["person"], [line["person"]])
        line["sources"] = casebook.source_list(line["sources"])
        rows.append({column: line[column] for column in COLUMNS})
    return rows


def _in_time(line: Row) -> tuple[bool, date, str, str, str, str]:
    """Undated lines last; in one day the defendant comes before the officials of the act."""
    day = first_day(line["date"]) if line["date"] else date.max
    return (
        line["date"] is None, day, line["proceeding"] or "", line["case"] or "", _rank(line["role"]), line["person"],
    )  # fmt: skip


def _rank(role: str) -> str:
    order = [DEFENDANT, *vocabulary("role")]
    return f"{order.index(role) if role in order else len(order):03} {role}"


def _place(line: Mapping[str, str | None]) -> tuple[str | None, str]:
    """What the others of a line are looked up by: the proceeding, else the case as a whole."""
    return (line["proceeding"], "") if line["proceeding"] else (None, line["case"] or "")


def _colleagues(casebook: Casebook, involved: pl.DataFrame) -> dict[tuple[str | None, str], list[Row]]:
    """Everybody in each proceeding, or in each case as a whole, with role and basis."""
    acts = set(involved["proceeding"].drop_nulls().to_list())
    whole = set(involved.filter(pl.col("proceeding").is_null())["case"].to_list())
    found = casebook.at("involvements", "proceeding", acts)
    if whole:
        of_cases = casebook.at("involvements", "case", whole)
        found = pl.concat([found, of_cases.filter(pl.col("proceeding").is_null())])
    places: defaultdict[tuple[str | None, str], list[Row]] = defaultdict(list)
    columns = ("proceeding", "case", "person", "role", "basis")
    for proceeding, case, person, role, basis in found.select(columns).iter_rows():
        key = _place({"proceeding": proceeding, "case": case})
        places[key].append({"person": person, "name": None, "role": role, "basis": basis})
    for others in places.values():
        others.sort(key=lambda o: (_rank(o["role"]), o["person"]))
    return places


def _accused(casebook: Casebook, involved: pl.DataFrame) -> dict[str, set[str]]:
    """The defendants of each proceeding: of its cases, and of all cases of the matter in the same court, on the same day,
    at the same stage.

    A trial of five is five proceedings with one court, date and stage; where one of these is not known, nobody can
    tell that others stood there too.
    """
    acts = involved["proceeding"].drop_nulls().unique().to_list()
    own = casebook.at("hearings", "proceeding", acts)
    hearings = dict(own.select("proceeding", "hearing").drop_nulls().iter_rows())
    shared = casebook.at("hearings", "hearing", set(hearings.values())).select("hearing", "defendant").drop_nulls()
    together: defaultdict[str, set[str]] = defaultdict(set)
    for hearing, defendant in shared.iter_rows():
        together[hearing].add(defendant)
    found = {act: set(together[hearing]) for act, hearing in hearings.items()}
    for act, defendant in own.select("proceeding", "defendant").drop_nulls().iter_rows():
        found.setdefault(act, set()).add(defendant)
    return found


def _card(person: str, names: Mapping[str, Name]) -> Row:
    return {"person": person, "name": names.get(person, _NOBODY)}


def _defendants(line: Row, cards: Mapping[str, list[Row]], names: Mapping[str, Name]) -> list[Row]:
    own, found = line["defendant"], cards.get(line["proceeding"], [])
    if own is None or any(card["person"] == own for card in found):
        return found
    return sorted([*found, _card(own, names)], key=lambda card: str(card["person"]))


def _is_withheld(line: Row, withheld: Collection[str]) -> bool:
    shown = [*line["records"], *line["sources"]]
    shown += [line[c] for c in ("person", "proceeding", "case", "defendant", "court", "institution")]
    return any(thing in withheld for thing in shown)


def _silent(casebook: Casebook, wanted: Iterable[str], seen: Collection[str]) -> list[str]:
    """A note for each person of whom there is no row."""
    silent = [p for p in wanted if p not in seen]
    called = _called(casebook, silent)
    return [f"{called[p]}: no case, proceeding or role is known" for p in silent]


def doubts(casebook: Casebook, persons: Iterable[str]) -> list[str]:
    """A note for each person who may be another one: nobody can tell, so they are not joined."""
    pairs = [(person, other) for person in persons for other in casebook.identity.unsure("person", person)]
    called = _called(casebook, {person for pair in pairs for person in pair})
    return [f"cannot tell whether {called[one]} and {called[other]} are one person" for one, other in pairs]


def _called(casebook: Casebook, persons: Collection[str]) -> dict[str, str]:
    """How to call each of these people in a note: by name and id, or by id alone."""
    names = casebook.names("person", persons) if persons else {}
    found = {p: next((n for n in names.get(p, _NOBODY).values() if n), None) for p in persons}
    return {person: f"{name} ({person})" if name else person for person, name in found.items()}


def _marked(rows: Sequence[Row]) -> list[str]:
    counting = {token for token, word in vocabulary("basis").items() if word.more["counts"] == "yes"}
    shown = sum(row["role"] != DEFENDANT and row["basis"] not in counting for row in rows)
    return [f"{shown} of these lines rest on a basis that is not counted (column basis)"] if shown else []
