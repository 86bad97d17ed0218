"""Small odd worlds as case tables, made from a seed: what a stranger's data can look like."""

from __future__ import annotations

import csv
import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeAlias

Tables: TypeAlias = dict[str, list[dict[str, str]]]

STAGES = ("pretrial_detention", "detention_extension", "first_instance", "retrial", "appeal", "cassation", "other")
OUTCOMES = (
    "convicted", "convicted_in_absentia", "acquitted", "partly_acquitted", "released_from_punishment",
    "compulsory_treatment", "returned_to_prosecutor", "returned_for_rehearing", "overturned", "upheld",
    "upheld_with_changes", "made_lighter", "made_heavier", "remanded", "house_arrest", "extended",
    "administrative_arrest", "search_authorised", "pardoned", "not_decided",
)  # fmt: skip
EFFECTS = ("adverse", "favourable", "mixed", "unknown")
ROLES = (
    "presiding_judge", "judge", "prosecutor", "investigator", "expert_witness", "prison_official", "secretary",
    "defence_lawyer", "witness", "complainant", "other",
)  # fmt: skip
BASES = (
    "stated",
    "stated",
    "stated",
    "other_hearing",
    "whole_case",
    "one_of",
    "identity_inferred",
    "not_sitting",
    "allegation",
    "",
)
CATEGORIES = ("political_prisoner", "journalist", "official", "official", "lawyer", "convicted_criminal", "")
LISTS = (
    ("EU", "EU-2024-1485"), ("EU", "EU-2020-1998"), ("EU", "EU-2014-269"), ("EU", "EU-2006-765"), ("GB", "GB-GHR"),
    ("GB", "GB-RUSSIA-2019"), ("GB", ""), ("US", "US-EO-13818"), ("US", "US-STATE-VISA"), ("CH", "CH-RUSSIA"), ("UA", ""),
)  # fmt: skip
ARTICLES = (
    "RU-CC 207.3(2)(a)", "RU-CC 207.3(1)", "RU-CC 207.3", "RU-CC 30(1)-278", "RU-CC 278", "RU-CAO 20.3.3(1)", "DE-StGB 211",
)  # fmt: skip
NAMES = (
    ("Olesya Mendeleyeva", "Менделеева Олеся Владимировна"), ("Ivan Petrov", "Иван Петров"), ("", "Пётр Щукин-Ёлкин"),
    ("O'Brien, Seán \"Jr\"", ""), ("=SUM(A1)", "@Иванов"), ("<b>Bob</b> & Co", "Боб; «К°»"), ("Anna-Maria von Straße", "Анна‑Мария"),
    ("\u202eDnalor", "Роналд"), ("李明", "Ли Мин"), ("'; DROP TABLE people;--", "Роберт"), ("null", "None"), ("Ким", "Ким"),
)  # fmt: skip


@dataclass
class World:
    """Datasets by name, and the judgements on them in order."""

    datasets: dict[str, Tables]
    judgements: list[dict[str, str]] = field(default_factory=list)


def world(seed: int) -> World:
    """The same odd world for the same seed: two or three datasets, and judgements that do not contradict each other."""
    rng = random.Random(seed)
    names = rng.sample(["alpha", "beta", "дело-2024", "Δ set"], rng.choice([2, 2, 3]))
    made = World({name: _dataset(rng, n) for n, name in enumerate(names)})
    made.judgements = _judgements(rng, made.datasets)
    return made


def _date(rng: random.Random, *, least: int = 2018, most: int = 2025) -> str:
    year = rng.randint(least, most)
    return rng.choice(
        [
            "",
            f"{year}",
            f"{year}-{rng.randint(1, 12):02}",
            *[f"{year}-{rng.randint(1, 12):02}-{rng.randint(1, 28):02}"] * 3,
        ]
    )


def _dataset(rng: random.Random, number: int) -> Tables:
    sources = [f"s{n}" for n in range(1, rng.randint(4, 8))]

    def src() -> str:
        return "|".join(rng.sample(sources, rng.randint(1, min(3, len(sources)))))

    officials = [f"o{n}" for n in range(1, rng.randint(4, 7))]
    accused = [f"p{n}" for n in range(1, rng.randint(3, 6))]
    bodies = ["b1", "b2", "b3", "office"]
    tables: Tables = {
        "sources": [
            {
                "source_id": s, "url": f"https://example.org/{number}/{s}", "title": rng.choice(["", f"Title of {s}"]),
                "publisher": rng.choice(["", "Herald", "Meduza", "Agency"]), "published": _date(rng),
                "lang": rng.choice(["ru", "en", ""]), "origin": rng.choice(["", "", "Agency", "Reuters"]),
                "canonical_url": rng.choice(["", "", "", f"https://example.org/{number}/{rng.choice(sources)}"]),
            }
            for s in sources
        ],
        "bodies": [
            {"body_id": b, "name": f"Court {b}" if b != "office" else rng.choice(["", "Office"]), "name_ru": rng.choice(["", f"Суд {b}"]),
             "kind": "court" if b != "office" else "prosecutor_office", "level": "", "city": "", "country": "RU",
             "source_ids": src()}
            for b in bodies
        ],
    }  # fmt: skip
    tables["people"] = [_person(rng, p, src()) for p in [*officials, *accused, "idle"]]
    tables["people"].append(
        {**_person(rng, "kid", src()), "name": "", "name_ru": "", "aliases": "", "birth_year": "2015", "category": ""}
    )
    cases = [
        {
            "case_id": f"c{n}", "person_id": rng.choice([*accused, *accused, "kid"]), "trial_id": rng.choice(["", "", "t1", "t2", "c1"]),
            "title": rng.choice(["", f"Case {n}"]), "articles": "|".join(rng.sample(ARTICLES, rng.randint(0, 3))),
            "arrest_date": _date(rng), "status_text": "", "source_ids": src(), "note": "",
        }
        for n in range(1, rng.randint(3, 7))
    ]  # fmt: skip
    tables["cases"] = _doubled(rng, cases, sources, ("title", "arrest_date"), key=("case_id",))
    acts = []
    for case in cases:
        for n in range(rng.choice([0, 1, 1, 2, 3])):
            acts.append(
                {
                    "proceeding_id": f"{case['case_id']}-v{n}", "case_id": case["case_id"], "stage": rng.choice([*STAGES[1:4], ""]),
                    "body_id": rng.choice([*bodies[:3], ""]), "decision_date": _date(rng, least=2023, most=2024),
                    "outcome": rng.choice([*OUTCOMES, "", *["convicted"] * 6, *["acquitted"] * 3]), "outcome_text": "",
                    "sentence_kind": rng.choice(["", "imprisonment"]), "sentence_months": rng.choice(["", "84", "0"]),
                    "fine_rub": "", "regime": rng.choice(["", "strict"]), "case_number": "", "effect": rng.choice(["", "", "", *EFFECTS]),
                    "source_ids": src(), "note": "",
                }
            )  # fmt: skip
    facts = ("body_id", "decision_date", "outcome", "sentence_months", "effect", "stage")
    tables["proceedings"] = _doubled(rng, acts, sources, facts, key=("proceeding_id",))
    roles: dict[tuple[str, ...], dict[str, str]] = {}
    for _ in range(rng.randint(6, 24)):
        act = rng.choice([*acts, *acts, None]) if acts else None
        of = act["case_id"] if act else rng.choice(cases)["case_id"]
        who, role = rng.choice([*officials, *officials, accused[0]]), rng.choice([*ROLES[:3] * 3, *ROLES])
        row = {
            "proceeding_id": act["proceeding_id"] if act else "", "case_id": of, "person_id": who, "role": role,
            "body_id": rng.choice(["", *bodies]), "date": rng.choice(["", "", _date(rng)]), "basis": rng.choice(BASES),
            "name_as_written": rng.choice(["", "Судьи М. О."]), "source_ids": src(), "note": "",
        }  # fmt: skip
        roles[row["proceeding_id"], of, who, role] = row
    tables["roles"] = _doubled(
        rng,
        list(roles.values()),
        sources,
        ("basis", "date", "body_id"),
        key=("proceeding_id", "case_id", "person_id", "role"),
    )
    tables["sanctions"] = _sanctions(rng, [*officials, *accused], src)
    tables["list_checks"] = [
        {"authority": a, "programme": p, "scope": rng.choice(["official", "official", "political_prisoner"]),
         "as_of": _date(rng), "checked_on": rng.choice(["", "2026-11-01"])}
        for a, p in rng.sample([x for x in LISTS if x[1]], rng.randint(0, 8))
    ]  # fmt: skip
    tables["exchanges"] = [
        {"exchange_id": "x1", "name": "Deal", "date": rng.choice(["2024-08-01", "2024"]), "place": "", "parties": "RU|US", "mediators": "",
         "source_ids": src()}
    ]  # fmt: skip
    freed = [
        {"exchange_id": "x1", "person_id": p, "released_by": rng.choice(["", "RU", "RU|BY"]),
         "received_by": rng.choice(["", "US", "DE|US"]), "custody_before": "", "source_ids": src()}
        for p in rng.sample([*accused, "kid"], 2)
    ]  # fmt: skip
    tables["exchange_participants"] = _doubled(rng, freed, sources, (), key=("exchange_id", "person_id"))
    tables["exchange_mentions"] = [
        {"mention_id": f"m{n}", "exchange_id": rng.choice(["", "x1"]), "person_id": rng.choice(["", *accused]),
         "name": rng.choice(["", "somebody"]), "kind": rng.choice(["offered", "refused", "press_mention", ""]),
         "by": rng.choice(["", "RU", "US|DE"]), "date": _date(rng), "quote": "", "source_ids": src()}
        for n in range(rng.randint(0, 4))
    ]  # fmt: skip
    tables["classifications"] = [
        {"person_id": p, "category": c, "by": rng.choice(["Memorial", "FSB"]), "date": _date(rng), "quote": "", "source_ids": src()}
        for p, c in {(rng.choice(accused), rng.choice(["spy", "political_prisoner"])) for _ in range(3)}
    ]  # fmt: skip
    tables["classifications"].sort(key=lambda r: (r["person_id"], r["category"]))
    tables["recognitions"] = [
        {"person_id": accused[0], "body": "Memorial", "status": "recognised_political_prisoner", "from": "2020", "to": "", "source_ids": src()}
    ]  # fmt: skip
    for empty in rng.sample(["sanctions", "list_checks", "exchange_mentions", "classifications", "recognitions"], 1):
        tables[empty] = []
    for table in ("roles", "proceedings", "people", "cases"):
        rng.shuffle(tables[table])
    return tables


def _person(rng: random.Random, person: str, sources: str) -> dict[str, str]:
    name, name_ru = rng.choice(NAMES)
    category = rng.choice(CATEGORIES) if person[0] != "o" else rng.choice(["official", "official", "", "journalist"])
    return {
        "person_id": person, "name": name, "name_ru": name_ru, "aliases": rng.choice(["", "Кличка|Alias"]), "sex": rng.choice(["", "m", "f"]),
        "birth_year": rng.choice(["", "1970", "1981"]), "citizenships": rng.choice(["", "RU|UA"]), "occupation": "",
        "category": category, "source_ids": sources, "note": "",
    }  # fmt: skip


def _doubled(
    rng: random.Random, rows: list[dict[str, str]], sources: Sequence[str], facts: Sequence[str], *, key: Sequence[str]
) -> list[dict[str, str]]:
    """Some rows a second time: what another source says of the same key, perhaps otherwise."""
    out = list(rows)
    for row in rows:
        others = sorted(set(sources) - set(row["source_ids"].split("|")))
        if others and rng.random() < 0.35:
            other = {**row, "source_ids": rng.choice(others)}
            for fact in facts:
                if rng.random() < 0.3:
                    other[fact] = rng.choice([*_vary(rng, fact, row[fact]), *([""] if fact != "stage" else [])])
            assert all(other[k] == row[k] for k in key)
            out.append(other)
    return out


def _vary(rng: random.Random, fact: str, value: str) -> list[str]:
    if fact in ("decision_date", "arrest_date", "date"):
        return [value[:4], _date(rng)]
    words = {
        "outcome": OUTCOMES, "effect": EFFECTS, "basis": BASES[:-1], "body_id": ("b1", "b2"), "stage": ("appeal",),
        "sentence_months": ("84", "96"), "title": ("Another title",),
    }  # fmt: skip
    return [value, rng.choice(words[fact])]


def _sanctions(rng: random.Random, people: Sequence[str], src: object) -> list[dict[str, str]]:
    found = []
    for person in rng.sample(list(people), min(3, len(people))):
        for authority, programme in rng.sample(LISTS, rng.randint(1, 3)):
            spells = rng.choice(
                [[("2020", "")], [("2020-05", "2021-06-01")], [("2019", "2020-06"), ("2022-03-01", "")], [("", "")]]
            )
            for listed, delisted in spells:
                found.append(
                    {"person_id": person, "body_id": "", "authority": authority, "programme": programme, "list_date": listed,
                     "delist_date": delisted, "reason_summary": "why", "source_ids": src()}  # type: ignore[operator]
                )  # fmt: skip
    found.append(
        {"person_id": "", "body_id": "b1", "authority": "EU", "programme": "EU-2024-1485", "list_date": "2023", "delist_date": "",
         "reason_summary": "", "source_ids": src()}  # type: ignore[operator]
    )  # fmt: skip
    return found


def _judgements(rng: random.Random, datasets: dict[str, Tables]) -> list[dict[str, str]]:
    """Judgements across (and within) datasets, some of them judged again, none against another."""
    names = sorted(datasets)
    found: list[dict[str, str]] = []
    ids = {
        "person": [f"{d}/{r['person_id']}" for d in names for r in datasets[d]["people"] if r["person_id"] != "kid"],
        "body": [f"{d}/{r['body_id']}" for d in names for r in datasets[d]["bodies"]],
    }
    for kind, things in ids.items():
        for _ in range(rng.randint(2, 6)):
            left, right = rng.sample(sorted(set(things)), 2)
            found.append(_judged(kind, left, right, rng.choice(["same", "same", "unsure", "different"])))
    for _ in range(rng.randint(0, 2)):  # one case, perhaps with an act of it, in two datasets
        a, b = rng.sample(names, 2)
        mine, theirs = rng.choice(datasets[a]["cases"]), rng.choice(datasets[b]["cases"])
        if "kid" in (mine["person_id"], theirs["person_id"]):
            continue
        found.append(_judged("person", f"{a}/{mine['person_id']}", f"{b}/{theirs['person_id']}", "same"))
        if rng.random() < 0.7:
            found.append(_judged("case", f"{a}/{mine['case_id']}", f"{b}/{theirs['case_id']}", "same"))
        first = [r["proceeding_id"] for r in datasets[a]["proceedings"] if r["case_id"] == mine["case_id"]]
        second = [r["proceeding_id"] for r in datasets[b]["proceedings"] if r["case_id"] == theirs["case_id"]]
        if first and second:
            found.append(_judged("proceeding", f"{b}/{second[0]}", f"{a}/{first[0]}", "same"))
    if found and rng.random() < 0.5:  # judged again, written the other way round
        again = rng.choice(found)
        found.append(_judged(again["kind"], again["right"], again["left"], rng.choice(["unsure", "same"])))
    if found:
        found.append(_judged("person", f"{names[0]}/nobody", f"{names[-1]}/o1", "same"))
    return _without_contradictions(found)


def _judged(kind: str, left: str, right: str, verdict: str) -> dict[str, str]:
    return {
        "kind": kind, "left": left, "right": right, "verdict": verdict, "decided_on": "2026-01-01", "by": "tester", "why": "because",
        "evidence": "",
    }  # fmt: skip


def _without_contradictions(found: Iterable[dict[str, str]]) -> list[dict[str, str]]:
    """The judgements in order, without those that would join what is judged different."""
    kept: list[dict[str, str]] = []
    for judgement in found:
        if _consistent([*kept, judgement]):
            kept.append(judgement)
    return kept


def _consistent(judgements: Sequence[dict[str, str]]) -> bool:
    last = {(j["kind"], *sorted((j["left"], j["right"]))): j["verdict"] for j in judgements}
    group: dict[tuple[str, str], set[str]] = {}
    for (kind, left, right), verdict in last.items():
        a, b = group.setdefault((kind, left), {left}), group.setdefault((kind, right), {right})
        if verdict == "same":
            a |= b
            for thing in a:
                group[kind, thing] = a
    return not any(v == "different" and right in group[kind, left] for (kind, left, right), v in last.items())


def written(
    made: World, folder: Path, *, encoding: str = "utf-8", separator: str = ",", shuffled: int | None = None
) -> list[Path]:
    """The world as files below `folder`: a folder for each dataset, and judgements.csv; the paths to load, in order."""
    rng = random.Random(shuffled)
    for name, tables in made.datasets.items():
        (folder / name).mkdir(parents=True, exist_ok=True)
        for table, rows in tables.items():
            lines = list(rows)
            if shuffled is not None:
                rng.shuffle(lines)
            columns = list(lines[0]) if lines else list(_EMPTY[table])
            _write(folder / name / f"{table}.csv", columns, lines, encoding=encoding, separator=separator)
    paths = [folder / name for name in made.datasets]
    if made.judgements:
        _write(folder / "judgements.csv", list(made.judgements[0]), made.judgements)
        paths.append(folder / "judgements.csv")
    return paths


_EMPTY = {
    "sanctions": ("person_id", "body_id", "authority", "programme", "list_date", "delist_date", "source_ids"),
    "list_checks": ("authority", "programme", "scope", "as_of"),
    "exchange_mentions": ("mention_id", "exchange_id", "person_id", "name", "kind", "by", "date", "quote", "source_ids"),
    "classifications": ("person_id", "category", "by", "source_ids"),
    "recognitions": ("person_id", "body", "status", "source_ids"),
    "cases": ("case_id", "person_id", "trial_id", "title", "articles", "arrest_date", "status_text", "source_ids"),
    "proceedings": ("proceeding_id", "case_id", "stage", "source_ids"),
    "roles": ("proceeding_id", "case_id", "person_id", "role", "basis", "source_ids"),
}  # fmt: skip


def _write(
    file: Path, columns: Sequence[str], rows: Iterable[dict[str, str]], *, encoding: str = "utf-8", separator: str = ","
) -> None:
    with file.open("w", encoding=encoding, newline="") as out:
        writer = csv.DictWriter(out, columns, delimiter=separator, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
