"""What the commands should answer, worked out a second time from the text of the case tables, in dicts and loops.

It shares no counting code with the program: it reads the CSV files and the vocabularies and nothing else. It is slow
and plain on purpose; where the text leaves a choice, docs/reading-the-tables.md says which one is meant here.
"""

from __future__ import annotations

import csv
import re
from calendar import monthrange
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeAlias

Cells: TypeAlias = dict[str, str]
Row: TypeAlias = dict[str, Any]

_VOCAB = Path(__file__).parents[2] / "ontology" / "vocab"
KINDS = {"person": "people", "body": "bodies", "case": "cases", "proceeding": "proceedings"}
OWN_ID = {
    "people": "person_id", "bodies": "body_id", "cases": "case_id", "proceedings": "proceeding_id",
    "exchanges": "exchange_id", "exchange_mentions": "mention_id", "sources": "source_id",
}  # fmt: skip
COUNTING = ("stated", "other_hearing")
BASES = ("stated", "other_hearing", "whole_case", "one_of", "identity_inferred", "not_sitting", "allegation")
OFFICIAL = (
    "presiding_judge", "judge", "prosecutor", "investigator", "expert_witness", "prison_official", "secretary"
)  # fmt: skip
EFFECTS = {
    **dict.fromkeys(
        ("convicted", "convicted_in_absentia", "compulsory_treatment", "upheld", "upheld_with_changes", "made_heavier",
         "remanded", "extended", "administrative_arrest", "search_authorised"), "adverse",
    ),
    **dict.fromkeys(("acquitted", "partly_acquitted", "made_lighter", "released_from_punishment", "pardoned"), "favourable"),
    **dict.fromkeys(
        ("house_arrest", "returned_to_prosecutor", "returned_for_rehearing", "overturned", "not_decided"), "unknown"
    ),
}  # fmt: skip
PROGRAMMES = (
    ("EU", "EU-2024-1485"), ("EU", "EU-2020-1998"), ("EU", "EU-2014-269"), ("EU", "EU-2006-765"), ("GB", "GB-GHR"),
    ("GB", "GB-RUSSIA-2019"), ("CA", "CA-SEMA-RUSSIA"), ("CA", "CA-JVCFOA"), ("US", "US-MAGNITSKY-2012"),
    ("US", "US-EO-13818"), ("US", "US-STATE-VISA"), ("CH", "CH-RUSSIA"),
)  # fmt: skip
SECRET = ("US-STATE-VISA",)


def days(text: str) -> tuple[tuple[int, int, int], tuple[int, int, int]]:
    """First and last day that a date can mean."""
    parts = [int(p) for p in text.split("-")]
    year, month = parts[0], parts[1:2]
    if len(parts) == 1:
        return (year, 1, 1), (year, 12, 31)
    if len(parts) == 2:
        return (year, month[0], 1), (year, month[0], monthrange(year, month[0])[1])
    return (year, month[0], parts[2]), (year, month[0], parts[2])


def settled_date(texts: Iterable[str]) -> tuple[str | None, bool]:
    """The most precise of dates that hold each other, and whether they differ."""
    found = sorted(set(texts), key=lambda t: (len(t), t))
    if not found:
        return None, False
    finest = found[-1]
    if all(finest == t or finest.startswith(t + "-") for t in found):
        return finest, False
    return None, True


def settled(values: Iterable[str]) -> tuple[str | None, bool]:
    """The one value that records give, and whether they differ."""
    found = sorted({v for v in values if v})
    return (found[0] if len(found) == 1 else None), len(found) > 1


class Oracle:
    """The answers about some datasets (folders of CSV files) and judgements, under `resolved` or not."""

    def __init__(self, folders: Mapping[str, Path], judgements: Path | None, *, resolved: bool = True) -> None:
        self.rows: dict[str, list[Row]] = defaultdict(list)
        for dataset, folder in folders.items():
            for file in sorted(folder.glob("*.csv")):
                with file.open(encoding="utf-8", newline="") as lines:
                    self.rows[file.stem] += [_world(dataset, file.stem, row) for row in csv.DictReader(lines)]
        given: list[Cells] = []
        if judgements and judgements.exists():
            with judgements.open(encoding="utf-8", newline="") as lines:
                given = list(csv.DictReader(lines))
        self._judge(given, resolved=resolved)
        self._join()

    # --- identity -------------------------------------------------------------------------------------------

    def _judge(self, given: Sequence[Cells], *, resolved: bool) -> None:
        last: dict[tuple[str, frozenset[str]], str] = {}
        for row in given:
            last[row["kind"], frozenset((row["left"], row["right"]))] = row["verdict"]
        loaded = {kind: {row[OWN_ID[table]] for row in self.rows[table]} for kind, table in KINDS.items()}
        self.parent: dict[tuple[str, str], str] = {}
        pairs = [(k, sorted(p), v) for (k, p), v in last.items() if p <= loaded[k]]
        for kind, (left, right), verdict in pairs:
            if verdict == "same" and resolved:
                a, b = self.root(kind, left), self.root(kind, right)
                self.parent[kind, max(a, b)] = min(a, b)
        self.doubts: dict[str, set[str]] = defaultdict(set)
        apart = {
            frozenset((self.root(k, a), self.root(k, b)))
            for k, (a, b), v in pairs
            if k == "person" and v == "different"
        }
        for kind, (left, right), verdict in pairs:
            a, b = self.root(kind, left), self.root(kind, right)
            if kind == "person" and verdict == "unsure" and a != b and frozenset((a, b)) not in apart:
                self.doubts[a].add(b)
                self.doubts[b].add(a)

    def root(self, kind: str, thing: str) -> str:
        while self.parent.get((kind, thing), thing) != thing:
            thing = self.parent[kind, thing]
        return thing

    def ids(self, kind: str, thing: str) -> list[str]:
        """All ids that go by the same id."""
        own = {row[OWN_ID[KINDS[kind]]] for row in self.rows[KINDS[kind]]}
        return sorted(i for i in own if self.root(kind, i) == self.root(kind, thing))

    # --- joining --------------------------------------------------------------------------------------------

    def _groups(self, table: str, key: Callable[[Row], Any]) -> dict[Any, list[Row]]:
        found: dict[Any, list[Row]] = defaultdict(list)
        for row in self.rows[table]:
            found[key(row)].append(row)
        return found

    def _join(self) -> None:
        root = self.root
        self.people = self._groups("people", lambda r: root("person", r["person_id"]))
        self.bodies = self._groups("bodies", lambda r: root("body", r["body_id"]))
        self.cases: dict[str, Row] = {}
        for case, rows in self._groups("cases", lambda r: root("case", r["case_id"])).items():
            defendant, _ = settled(root("person", r["person_id"]) for r in rows)
            self.cases[case] = {
                "defendant": defendant,
                "trials": sorted({r["trial_id"] for r in rows if r["trial_id"]}),
                "articles": {a for r in rows for a in r["articles"].split("|") if a},
                "sources": _sources(rows),
            }
        self.acts: dict[str, Row] = {}
        for act, rows in self._groups("proceedings", lambda r: root("proceeding", r["proceeding_id"])).items():
            self.acts[act] = self._act(rows)
        self._matters()
        self.roles = [
            self._role(key, rows)
            for key, rows in self._groups(
                "roles",
                lambda r: (
                    root("proceeding", r["proceeding_id"]) if r["proceeding_id"] else None,
                    root("case", r["case_id"]), root("person", r["person_id"]), r["role"],
                ),
            ).items()
        ]  # fmt: skip

    def _act(self, rows: Sequence[Row]) -> Row:
        effects = {r.get("effect", "") for r in rows} - {""}
        outcomes = {r["outcome"] for r in rows} - {""}
        implied = {EFFECTS[o] for o in outcomes}
        effect: str | None
        if effects:
            effect = next(iter(effects)) if len(effects) == 1 else "unknown"
        else:
            effect = None if not implied else next(iter(implied)) if len(implied) == 1 else "unknown"
        months, _ = settled(r["sentence_months"] for r in rows)
        return {
            "cases": sorted({self.root("case", r["case_id"]) for r in rows}),
            "stage": settled(r["stage"] for r in rows)[0],
            "court": settled(self.root("body", r["body_id"]) for r in rows if r["body_id"])[0],
            "date": settled_date(r["decision_date"] for r in rows if r["decision_date"])[0],
            "outcome": settled(outcomes)[0],
            "effect": effect,
            "months": int(months) if months else None,
            "sources": _sources(rows),
        }

    def _matters(self) -> None:
        """A matter: trials and cases that hang together, also through a proceeding that stands in several."""
        links: dict[tuple[str, str], set[tuple[str, str]]] = defaultdict(set)
        for case, row in self.cases.items():
            links["case", case] |= {("trial", t) for t in row["trials"]}
            for trial in row["trials"]:
                links["trial", trial].add(("case", case))
        for act in self.acts.values():
            for a in act["cases"]:
                links["case", a] |= {("case", b) for b in act["cases"]}
        self.matter: dict[str, str] = {}
        for case in sorted(self.cases):
            seen, todo = {("case", case)}, [("case", case)]
            while todo:
                for other in links[todo.pop()] - seen:
                    seen.add(other)
                    todo.append(other)
            trials = sorted(name for kind, name in seen if kind == "trial")
            least = min(name for kind, name in seen if kind == "case")
            self.matter[case] = trials[0] if trials else f"{least} (case)" if ("trial", least) in links else least

    def _role(self, key: tuple[str | None, str, str, str], rows: Sequence[Row]) -> Row:
        proceeding, case, person, role = key
        act = self.acts.get(proceeding or "", {})
        bases = {r["basis"] for r in rows} - {""}
        basis = min(bases, key=BASES.index) if bases else None
        if "not_sitting" in bases and bases & set(COUNTING):
            basis = None
        day, differ = settled_date(r["date"] for r in rows if r["date"])
        return {
            "person": person, "role": role, "basis": basis, "proceeding": proceeding, "case": case,
            "matter": self.matter[case], "defendant": self.cases[case]["defendant"], "court": act.get("court"),
            "institution": settled(self.root("body", r["body_id"]) for r in rows if r["body_id"])[0],
            "stage": act.get("stage"), "date": None if differ else day or act.get("date"),
            "outcome": act.get("outcome"), "effect": act.get("effect"), "sentence_months": act.get("months"),
            "sources": _sources(rows), "official": role in OFFICIAL, "counts": basis in COUNTING,
            "written": sorted({r.get("name_as_written", "") for r in rows} - {""}),
        }  # fmt: skip

    # --- answers --------------------------------------------------------------------------------------------

    def own(self, cases: Iterable[str]) -> list[Row]:
        """The rows of the prosecuted person: one for each proceeding of a case, or one for a case without any."""
        found = []
        for case in cases:
            acts = [a for a, row in self.acts.items() if case in row["cases"]]
            places: list[str | None] = [*acts] or [None]
            for proceeding in places:
                act = self.acts.get(proceeding or "", {})
                found.append(
                    {
                        "person": self.cases[case]["defendant"], "role": "defendant", "basis": None,
                        "proceeding": proceeding, "case": case, "matter": self.matter[case],
                        "defendant": self.cases[case]["defendant"], "court": act.get("court"), "institution": None,
                        "stage": act.get("stage"), "date": act.get("date"), "outcome": act.get("outcome"),
                        "effect": act.get("effect"), "sentence_months": act.get("months"),
                        "sources": act["sources"] if act else self.cases[case]["sources"], "written": [],
                    }
                )  # fmt: skip
        return found

    def who(self, person: str) -> list[Row]:
        """Every involvement of one person."""
        person = self.root("person", person)
        mine = [case for case, row in self.cases.items() if row["defendant"] == person]
        return [self._line(r) for r in [*(r for r in self.roles if r["person"] == person), *self.own(mine)]]

    def case(self, case: str) -> list[Row]:
        """Everybody in one case."""
        case = self.root("case", case)
        return [self._line(r) for r in [*(r for r in self.roles if r["case"] == case), *self.own([case])]]

    def _line(self, role: Row) -> Row:
        return {**role, "defendants": self._defendants(role)}

    def _defendants(self, role: Row) -> list[str]:
        """The defendant, and those heard in the same matter by the same court on the same day at the same stage."""
        found = {role["defendant"]}
        act = self.acts.get(role["proceeding"] or "")
        if act:
            found |= {self.cases[c]["defendant"] for c in act["cases"]}
            mark = (act["court"], act["date"], act["stage"])
            if None not in mark:
                here = {self.matter[c] for c in act["cases"]}
                for other in self.acts.values():
                    if (other["court"], other["date"], other["stage"]) == mark:
                        found |= {self.cases[c]["defendant"] for c in other["cases"] if self.matter[c] in here}
        return sorted(d for d in found if d)

    def court(self, body: str) -> tuple[list[Row], int]:
        """The officials of a court, and how many of their roles are not counted."""
        body = self.root("body", body)
        here = [r for r in self.roles if r["official"] and body in (r["court"], r["institution"])]
        rows = [self._tally(p, own) for p, own in _by_person(r for r in here if r["counts"]).items()]
        return sorted(rows, key=lambda r: (-r["matters"], r["person"])), sum(not r["counts"] for r in here)

    def officials(
        self,
        *,
        role: str | None = None,
        court: str | None = None,
        article: str | None = None,
        since: str | None = None,
        until: str | None = None,
        min_matters: int = 2,
        listed_by: Sequence[str] = (),
        not_listed_by: Sequence[str] = (),
    ) -> tuple[list[Row], dict[str, int]]:
        """The officials who recur, and what is left out."""
        passing = [r for r in self.roles if r["official"] and (role is None or r["role"] == role)]
        if court is not None:
            passing = [r for r in passing if self.root("body", court) in (r["court"], r["institution"])]
        if article is not None:
            passing = [r for r in passing if any(_holds(article, a) for a in self.cases[r["case"]]["articles"])]
        if since or until:
            passing = [r for r in passing if _surely(r, since, until)]
        left: dict[str, int] = defaultdict(int)
        left["not_stated"] = sum(not r["counts"] for r in passing)
        rows = []
        for person, own in _by_person(r for r in passing if r["counts"]).items():
            row = self._tally(person, own)
            row["listings"] = self.listings(person)
            if row["adverse"] + row["other"] == 0:
                left["only_favourable"] += 1
            elif row["adverse"] + row["other"] < min_matters:
                left["below_min_matters"] += 1
            elif listed_by and not any(_is(row, n, "listed") for n in listed_by):
                left["filtered"] += 1
            elif not_listed_by and (reason := _why_not(row, not_listed_by)):
                left[reason] += 1
            else:
                rows.append(row)
        rows.sort(key=lambda r: (-r["adverse"], -r["other"], r["person"]))
        return rows, dict(left)

    def _tally(self, person: str, own: Sequence[Row]) -> Row:
        matters: dict[str, set[str | None]] = defaultdict(set)
        cases: dict[tuple[str, str], list[str]] = defaultdict(list)
        for r in own:
            matters[r["matter"]].add(r["effect"])
            cases[r["defendant"] or r["case"], r["matter"]].append(r["case"])
        kind = [
            "adverse" if "adverse" in effects else "favourable" if "favourable" in effects else "other"
            for effects in matters.values()
        ]
        dated = [r["date"] for r in own if r["date"] and r["basis"] != "other_hearing"]
        sources = sorted({s for r in own for s in r["sources"]})
        return {
            "person": person,
            "roles": {r["role"] for r in own},
            "bodies": {r["institution"] for r in own} - {None},
            "courts": {r["court"] for r in own} - {None},
            "matters": len(matters),
            "cases": len(cases),
            "adverse": kind.count("adverse"),
            "favourable": kind.count("favourable"),
            "other": kind.count("other"),
            "first": min(dated, key=lambda t: (days(t)[0], -len(t)), default=None),
            "last": max(dated, key=lambda t: (days(t)[0], len(t)), default=None),
            "matter_ids": sorted(matters),
            "case_ids": sorted(min(c) for c in cases.values()),
            "source_origins": len({self.origin(s) for s in sources}),
            "sources": sources,
            "records": self.ids("person", person),
        }

    def origin(self, source: str) -> str:
        """Who wrote a source first: said, else its publisher, else nobody but itself."""
        row = next(r for r in self.rows["sources"] if r["source_id"] == source)
        seen = {source}
        while row.get("canonical_url") and not row.get("origin"):
            target = next((r for r in self.rows["sources"] if r["url"] == row["canonical_url"]), None)
            if target is None or target["source_id"] in seen:
                break
            seen.add(target["source_id"])
            row = target
        return str(row.get("origin") or row["publisher"] or row["source_id"])

    def listings(self, person: str) -> list[Row]:
        """Where somebody stands on every list."""
        own = self._entries(person)
        doubted = {key for other in self.doubts[person] for key in self._entries(other)}
        looked: dict[str, list[str]] = defaultdict(list)
        for record in self.people.get(person, []):
            for check in self.rows["list_checks"]:
                if check["dataset"] == record["dataset"] and check["scope"] == record["category"]:
                    looked[check["programme"]].append(check.get("as_of") or check.get("checked_on") or "")
        named = [(a, p) for a, p in PROGRAMMES]
        more = sorted(set(own) | doubted, key=lambda k: (k[0], k[1] or ""))
        found = []
        for authority, programme in [*named, *(k for k in more if k not in named)]:
            key = (authority, programme)
            if key in own:
                state, day = _standing(own[key])
            elif key in doubted:
                state, day = "cannot_tell", None
            elif programme in looked and programme not in SECRET:
                dates = [d for d in looked[programme] if d]
                state, day = "not_found", max(dates, key=lambda t: (days(t)[0], len(t)), default=None)
            else:
                state, day = "not_looked", None
            found.append({"authority": authority, "programme": programme, "state": state, "date": day})
        return found

    def _entries(self, person: str) -> dict[tuple[str, str | None], list[tuple[str, list[str]]]]:
        """Listings of a person by list: the day of listing, and the days of delisting that records give."""
        found: dict[tuple[str, str | None], dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
        for row in self.rows["sanctions"]:
            if row.get("person_id") and self.root("person", row["person_id"]) == person:
                ends = found[row["authority"], row["programme"] or None][row["list_date"]]
                ends += [row["delist_date"]] if row["delist_date"] else []
        return {key: sorted(entries.items()) for key, entries in found.items()}

    def exchange(self, deal: str) -> dict[str, Row]:
        """The people of a deal: who released and received them, or that they were only spoken of."""
        found: dict[str, Row] = {}
        for row in self.rows["exchange_participants"]:
            if row["exchange_id"] == deal:
                person = self.root("person", row["person_id"])
                mine = found.setdefault(person, {"part": "released", "released_by": set(), "received_by": set()})
                for side in ("released_by", "received_by"):
                    mine[side] |= {frozenset(row[side].split("|"))} if row[side] else set()
        for row in self.rows["exchange_mentions"]:
            if row["exchange_id"] == deal and row["person_id"]:
                found.setdefault(
                    self.root("person", row["person_id"]),
                    {"part": "mentioned", "released_by": set(), "received_by": set()},
                )
        for person, mine in found.items():
            for side in ("released_by", "received_by"):
                mine[side] = sorted(next(iter(mine[side]))) if len(mine[side]) == 1 else None
            mine["case_ids"] = sorted(c for c, row in self.cases.items() if row["defendant"] == person)
            mine["officials"] = {
                (r["person"], r["role"], r["case"])
                for r in self.roles
                if r["official"] and r["case"] in mine["case_ids"]
            }
            mine["categories"] = {
                (r["category"], "compilers") for r in self.people.get(person, []) if r["category"]
            } | {
                (r["category"], r["by"])
                for r in self.rows["classifications"]
                if self.root("person", r["person_id"]) == person
            }
            mine["records"] = self.ids("person", person)
        return found

    def conflicts(self) -> set[tuple[str, str, str]]:
        """Facts on which records of one thing differ: (table, thing, column), of the columns in `FACTS`."""
        found = set()
        for table, columns in FACTS.items():
            kind = next((k for k, t in KINDS.items() if t == table), "")
            for thing, rows in self._groups(table, lambda r, k=kind, t=table: self.root(k, r[OWN_ID[t]])).items():  # type: ignore[misc]
                for column in columns:
                    values = [r[column] for r in rows if r.get(column)]
                    if column.endswith("_id") and column in ("body_id", "person_id", "case_id"):
                        values = [self.root(column[:-3], v) for v in values]
                    differ = settled_date(values)[1] if column in DATES else len(set(values)) > 1
                    if differ:
                        found.add((table, thing, column))
        return found


FACTS = {
    "people": ("sex", "birth_year"),
    "cases": ("person_id", "arrest_date"),
    "proceedings": ("case_id", "stage", "body_id", "decision_date", "outcome", "sentence_kind", "sentence_months", "regime"),
    "exchanges": ("date",),
}  # fmt: skip
DATES = ("arrest_date", "decision_date", "date")


def _world(dataset: str, table: str, row: Cells) -> Row:
    """A row with ids that the world knows, its dataset, and its sources as a list."""
    out: Row = {k: (v or "").strip() for k, v in row.items()}
    for column in (
        "source_id",
        "person_id",
        "body_id",
        "case_id",
        "trial_id",
        "proceeding_id",
        "exchange_id",
        "mention_id",
    ):
        if out.get(column):
            out[column] = f"{dataset}/{out[column]}"
    out["dataset"] = dataset
    out["sources"] = sorted(f"{dataset}/{s}" for s in out.get("source_ids", "").split("|") if s)
    return out


def _sources(rows: Iterable[Row]) -> list[str]:
    return sorted({s for r in rows for s in r["sources"]})


def _by_person(roles: Iterable[Row]) -> dict[str, list[Row]]:
    found: dict[str, list[Row]] = defaultdict(list)
    for role in roles:
        found[role["person"]].append(role)
    return found


def _surely(role: Row, since: str | None, until: str | None) -> bool:
    """Whether an act lies within the dates for sure; what is named at another hearing has no date."""
    if not role["date"] or role["basis"] == "other_hearing":
        return False
    first, last = days(role["date"])
    return not ((since and first < days(since)[0]) or (until and last > days(until)[1]))


_ARTICLE = re.compile(
    r"(?:(?P<code>\S+) )?(?:30\((?P<un>\d)\)-)?(?P<no>[\d.]+)(?:\((?P<part>[^)]*)\))?(?:\((?P<point>[^)]*)\))?"
)


def _holds(asked: str, charge: str) -> bool:
    """Whether a charge is of the article asked for, which may leave out code, part and point."""
    want, have = _ARTICLE.fullmatch(asked), _ARTICLE.fullmatch(charge)
    assert want and have, (asked, charge)
    return all(want[g] in (None, have[g]) for g in ("code", "un", "no", "part", "point"))


def _standing(entries: Sequence[tuple[str, list[str]]]) -> tuple[str, str | None]:
    """Listed or delisted, by listings that do not overlap; a new listing after the last delisting stands."""
    open_ = [(listed, ends) for listed, ends in entries if not ends]
    ends = [settled_date(e)[0] for _, e in entries if e]
    if not ends:
        return "listed", min((d for d, _ in open_ if d), key=lambda t: (days(t)[0], -len(t)), default=None)
    if None in ends:
        return ("cannot_tell", None) if open_ else ("delisted", None)
    last = max((e for e in ends if e), key=lambda t: (days(t)[0], len(t)))
    after = [d for d, _ in open_ if d and days(d)[0] > days(last)[1]]
    if after:
        return "listed", min(after, key=lambda t: (days(t)[0], -len(t)))
    return ("cannot_tell", None) if open_ else ("delisted", last)


def _is(row: Row, named: str, state: str) -> bool:
    return any(s["state"] == state and named in (s["authority"], s["programme"]) for s in row["listings"])


def _why_not(row: Row, named: Sequence[str]) -> str | None:
    """Why somebody is not among those looked up and not found in all of these lists."""
    for state in ("listed", "cannot_tell", "delisted"):
        if any(_is(row, n, state) for n in named):
            return state
    for name in named:
        wanted = {p for a, p in PROGRAMMES if name in (a, p)}
        found = {s["programme"] for s in row["listings"] if s["state"] == "not_found"}
        if not wanted or not wanted <= found:
            return "not_looked"
    return None
