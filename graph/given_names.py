"""Given names and patronymics: which words are one, for which sex, and which of them mean the same name.

Tables: `name_data/given.csv`, `name_data/given_variants.csv`.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from types import MappingProxyType

from graph.name_folding import COMMON, DATA, is_cyrillic, plain, readings, skeleton


@dataclass(frozen=True, slots=True)
class GivenTable:
    """`sex` of a given name by skeleton (`m`, `f`, blank for both), the groups it is a full or a short form of, and
    of each group the skeletons and the first letters of its full forms."""

    sex: Mapping[str, str]
    full: Mapping[str, frozenset[str]]
    short: Mapping[str, frozenset[str]]
    letters: Mapping[str, frozenset[str]]
    stems: Mapping[str, frozenset[str]]
    common: frozenset[str]
    male: frozenset[str]


@cache
def table() -> GivenTable:
    """The tables of given names, keyed by skeleton."""
    sexes: dict[str, str] = {}
    common: set[str] = set()
    male: set[str] = set()
    full: dict[str, set[str]] = {}
    short: dict[str, set[str]] = {}
    letters: dict[str, set[str]] = {}
    stems: dict[str, set[str]] = {}
    with (DATA / "given.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            key = skeleton(plain(row["name"]))
            _add_sex(sexes, key, row["sex"])
            if row["common"] == "yes":
                common.add(key)
                if row["sex"] != "f":
                    male.add(_stem(key))
    with (DATA / "given_variants.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            group = skeleton(plain(row["name"])) + row["sex"]
            for form in (row["name"], *filter(None, row["forms"].split("|"))):
                for key in readings(plain(form)):
                    full.setdefault(key, set()).add(group)
                    _add_sex(sexes, key, row["sex"])
                    if row["sex"] == "m":
                        stems.setdefault(_stem(key), set()).add(group)
                letters.setdefault(group, set()).update(first_letters(plain(form)))
            for form in filter(None, row["short"].split("|")):
                key = skeleton(plain(form))
                short.setdefault(key, set()).add(group)
                _add_sex(sexes, key, row["sex"])
    stems.setdefault("pavl", set()).add("pavelm")
    stems.setdefault("lv", set()).add("levm")
    stems.setdefault("iakovl", set()).add("iakovm")
    return GivenTable(
        MappingProxyType(sexes), _frozen(full), _frozen(short), _frozen(letters), _frozen(stems),
        frozenset(common | full.keys() | short.keys()), frozenset(male | stems.keys()),
    )  # fmt: skip


def _add_sex(sexes: dict[str, str], key: str, sex: str) -> None:
    sexes[key] = sex if sexes.get(key, sex) == sex else ""


def _frozen(found: Mapping[str, set[str]]) -> Mapping[str, frozenset[str]]:
    return MappingProxyType({k: frozenset(v) for k, v in found.items()})


@lru_cache(maxsize=50_000)
def is_given(word: str) -> bool:
    """Whether a plain word is a given name that the tables know, in some reading."""
    return any(r in table().sex for r in readings(word))


@lru_cache(maxsize=50_000)
def is_common_given(word: str) -> bool:
    """Whether a plain word is a given name so common that it is hardly a slip for another one."""
    return any(r in table().common for r in readings(word))


@lru_cache(maxsize=50_000)
def sex_of(word: str) -> str | None:
    """`m` or `f` where the tables give the name to one sex; None where they do not know or give it to both."""
    found = {table().sex[r] for r in readings(word) if r in table().sex}
    return next(iter(found)) or None if len(found) == 1 else None


@lru_cache(maxsize=50_000)
def groups(word: str, styles: frozenset[str] = COMMON) -> tuple[frozenset[str], frozenset[str]]:
    """The groups of names that a plain word is a full form and a short form of."""
    full: set[str] = set()
    short: set[str] = set()
    for reading in readings(word, styles):
        full |= table().full.get(reading, frozenset())
        short |= table().short.get(reading, frozenset())
    return frozenset(full), frozenset(short)


_WRITTEN_MALE = re.compile(
    r"(?:[оеєіїйаяьи]в[иі]ч|[лмктнфв]ьич|ильич|ильїч|кузьмич|лукич|фомич|никитич|саввич|фокич|іллі?ч|йович)$"
)
_WRITTEN_FEMALE = re.compile(r"(?:[оеєіїйаяьи]вна|[аеэяо]ўна|инична|ична|івна|ївна)$")
PARTICLES = frozenset(
    {
        "оглы",
        "оглу",
        "огли",
        "кызы",
        "гызы",
        "кизи",
        "улы",
        "уулу",
        "угли",
        "ogly",
        "oglu",
        "ogli",
        "kyzy",
        "kizi",
        "gizi",
        "qizi",
        "uly",
        "oglou",
        "уули",
        "зода",
    }
)


@lru_cache(maxsize=50_000)
def patronymic_sex(word: str) -> str | None:
    """`m` or `f` for a plain word in the nominative that has the form of a patronymic; None if it has not."""
    if is_cyrillic(word):
        if _WRITTEN_FEMALE.search(word):
            return "f"
        return "m" if _WRITTEN_MALE.search(word) else None
    for reading in readings(word):
        if len(reading) < 5:
            continue
        if re.search(r"[oaei][vu]na$|(?:in|[ktm])i[qw]na$|[oaei]una$", reading):
            return "f"
        if re.search(r"[oaei][vu]i(?:q|c)$|(?:il|uk|om|zm|ok|it)iq$", reading):
            return "m"
    return None


@lru_cache(maxsize=50_000)
def is_known_father(patronymic: str) -> bool:
    """Whether a plain patronymic comes from a man's name that the tables know."""
    return any(_stem(_SUFFIXES.sub("", r)) in table().male for r in readings(patronymic))


def _stem(key: str) -> str:
    return key.rstrip("aeiou") or key


@lru_cache(maxsize=50_000)
def fathers(word: str, styles: frozenset[str] = COMMON) -> frozenset[str]:
    """What tells patronymics apart: groups of the father's name where the tables know it, and bare stems.

    Two patronymics are of one father's name if these sets meet.
    """
    found: set[str] = set()
    for reading in readings(word, styles):
        found |= _father(reading)
    return frozenset(found)


_SUFFIXES = re.compile(r"(?:[oaei]*(?:vi(?:q|c|t)|ui(?:q|c)|vna|una|vni)|in?i[qw]na|i[qw]na|iq)$")


def _father(reading: str) -> set[str]:
    stem = _stem(_SUFFIXES.sub("", reading))
    known = table().stems.get(stem, frozenset())
    return {stem, *known} if len(stem) > 1 else {reading, *known}


# First letters, so that a letter alone can be held against a name in the other script.
_SAME_LETTER = str.maketrans("ёэєйіїыґщў", "ееииииигшв")
_LATIN_LETTERS: tuple[tuple[str, str], ...] = (
    ("shch", "ш"), ("sch", "шж"), ("sh", "ш"), ("sz", "ш"), ("š", "ш"), ("tsch", "ч"), ("tch", "ч"), ("ch", "чхшц"), ("cz", "чц"),
    ("č", "ч"), ("ć", "ч"), ("zh", "ж"), ("ž", "ж"), ("ż", "ж"), ("kh", "х"), ("ts", "ц"), ("tz", "ц"), ("dzh", "д"), ("dz", "дз"), ("dj", "д"),
    ("yu", "ю"), ("iu", "юи"), ("ju", "юж"), ("you", "ю"), ("iou", "ю"), ("ya", "я"), ("ia", "яи"), ("ja", "яжд"), ("ye", "е"),
    ("ie", "еи"), ("je", "ежд"), ("yo", "еи"), ("io", "еи"), ("jo", "ежди"), ("ou", "ую"), ("ph", "ф"), ("th", "тф"), ("eu", "еэ"),
    ("a", "а"), ("b", "б"), ("c", "цкс"), ("d", "д"), ("e", "е"), ("f", "ф"), ("g", "гд"), ("h", "гх"), ("i", "и"), ("j", "иджю"), ("k", "к"),
    ("l", "л"), ("m", "м"), ("n", "н"), ("o", "о"), ("p", "п"), ("q", "к"), ("r", "р"), ("s", "сз"), ("t", "т"), ("u", "ув"), ("v", "в"),
    ("w", "в"), ("x", "кх"), ("y", "и"), ("z", "зц"), ("ł", "л"),
)  # fmt: skip
# A single letter before a full stop is the first of several in another script: Y. may be Юрий, K. may be Хамид.
_LONE_LETTERS = {
    "y": "июяе",
    "i": "июяе",
    "j": "июяежд",
    "k": "кх",
    "s": "сшзщ",
    "c": "цчкс",
    "z": "зжц",
    "t": "тцч",
    "d": "дз",
    "e": "е",
    "g": "гдж",
}


@lru_cache(maxsize=50_000)
def first_letters(word: str) -> frozenset[str]:
    """The Cyrillic letters (variants as one) that a plain word or initial can begin with."""
    if not word:
        return frozenset()
    if is_cyrillic(word):
        return frozenset(word[0].translate(_SAME_LETTER))
    if len(word) == 1 and word in _LONE_LETTERS:
        return frozenset(_LONE_LETTERS[word].translate(_SAME_LETTER))
    return frozenset(next((c for start, c in _LATIN_LETTERS if word.startswith(start)), word[0]))


@lru_cache(maxsize=50_000)
def letters_of_given(word: str) -> frozenset[str]:
    """The letters that can stand for a given name: of the word, and of the same name in other languages."""
    found = set(first_letters(word))
    for group in groups(word)[0]:
        found |= table().letters[group]
    return frozenset(found)


@lru_cache(maxsize=50_000)
def letters_of_patronymic(word: str) -> frozenset[str]:
    """The letters that can stand for a patronymic, in any language of the father's name."""
    found = set(first_letters(word))
    for group in fathers(word):
        found |= table().letters.get(group, frozenset())
    return frozenset(found)
