"""Seeded case tables of any size: invented people in invented cases, in the shape of real ones.

    python -m benchmarks.generate DIR --cases 100000 --seed 1

The same size and seed give the same bytes. Rows are written as they are made, so memory does not grow with the
number of cases beyond the officials. Nobody in here exists: surnames are put together from syllables.
"""

from __future__ import annotations

import argparse
import csv
import random
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import accumulate, product
from pathlib import Path

from ontology import tables

_ONSETS = "Бар Вел Гур Дор Жил Зар Кав Лам Мир Нов Пол Рад Сев Тар Фад Хар Цап Чур Шал Ярм".split()
_STEMS = "ан ат ед ей ез ем ен ер ес иг ид ик ил им ин ис од ок ол ом он оп ор от уд ук ул ун ур уш".split()
_ENDINGS = (("ов", "ова"), ("ин", "ина"), ("енко", "енко"), ("ский", "ская"))
_GIVEN_M = "Александр Алексей Андрей Борис Вадим Виктор Глеб Денис Егор Иван Кирилл Лев Максим Никита Олег Павел Роман"
_GIVEN_F = "Алина Анна Валерия Вера Галина Дарья Елена Жанна Зоя Инна Ксения Лариса Мария Нина Ольга Полина Раиса"
_FATHERS = "Александров Алексеев Андреев Борисов Викторов Денисов Иванов Кириллов Максимов Олегов Павлов Романов"
_LATIN = dict(
    zip(
        "абвгдежзийклмнопрстуфхцчшщъыьэюя",
        "a b v g d e zh z i y k l m n o p r s t u f kh ts ch sh shch  y  e yu ya".split(" "),
        strict=True,
    )
)
_CITIES = "Северогорск Приозёрск Луговое Каменка Заречный Белополье Ясногорск Старица Марьино Дубрава Ключи Отрадное"
_ARTICLES = (
    "RU-CC 207.3(2)(a)", "RU-CC 207.3(1)", "RU-CC 280.3(1)", "RU-CC 275", "RU-CC 205.2(2)", "RU-CC 284.1(1)",
    "RU-CC 282.2(2)", "RU-CC 318(1)", "RU-CC 212(2)", "RU-CC 30(1)-278",
)  # fmt: skip
_PUBLISHERS = "Судебный вестник|Court Monitor|Зал заседаний|Open Docket|Хроника процессов|The Gallery|Реестр дел".split(
    "|"
)
_PROGRAMMES = (("EU", "EU-2024-1485"), ("EU", "EU-2020-1998"), ("GB", "GB-GHR"), ("US", "US-EO-13818"))
_OUTCOMES = ("convicted",) * 17 + ("acquitted", "returned_to_prosecutor", "compulsory_treatment")
_BASES = ("stated",) * 44 + (
    "other_hearing",
    "other_hearing",
    "one_of",
    "identity_inferred",
    "not_sitting",
    "allegation",
)
_FIRST_DAY, _DAYS = date(2018, 1, 9), 2800
_CASES_A_COURT = 400
CANARY = "canary-7f3e-not-for-the-public"
"""Stands in the note of every record that is not public, to be searched for in what leaves as public."""


@dataclass(frozen=True, slots=True)
class _Bench:
    """Officials of one role at one court, with the running sums of their workloads."""

    people: tuple[str, ...]
    sums: tuple[float, ...]

    def draw(self, rng: random.Random) -> str:
        return rng.choices(self.people, cum_weights=self.sums)[0]


@dataclass(frozen=True, slots=True)
class _Court:
    body: str
    benches: Mapping[str, _Bench]


class _Files:
    """One open CSV file for each table; a row is a mapping of the columns that are filled."""

    def __init__(self, folder: Path, stack: ExitStack, *, changed: float, seed: int) -> None:
        self._changes = random.Random(f"changes {seed}")
        self._changed = changed
        self._writers = {}
        self._columns = {name: tuple(spec.columns) for name, spec in tables().items()}
        for name, columns in self._columns.items():
            file = stack.enter_context((folder / f"{name}.csv").open("w", encoding="utf-8", newline=""))
            self._writers[name] = csv.writer(file, lineterminator="\n")
            self._writers[name].writerow(columns)

    def row(self, table: str, /, **cells: str | int) -> None:
        if self._changed and table != "sources" and self._changes.random() < self._changed:
            cells["note"] = "corrected in the next version"
        self._writers[table].writerow([cells.get(column, "") for column in self._columns[table]])


def world(folder: Path, *, cases: int, seed: int = 1, changed: float = 0.0) -> Path:
    """The same folder, with case tables of `cases` cases in it.

    About 2 proceedings and 4 roles a case; one case in three belongs to a trial of 2 to 5 defendants; officials
    carry uneven workloads; 1 % of the cases are told differently by a second source, 1 % of the roles are not
    public, a few people are exchanged, listed, recognised. `changed` is the share of rows (0 to 1) that differ
    from the world of the same size and seed without it: the next version of the same dataset.

    Raises:
        ValueError: `cases` is below 1, or `changed` is no share.
    """
    if cases < 1:
        raise ValueError(f"cases must be 1 or more, got {cases}")
    if not 0 <= changed <= 1:
        raise ValueError(f"changed is a share from 0 to 1, got {changed}")
    folder.mkdir(parents=True, exist_ok=True)
    rng = random.Random(seed)
    with ExitStack() as stack:
        files = _Files(folder, stack, changed=changed, seed=seed)
        sources = _sources(files, rng, max(4, cases // 8))
        courts = [_court(files, rng, number, sources) for number in range(max(2, cases // _CASES_A_COURT))]
        _list_checks(files, sources)
        weights = tuple(accumulate(rng.paretovariate(1.2) for _ in courts))
        done = 0
        while done < cases:
            size = min(rng.choices((1, 2, 3, 4, 5), cum_weights=(80, 89, 94, 97, 100))[0], cases - done)
            _trial(files, rng, rng.choices(courts, cum_weights=weights)[0], done, size, sources)
            done += size
        _exchanges(files, rng, cases, sources)
    return folder


def _sources(files: _Files, rng: random.Random, count: int) -> int:
    for number in range(count):
        published = _FIRST_DAY + timedelta(rng.randrange(_DAYS))
        files.row(
            "sources", source_id=f"s{number}", url=f"https://court-reports.example/{number}", lang=("ru", "en")[number % 2],
            title=f"Report {number}", publisher=rng.choice(_PUBLISHERS), published=published.isoformat(),
            origin=_PUBLISHERS[0] if rng.random() < 0.1 else "",
        )  # fmt: skip
    return count


def _cited(rng: random.Random, sources: int, near: int) -> str:
    """One to three sources; cases that follow each other share theirs, as cases in the news do."""
    return "|".join(dict.fromkeys(f"s{(near + step) % sources}" for step in range(rng.choice((1, 1, 2, 3)))))


def _court(files: _Files, rng: random.Random, number: int, sources: int) -> _Court:
    """A court with its judges, prosecutors, investigators, experts and lawyers."""
    city = _CITIES.split()[number % 12]
    body = f"court{number}"
    cited = f"s{number % sources}"
    files.row(
        "bodies", body_id=body, name=f"{_latin(city)} District Court No. {number}", kind="court", level="district",
        name_ru=f"{city}: районный суд № {number}", city=_latin(city), country="RU", source_ids=cited,
    )  # fmt: skip
    files.row(
        "bodies", body_id=f"office{number}", name=f"{_latin(city)} Prosecutor's Office No. {number}", country="RU",
        name_ru=f"{city}: прокуратура № {number}", kind="prosecutor_office", city=_latin(city), source_ids=cited,
    )  # fmt: skip
    sizes = {"judge": 10, "prosecutor": 6, "investigator": 6, "expert_witness": 2, "defence_lawyer": 6}
    return _Court(body, {role: _bench(files, rng, number, role, size, sources) for role, size in sizes.items()})


def _bench(files: _Files, rng: random.Random, court: int, role: str, size: int, sources: int) -> _Bench:
    people = tuple(f"{role[:3]}{court}-{seat}" for seat in range(size))
    for person in people:
        cited = f"s{rng.randrange(sources)}"
        category = "lawyer" if role == "defence_lawyer" else "official"
        files.row("people", person_id=person, category=category, source_ids=cited, found_by="case", **_name(rng))
        if role in ("judge", "prosecutor"):
            _post(files, rng, person, role, court, cited)
    return _Bench(people, tuple(accumulate(rng.paretovariate(1.5) for _ in people)))


def _post(files: _Files, rng: random.Random, person: str, role: str, court: int, cited: str) -> None:
    if rng.random() < 0.3:
        body = f"court{court}" if role == "judge" else f"office{court}"
        files.row("tenures", person_id=person, body_id=body, post=role, source_ids=cited, **{"from": _day(rng, 0)})
    if rng.random() < 0.04:
        for authority, programme in rng.sample(_PROGRAMMES, rng.choice((1, 1, 2))):
            files.row(
                "sanctions", person_id=person, authority=authority, programme=programme, source_ids=cited,
                list_date=(_FIRST_DAY + timedelta(1500 + rng.randrange(1200))).isoformat(),
                reason_summary="Took part in prosecutions for speech",
            )  # fmt: skip


def _list_checks(files: _Files, sources: int) -> None:
    for number, (authority, programme) in enumerate(_PROGRAMMES[:2]):
        files.row(
            "list_checks", authority=authority, programme=programme, scope="official", as_of="2026-01-15",
            checked_on="2026-02-01", source_ids=f"s{number % sources}",
        )  # fmt: skip


def _trial(files: _Files, rng: random.Random, court: _Court, first: int, size: int, sources: int) -> None:
    """One matter: the same officials and days for each of its defendants."""
    start = rng.randrange(_DAYS - 700)
    days = (start, start + 150 + rng.randrange(250), start + 450 + rng.randrange(200))
    judge, second = court.benches["judge"].draw(rng), court.benches["judge"].draw(rng)
    officials = {role: bench.draw(rng) for role, bench in court.benches.items()}
    trial = f"t{first}" if size > 1 else ""
    articles = "|".join(sorted(rng.sample(_ARTICLES, rng.choice((1, 1, 2)))))
    cited = _cited(rng, sources, first // 8)
    for number in range(first, first + size):
        case, person = f"c{number}", f"p{number}"
        _defendant(files, rng, person, cited)
        files.row(
            "cases", case_id=case, person_id=person, trial_id=trial, articles=articles, source_ids=cited,
            title=f"Case {number}", arrest_date=_date(rng, days[0]), status_text=rng.choice(("convicted", "under appeal", "")),
        )  # fmt: skip
        outcome = rng.choice(_OUTCOMES)
        _act(files, rng, court, case, "d", "pretrial_detention", days[0], "remanded", cited)
        _role(files, rng, case, "d", judge, "presiding_judge", court.body, days[0], cited)
        _role(files, rng, case, "d", officials["investigator"], "investigator", "", days[0], cited)
        _act(files, rng, court, case, "v", "first_instance", days[1], outcome, cited)
        _role(files, rng, case, "v", second, "presiding_judge", court.body, days[1], cited)
        _role(files, rng, case, "v", officials["prosecutor"], "prosecutor", "", days[1], cited)
        _extras(files, rng, court, number, days[2], officials, cited, sources)


def _defendant(files: _Files, rng: random.Random, person: str, cited: str) -> None:
    files.row(
        "people", person_id=person, category=rng.choice(("political_prisoner", "journalist", "other")), source_ids=cited,
        birth_year=1950 + rng.randrange(52), citizenships="RU", **_name(rng),
    )  # fmt: skip
    if rng.random() < 0.05:
        status = "recognised_political_prisoner"
        files.row("recognitions", person_id=person, body="Memorial", status=status, source_ids=cited)
        files.row("classifications", person_id=person, category="political_prisoner", by="Memorial", source_ids=cited)


def _act(
    files: _Files, rng: random.Random, court: _Court, case: str, act: str, stage: str, day: int, outcome: str, cited: str
) -> None:  # fmt: skip
    sentence: dict[str, str | int] = {}
    if outcome == "convicted":
        sentence = {"sentence_kind": "imprisonment", "sentence_months": 6 * rng.randrange(4, 40), "regime": "general"}
    files.row(
        "proceedings", proceeding_id=f"{case}-{act}", case_id=case, stage=stage, body_id=court.body, outcome=outcome,
        decision_date=_date(rng, day), case_number=f"1-{rng.randrange(900)}/{2018 + day // 365}", source_ids=cited, **sentence,
    )  # fmt: skip


def _role(
    files: _Files, rng: random.Random, case: str, act: str, person: str, role: str, body: str, day: int, cited: str
) -> None:  # fmt: skip
    hidden = rng.random()
    files.row(
        "roles", proceeding_id=f"{case}-{act}" if act else "", case_id=case, person_id=person, role=role, body_id=body,
        date=(_FIRST_DAY + timedelta(day)).isoformat() if act else "", source_ids=cited,
        basis=rng.choice(_BASES) if act else "whole_case",
        visibility="internal" if hidden < 0.005 else "partner" if hidden < 0.01 else "",
        note=CANARY if hidden < 0.01 else "", status="disputed" if 0.01 < hidden < 0.02 else "",
    )  # fmt: skip


def _extras(
    files: _Files, rng: random.Random, court: _Court, number: int, day: int, officials: Mapping[str, str], cited: str, sources: int
) -> None:  # fmt: skip
    """What only some cases have: an expert, a lawyer, an appeal, a second source that disagrees, a quotation."""
    case, chance = f"c{number}", rng.random()
    if chance < 0.05:
        _role(files, rng, case, "v", officials["expert_witness"], "expert_witness", "", day - 200, cited)
    elif chance < 0.15:
        _role(files, rng, case, "", officials["defence_lawyer"], "defence_lawyer", "", day, cited)
    elif chance < 0.2:
        _act(files, rng, court, case, "a", "appeal", day, rng.choice(("upheld", "upheld", "made_lighter")), cited)
        _role(files, rng, case, "a", court.benches["judge"].draw(rng), "judge", court.body, day, cited)
    elif chance < 0.21:
        near = int(cited.split("|")[0][1:])
        _retold(files, rng, case, number, day, f"s{near if '|' in cited else (near + 1) % sources}")
    elif chance < 0.22:
        files.row(
            "citations", table="cases", key=case, column="arrest_date", source_id=cited.split("|")[0], paragraph="3",
            quote="Арестован в тот же день", quote_lang="ru", translation="Arrested on the same day",
        )  # fmt: skip


def _retold(files: _Files, rng: random.Random, case: str, number: int, day: int, source: str) -> None:
    """The same case, as another source dates the arrest."""
    files.row(
        "cases", case_id=case, person_id=f"p{number}", arrest_date=(_FIRST_DAY + timedelta(day + 3)).isoformat(),
        source_ids=source, confidence=rng.choice(("high", "medium", "low")),
    )  # fmt: skip


def _exchanges(files: _Files, rng: random.Random, cases: int, sources: int) -> None:
    """One deal for every 2,000 cases: some defendants freed, one asked for in vain, a child among the freed."""
    for number in range(max(1, cases // 2000)):
        deal, cited = f"x{number}", f"s{rng.randrange(sources)}"
        day = (_FIRST_DAY + timedelta(rng.randrange(_DAYS))).isoformat()
        files.row("exchanges", exchange_id=deal, name=f"Exchange {number}", date=day, parties="RU|DE", source_ids=cited)
        people = sorted(rng.sample(range(cases), min(cases, 6)))
        for person in people[1:] or people:
            files.row(
                "exchange_participants", exchange_id=deal, person_id=f"p{person}", released_by="RU", received_by="DE",
                source_ids=cited,
            )  # fmt: skip
        child = f"child{number}"
        files.row("people", person_id=child, category="minor_family_member", source_ids=cited)
        files.row("exchange_participants", exchange_id=deal, person_id=child, released_by="DE", source_ids=cited)
        files.row(
            "exchange_mentions", mention_id=f"m{number}", exchange_id=deal, person_id=f"p{people[0]}", kind="asked_for",
            by="DE", date=day[:7], source_ids=cited,
        )  # fmt: skip


def _name(rng: random.Random) -> dict[str, str | int]:
    """An invented name in both scripts; one in ten is known by initials only, one in ten without patronymic."""
    sex = rng.choice("mf")
    ending = rng.choice(_ENDINGS)[sex == "f"]
    surname = rng.choice(_ONSETS) + rng.choice(_STEMS) + ending
    given = rng.choice(_GIVENS[sex])
    father = rng.choice(_FATHER_NAMES) + ("ич" if sex == "m" else "на")
    style = rng.random()
    russian = f"{surname} {given} {father}"
    if style < 0.1:
        russian = f"{surname} {given[0]}.{father[0]}."
    elif style < 0.2:
        russian = f"{given} {surname}"
    return {"name": _latin(f"{given} {surname}"), "name_ru": russian, "sex": sex}


_GIVENS = {"m": _GIVEN_M.split(), "f": _GIVEN_F.split()}
_FATHER_NAMES = _FATHERS.split()


def _latin(text: str) -> str:
    return "".join(_LATIN.get(ch) or (_LATIN[ch.lower()].capitalize() if ch.lower() in _LATIN else ch) for ch in text)


def _date(rng: random.Random, day: int) -> str:
    """The day as a source knows it: one in ten knows the month or the year alone."""
    text = (_FIRST_DAY + timedelta(day)).isoformat()
    return text[: rng.choice((4, 7, *(10,) * 18))]


def _day(rng: random.Random, earliest: int) -> str:
    return (_FIRST_DAY + timedelta(earliest + rng.randrange(400))).isoformat()


def surnames() -> Iterator[str]:
    """Every surname, in its male form, that a world can hold."""
    return (onset + stem + ending[0] for onset, stem, ending in product(_ONSETS, _STEMS, _ENDINGS))


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.generate", description=(__doc__ or "").split("\n")[0])
    parser.add_argument("folder", type=Path, metavar="DIR")
    parser.add_argument("--cases", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--changed", type=float, default=0.0, help="share of rows that differ: the next version")
    options = parser.parse_args(arguments)
    world(options.folder, cases=options.cases, seed=options.seed, changed=options.changed)
    print(f"{options.cases:,} cases in {options.folder}")


if __name__ == "__main__":
    main()
