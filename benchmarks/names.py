"""How well and how fast people are found by name: `python -m benchmarks.names [--persons N] [--part ...]`.

Quality is measured on names of real persons (`../shared/data/linkage`, test data that does not ship) and on every
official of the two shipped datasets in six cases, by initials and with typing slips; speed on generated persons.
Declension here goes forward, by rules of its own, so that it does not test the rules of `graph.inflection` with themselves.
"""

from __future__ import annotations

import argparse
import csv
import gc
import platform
import random
import re
import statistics
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from graph.name_folding import fine, is_cyrillic, plain
from graph.name_index import Entry, NameIndex
from graph.names import readings_of

ROOT = Path(__file__).parent.parent
PAIRS = ROOT.parent / "shared" / "data" / "linkage" / "cyrillic_latin_person_pairs.csv"
DATASETS = tuple(ROOT.parent / "shared" / "data" / name for name in ("cases-ru", "exchanges"))


@dataclass
class Score:
    """Queries asked, those that found a right thing, and full names that also found somebody else."""

    asked: int = 0
    found: int = 0
    first: int = 0
    full: int = 0
    foreign: int = 0
    seconds: list[float] = field(default_factory=list)
    missed: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)

    @property
    def recall(self) -> float:
        return self.found / self.asked if self.asked else 0.0

    @property
    def foreign_share(self) -> float:
        return self.foreign / self.full if self.full else 0.0

    def line(self, title: str) -> str:
        times = sorted(self.seconds)
        p95 = times[int(len(times) * 0.95)] * 1000
        return (
            f"{title:<34} {self.asked:>6} asked  found {self.recall:7.2%}  first {self.first / self.asked:7.2%}  "
            f"others at full names {self.foreign_share:7.2%}  p50 {statistics.median(times) * 1000:.2f} ms  p95 {p95:.2f} ms"
        )


def same_words(name: str) -> str:
    """The words of a name in any order, as the three languages agree on them: equal for true namesakes."""
    found = re.findall(r"[^\W\d_]+(?:-[^\W\d_]+)*", name)
    return " ".join(sorted(fine(plain(w)) if is_cyrillic(w) else plain(w) for w in found))


def is_full(name: str) -> bool:
    """Whether a name has surname, given name and patronymic."""
    found = readings_of(name)
    return bool(found and found[0].surname and found[0].given and found[0].patronymic)


def ask(
    index: NameIndex,
    queries: Iterable[tuple[str, set[str]]],
    names: Mapping[str, Sequence[str]],
    *,
    keep: int = 20,
) -> Score:
    """Scores of queries with the things that each should find; `names` gives the spellings of every thing.

    Another thing at a full name counts as foreign unless it has the same words in some spelling as a right one.
    """
    score = Score()
    for query, right in queries:
        start = time.perf_counter()
        matches = index.search("person", query, limit=50).matches
        score.seconds.append(time.perf_counter() - start)
        score.asked += 1
        got = [m.thing for m in matches]
        if right & set(got):
            score.found += 1
            top = {m.thing for m in matches if m.score == matches[0].score}
            score.first += bool(right & top)
        elif len(score.missed) < keep:
            score.missed.append(query)
        if is_full(query):
            score.full += 1
            own = {same_words(n) for r in right for n in names[r]}
            others = [
                m.name for m in matches if m.thing not in right and is_full(m.name)
                and not own & {same_words(n) for n in names[m.thing]}
            ]  # fmt: skip
            score.foreign += bool(others)
            if others and len(score.wrong) < keep:
                score.wrong.append(f"{query}: {others[0]}")
    return score


def pairs() -> list[dict[str, str]]:
    """The rows of the Cyrillic-Latin pairs."""
    with PAIRS.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def linkage(rows: Sequence[Mapping[str, str]], folder: Path, *, ask_in: str) -> Score:
    """Scores of asking in one script for persons that the index knows in the other.

    A thing is a person as far as the file tells: a name with its date of birth; without one, a name.
    """
    known = "cyrillic" if ask_in == "latin" else "latin"
    person = {(r[known], r["birth_date"]): f"pairs/{i}" for i, r in enumerate(rows)}
    names: dict[str, list[str]] = {thing: [name] for (name, _), thing in person.items()}
    words_of: defaultdict[str, set[str]] = defaultdict(set)
    right: defaultdict[str, set[str]] = defaultdict(set)
    for r in rows:
        thing = person[r[known], r["birth_date"]]
        right[r[ask_in]].add(thing)
        words_of[thing].add(same_words(r[ask_in]))
    if ask_in == "cyrillic":
        # Latin spellings of one name differ: namesakes are told by the Cyrillic names that the rows give them.
        for r in rows:
            names[person[r[known], r["birth_date"]]].append(r["cyrillic"])
    path = folder / f"{known}.sqlite"
    NameIndex.build(path, (Entry("person", thing, (found[0],)) for thing, found in names.items()))
    with NameIndex.open(path) as index:
        return ask(index, sorted(right.items()), names)


# --- officials in six cases ---

CASES = ("nominative", "genitive", "dative", "accusative", "instrumental", "prepositional")


def declined(surname: str, given: str, patronymic: str, sex: str) -> list[tuple[str, str, str]]:
    """A Russian name in the six cases, the nominative first; simple rules for the common types.

    Source: the declension tables of any school grammar.
    """
    forms = zip(_surname(surname, sex), _given(given, sex), _patronymic(patronymic), strict=True)
    return [(s, g, p) for s, g, p in forms]


def _with(stem: str, endings: str) -> list[str]:
    return [stem + e.replace("0", "") for e in endings.split()]


def _surname(word: str, sex: str) -> list[str]:
    if not word or word.endswith(("ых", "их", "о", "е", "и", "у", "ю", "э")):
        return [word] * 6
    if "-" in word:
        first, _, rest = word.partition("-")
        return [f"{a}-{b}" for a, b in zip(_surname(first, sex), _surname(rest, sex), strict=True)]
    if sex == "f":
        if re.search(r"(?:[ое]в|[иы]н)а$", word):
            return _with(word[:-1], "а ой ой у ой ой")
        if word.endswith("ая"):
            return _with(word[:-2], "ая ой ой ую ой ой")
        if word.endswith("яя"):
            return _with(word[:-2], "яя ей ей юю ей ей")
        if word.endswith("а"):
            return _noun_in_a(word)
        return [word] * 6
    if re.search(r"(?:[ое]в|[иы]н)$", word):
        return _with(word, "0 а у а ым е")
    if re.search(r"(?:ый|ой)$", word):
        return [word, *_with(word[:-2], "ого ому ого ым ом")]
    if word.endswith("ий") and len(word) > 4:
        soft = word[-3] in "кгх"
        return [word, *_with(word[:-2], "ого ому ого им ом" if soft else "его ему его им ем")]
    if word.endswith(("й", "ь")):
        return [word, *_with(word[:-1], "я ю я ем е")]
    if word.endswith("а"):
        return _noun_in_a(word)
    if word.endswith("я"):
        return [word, *_with(word[:-1], "и е ю ей е")]
    if word.endswith("ец") and len(word) > 4:
        stem = word[:-2] + "ц"
        return [word, *_with(stem, "а у а ем е")]
    return [word, *_with(word, "а у а ем е" if word[-1] in "жшчщц" else "а у а ом е")]


def _noun_in_a(word: str) -> list[str]:
    stem = word[:-1]
    genitive = "и" if stem[-1] in "гкхжшчщ" else "ы"
    instrumental = "ей" if stem[-1] in "жшчщц" else "ой"
    return _with(stem, f"а {genitive} е у {instrumental} е")


def _given(word: str, sex: str) -> list[str]:
    if not word:
        return [""] * 6
    irregular = {"павел": "павл", "лев": "льв"}
    if word.lower() in irregular:
        stem = irregular[word.lower()].capitalize()
        return [word, *_with(stem, "а у а ом е")]
    if word.endswith("ия"):
        return _with(word[:-1], "я и и ю ей и")
    if word.endswith("я"):
        return _with(word[:-1], "я и е ю ей е")
    if word.endswith("а"):
        return _noun_in_a(word)
    if sex == "f":
        return _with(word[:-1], "ь и и ь ью и") if word.endswith("ь") else [word] * 6
    if word.endswith("ий"):
        return _with(word[:-1], "й я ю я ем и")
    if word.endswith(("й", "ь")):
        return [word, *_with(word[:-1], "я ю я ем е")]
    if word.endswith(("о", "и", "у", "е", "ы")):
        return [word] * 6
    return [word, *_with(word, "а у а ом е")]


def _patronymic(word: str) -> list[str]:
    if not word:
        return [""] * 6
    return _with(word[:-1], "а ы е у ой е") if word.endswith("на") else _with(word, "0 а у а ем е")


def people() -> dict[str, tuple[str, tuple[str, ...]]]:
    """Sex and spellings of the people of the shipped datasets, by thing; people without a name are left out."""
    found: dict[str, tuple[str, tuple[str, ...]]] = {}
    for folder in DATASETS:
        with (folder / "people.csv").open(encoding="utf-8-sig", newline="") as file:
            for row in csv.DictReader(file):
                cells = (row["name"], row.get("name_ru"), row.get("name_uk"), *(row.get("aliases") or "").split("|"))
                names = tuple(c for c in cells if c)
                if names:
                    found[f"{folder.name}/{row['person_id']}"] = (row.get("sex") or "", names)
    return found


def officials() -> set[str]:
    """Things that hold an official's role in the shipped datasets."""
    found = set()
    for folder in DATASETS:
        with (folder / "roles.csv").open(encoding="utf-8-sig", newline="") as file:
            for row in csv.DictReader(file):
                if row["role"] not in ("defence_lawyer", "witness", "complainant", "other"):
                    found.add(f"{folder.name}/{row['person_id']}")
    return found


@dataclass(frozen=True)
class Nominative:
    """An official's fullest name in Cyrillic, in its parts."""

    thing: str
    surname: str
    given: str
    patronymic: str
    sex: str


def nominatives(known: Mapping[str, tuple[str, tuple[str, ...]]]) -> Iterator[Nominative]:
    """The officials whose name is known in Cyrillic; the longest spelling stands."""
    for thing in sorted(officials() & known.keys()):
        sex, names = known[thing]
        written = [n for n in names if is_cyrillic(n) and "." not in n and "(" not in n and not re.search("[іїєґў]", n)]
        for name in sorted(written, key=lambda n: (-len(n.split()), n))[:1]:
            read = readings_of(name)
            if read and read[0].surname and read[0].given and not read[0].middle:
                surname, given, patronymic = (_titled(part) for part in read[0][:3])
                yield Nominative(thing, surname, given, patronymic, sex)


def _titled(part: str) -> str:
    return " ".join("-".join(p.capitalize() for p in w.split("-")) for w in part.split())


def right_of(thing: str, known: Mapping[str, tuple[str, tuple[str, ...]]]) -> set[str]:
    """The thing, and what has a spelling with the same words in the other dataset."""
    own = {same_words(n) for n in known[thing][1]}
    return {thing} | {other for other, (_, names) in known.items() if own & {same_words(n) for n in names}}


Form = Callable[[str, str, str], str]
FORMS: dict[str, Form] = {
    "surname given patronymic": lambda s, g, p: " ".join(filter(None, (s, g, p))),
    "given patronymic surname": lambda s, g, p: " ".join(filter(None, (g, p, s))),
    "given surname": lambda s, g, p: f"{g} {s}",
    "surname initials": lambda s, g, p: f"{s} {g[0]}.{p[0] + '.' if p else ''}",
    "initials surname": lambda s, g, p: f"{g[0]}.{p[0] + '.' if p else ''} {s}",
    "judge, surname initials": lambda s, g, p: f"судья {s} {g[0]}.{p[0] + '.' if p else ''}",
    "surname": lambda s, g, p: s,
}


def inflected(
    found: Sequence[Nominative], known: Mapping[str, tuple[str, tuple[str, ...]]], form: Form, case: int
) -> list[tuple[str, set[str]]]:
    """Queries for every official in one form and case."""
    return [
        (form(*declined(n.surname, n.given, n.patronymic, n.sex or "m")[case]), right_of(n.thing, known)) for n in found
    ]


def slipped(name: str, random_: random.Random) -> str:
    """The name with one typing slip in a word of five letters or more."""
    words = name.split()
    long = [i for i, w in enumerate(words) if len(w) >= 6] or [0]
    at = random_.choice(long)
    word = words[at]
    place = random_.randrange(1, len(word) - 1)
    alphabet = "абвгдежзиклмнопрстуфхцчш" if is_cyrillic(word) else "abcdefghiklmnoprstuvyz"
    kind = random_.randrange(4)
    if kind == 0:
        word = word[:place] + word[place + 1 :]
    elif kind == 1:
        word = word[:place] + word[place + 1] + word[place] + word[place + 2 :]
    elif kind == 2:
        word = word[:place] + random_.choice(alphabet) + word[place + 1 :]
    else:
        word = word[:place] + random_.choice(alphabet) + word[place:]
    words[at] = word
    return " ".join(words)


# --- speed ---


def generated(count: int, seed: int) -> Iterator[Entry]:
    """Persons put together from the parts of real names, frequent ones frequent; each with a Latin spelling."""
    random_ = random.Random(seed)
    rows = [r for r in pairs() if is_full(r["cyrillic"]) and is_full(r["latin"])]
    parts = [(readings_of(r["cyrillic"])[0], readings_of(r["latin"])[0]) for r in rows]
    men = [p for p in parts if p[0].patronymic.endswith("ч")]
    for i in range(count):
        # Squared, so that the first names of the list come far more often, as in life.
        picks = [men[int(random_.random() ** 2 * len(men))] for _ in range(3)]
        names = tuple(f"{picks[0][k].surname} {picks[1][k].given} {picks[2][k].patronymic}".title() for k in (0, 1))
        yield Entry("person", f"made/{i:07}", names)


def speed(count: int, folder: Path, *, seed: int = 1) -> list[str]:
    """Lines that say how long building, opening and searching take with `count` persons of two spellings."""
    entries = list(generated(count, seed))
    gc.freeze()  # the persons made here would be walked by the collector in the midst of a search
    path = folder / "speed.sqlite"
    start = time.perf_counter()
    NameIndex.build(path, entries)
    built = time.perf_counter() - start
    start = time.perf_counter()
    index = NameIndex.open(path)
    opened = time.perf_counter() - start
    lines = [
        f"build {count:,} persons, {2 * count:,} names: {built:.1f} s ({built / (2 * count) * 1e5:.1f} s for 100,000 names), "
        f"{path.stat().st_size / 1e6:.0f} MB; open {opened * 1000:.1f} ms"
    ]
    random_ = random.Random(seed)
    sample = random_.sample(entries, min(300, count))
    queries = {
        "full name, Cyrillic": [e.names[0] for e in sample],
        "full name, Latin": [e.names[1] for e in sample],
        "surname and initials": [_initialled(e.names[0]) for e in sample],
        "surname alone": [e.names[0].split()[0] for e in sample],
        "genitive": [_genitive(e.names[0]) for e in sample],
        "typing slip": [slipped(e.names[0], random_) for e in sample],
        "nobody": [f"Цукерштейн{'аеиоу'[i % 5]}к Варфоломей Иоаннович" for i in range(100)],
    }
    with index:
        for title, texts in queries.items():
            lines.append(_timed(index, title, texts))
    return lines


def _initialled(name: str) -> str:
    surname, given, patronymic = name.split()[:3]
    return f"{surname} {given[0]}. {patronymic[0]}."


def _genitive(name: str) -> str:
    surname, given, patronymic = name.split()[:3]
    return " ".join(declined(surname, given, patronymic, "m")[1])


def _timed(index: NameIndex, title: str, texts: Sequence[str]) -> str:
    for text in texts[:20]:
        index.search("person", text)
    seconds = []
    for text in texts:
        start = time.perf_counter()
        index.search("person", text)
        seconds.append(time.perf_counter() - start)
    seconds.sort()
    p95 = seconds[int(len(seconds) * 0.95)] * 1000
    return f"search {title:<24} p50 {statistics.median(seconds) * 1000:6.2f} ms  p95 {p95:6.2f} ms  max {seconds[-1] * 1000:6.2f} ms"


def quality(folder: Path, *, seed: int = 1, show: int = 0) -> list[str]:
    """Lines that say how well names are found, and `show` of the names that were not or that found others."""
    lines: list[str] = []

    def add(title: str, score: Score) -> None:
        lines.append(score.line(title))
        lines.extend(f"    missed {m}" for m in score.missed[:show])
        lines.extend(f"    other  {w}" for w in score.wrong[:show])

    rows = pairs()
    for source in ("ACF", "EU"):
        own = [r for r in rows if r["source"] == source]
        for script in ("latin", "cyrillic"):
            with tempfile.TemporaryDirectory(dir=folder) as place:
                add(f"{source}: {script} asked", linkage(own, Path(place), ask_in=script))
    known = people()
    path = folder / "shipped.sqlite"
    NameIndex.build(path, (Entry("person", thing, names) for thing, (_, names) in known.items()))
    found = list(nominatives(known))
    names = {thing: spelt for thing, (_, spelt) in known.items()}
    random_ = random.Random(seed)
    with NameIndex.open(path) as index:
        for title, form in FORMS.items():
            every = [q for case in range(6) for q in inflected(found, known, form, case)]
            add(f"officials, six cases: {title}"[:34], ask(index, every, names))
        full = inflected(found, known, FORMS["surname given patronymic"], 0)
        add("officials, typing slip", ask(index, [(slipped(q, random_), r) for q, r in full for _ in range(5)], names))
    return lines


def main() -> None:
    """Print the figures and the machine."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--persons", type=int, default=100_000)
    parser.add_argument("--part", choices=("all", "quality", "speed"), default="all")
    parser.add_argument("--show", type=int, default=0, help="how many misses to show for each line")
    options = parser.parse_args()
    print(f"{platform.machine()}, {platform.system()}, Python {platform.python_version()}")
    with tempfile.TemporaryDirectory() as folder:
        if options.part != "speed":
            print("\n".join(quality(Path(folder), show=options.show)))
        if options.part != "quality":
            print("\n".join(speed(options.persons, Path(folder))))


if __name__ == "__main__":
    main()
