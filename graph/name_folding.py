"""Letters of names: cleaned for display, unmixed where two scripts look alike, folded to one skeleton for both scripts.

The skeleton writes ж as `j`, ц as `c`, ч as `q`, ш and щ as `w`, х as `h`, и й ы і as `i`; е ё э and what begins
with a glide before them as `e`. A Latin spelling may be read in several ways (`ch` is ч in English, х in German,
ш in French): `readings` gives all of them, `romanisation.csv` says which style reads what.
"""

from __future__ import annotations

import csv
import re
import unicodedata
from collections.abc import Callable, Iterable
from functools import cache, lru_cache
from itertools import islice, product
from pathlib import Path

DATA = Path(__file__).parent / "name_data"
COMMON = frozenset({"common"})
STYLES = frozenset({"common", "german", "french", "polish", "belarusian", "loose"})
LONGEST = 400
"""Names longer than this many characters are read up to here; nobody's name is longer."""
_MOST_READINGS = 24

_A_CYRILLIC = re.compile(r"[\u0400-\u04ff]")
_A_LATIN = re.compile(r"[A-Za-z\u00c0-\u024f]")
# What nearly every name consists of: nothing to hide, to compose or to replace.
_HARMLESS = re.compile(r"[ -~А-Яа-яЁёІіЇїЄєҐґЎў’]*")
_HIDDEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn"})
_CYRILLIC = {
    **dict(
        zip(
            "абвгґдеёєжзиіїйклмнопрстуўфхцчшщъыьэюяђјљњћџѓќѕѐѝ",
            "a b v g g d e e e j z i i i i k l m n o p r s t u v f h c q w w  i  e iu ia j i l n q j g k z e i".split(
                " "
            ),
            strict=True,
        )
    )
}
_ACCENTED = {
    "š": "sh", "ś": "s", "ş": "sh", "ș": "sh", "č": "ch", "ć": "ch", "ç": "ch", "ž": "zh", "ż": "zh", "ź": "z",
    "ŝ": "shch", "â": "ya", "û": "yu", "ł": "l", "ß": "ss", "đ": "dj", "ə": "a", "ı": "i", "ğ": "g", "ʒ": "z",
    "æ": "e", "œ": "e", "ø": "ö", "å": "o", "ö": "ö", "ü": "ü", "ä": "ä", "þ": "th", "ð": "d",
}  # fmt: skip
# Letters that look alike; only for words that mix the scripts, and for initials beside names in Cyrillic.
_LATIN_LIKE = "ABCEHIJKMOPSTXYaceijkopsxyëïËÏÉéÁáÓóĸ"
_CYRILLIC_LIKE = "АВСЕНІЈКМОРЅТХУасеіјкорѕхуёїЁЇЕеАаОок"
_TO_CYRILLIC = {**dict(zip(_LATIN_LIKE, _CYRILLIC_LIKE, strict=True)), "m": "м", "t": "т", "h": "н", "b": "в", "ß": "в"}
_TO_LATIN = {c: a for a, c in zip(_LATIN_LIKE[:25], _CYRILLIC_LIKE[:25], strict=True)}
_WORD = re.compile(r"[^\W\d_]+(?:['’ʼʹʺ`‘\u0301-][^\W\d_]+)*['’ʼʹʺ`]*")
_MARKS = re.compile(r"['’ʼʹʺ`‘\"\u0300-\u036f]")


def display(text: str) -> str:
    """The text without control, formatting (bidi override), surrogate and unassigned characters, blanks squeezed."""
    if _HARMLESS.fullmatch(text):
        return " ".join(text.split())
    kept = (" " if c.isspace() else c for c in text if c.isspace() or unicodedata.category(c) not in _HIDDEN)
    return " ".join("".join(kept).split())


def is_cyrillic(word: str) -> bool:
    """Whether the word has a Cyrillic letter."""
    return _A_CYRILLIC.search(word) is not None


def _is_latin(word: str) -> bool:
    return _A_LATIN.search(word) is not None


def unmixed(word: str) -> str:
    """The word in one script: look-alike letters of the other one replaced, if all of them have a counterpart."""
    if not (is_cyrillic(word) and _is_latin(word)):
        return word
    cyrillic = "".join(_TO_CYRILLIC.get(c, c) for c in word)
    if not _is_latin(cyrillic):
        return cyrillic
    latin = "".join(_TO_LATIN.get(c, c) for c in word)
    return word if is_cyrillic(latin) else latin


def as_cyrillic(word: str) -> str:
    """A Latin word as the Cyrillic one that looks the same; the word itself where a letter has no counterpart."""
    other = "".join(_TO_CYRILLIC.get(c, c) for c in word)
    return word if _is_latin(other) else other


def plain(text: str) -> str:
    """The text as words are compared: composed, one script a word, small letters, ё as е, no stress or soft marks."""
    text = unicodedata.normalize("NFC", text.translate(_CARRIERS))
    if not (text.isascii() or _is_pure_cyrillic(text)):
        text = " ".join(unmixed(w) for w in text.split(" "))
    return text.lower().replace("ё", "е")


_CARRIERS = {ord(c): None for c in "\u0301\u0361\u200b\u00ad"} | {
    0x0138: "к",
    0x00A0: " ",
    0x2010: "-",
    0x2011: "-",
    0x2013: "-",
}
_PURE = re.compile(r"[\u0400-\u04ff\s.'’-]*")


def _is_pure_cyrillic(text: str) -> bool:
    return _PURE.fullmatch(text) is not None


def _latin_letters(word: str) -> str:
    out = []
    for c in word:
        if "a" <= c <= "z":
            out.append(c)
        elif c in _ACCENTED:
            out.append(_ACCENTED[c])
        else:
            out += [d for d in unicodedata.normalize("NFKD", c) if "a" <= d <= "z"]
    return "".join(out)


_SMOOTHINGS: tuple[tuple[str, str], ...] = (
    (r"i+e", "e"),  # ye, je, ie, ье, ие
    (r"i+o", "e"),  # ё
    (r"i+", "i"),
    (r"dj", "j"),  # дж
    (r"([jqw])o", r"\1e"),  # Горбачёв, Gorbachov
    (r"([ljqw])iu", r"\1u"),  # Людмила, Ludmila
    (r"t+[sc]", "c"),
    (r"t+q", "q"),  # Коротченко, Korotchenko: tch is read as ч
    (r"[szj]q", "w"),  # Счастливцев, Schastlivtsev
    (r"([^aeiou])\1+", r"\1"),
)
_COMPILED = tuple((re.compile(a), b) for a, b in _SMOOTHINGS)


def _smooth(skeleton: str) -> str:
    for pattern, instead in _COMPILED:
        skeleton = pattern.sub(instead, skeleton)
    return skeleton


@cache
def _units(styles: frozenset[str]) -> tuple[re.Pattern[str], dict[str, tuple[str, ...]]]:
    """The pattern that cuts a Latin word into units, and how each unit can be read, the common reading first."""
    found: dict[str, dict[str, None]] = {}
    with (DATA / "romanisation.csv").open(encoding="utf-8", newline="") as file:
        rows = [r for r in csv.DictReader(file) if r["style"] in styles]
    for row in sorted(rows, key=lambda r: r["style"] != "common"):
        found.setdefault(row["written"], {})[row["reading"]] = None
    order = sorted(found, key=lambda w: (-len(w.strip("^$")), w))
    options: dict[str, dict[str, None]] = {}
    for written in order:
        letters = written.strip("^$")
        if not any(r["style"] == "common" and r["written"] == written for r in rows):
            # A style adds a reading, it does not take the plain one away.
            options.setdefault(letters, {})["".join(_letter(c) for c in letters)] = None
        options.setdefault(letters, {}).update(found[written])
    return re.compile("|".join([*order, "."])), {w: tuple(r) for w, r in options.items()}


def _letter(letter: str) -> str:
    return {"y": "i", "j": "i", "w": "v", "x": "ks", "q": "k"}.get(letter, letter)


@lru_cache(maxsize=100_000)
def readings(word: str, styles: frozenset[str] = COMMON) -> tuple[str, ...]:
    """The skeletons that a plain word (one script, small letters) can stand for, the commonest first, at most 24.

    A Cyrillic word has one. Hyphens and marks within the word do not count.
    """
    if is_cyrillic(word):
        return (_smooth("".join(_CYRILLIC.get(c, "") for c in word)),)
    letters = _latin_letters(word)
    pattern, options = _units(styles)
    parts = [options.get(unit, (unit,)) for unit in pattern.findall(letters)]
    spelt = islice(product(*reversed(parts)), _MOST_READINGS)
    return tuple(dict.fromkeys(_smooth("".join(reversed(choice))) for choice in spelt))


def skeleton(word: str) -> str:
    """The commonest reading of one plain word."""
    return readings(word)[0]


def words(text: str) -> list[str]:
    """The words of a text, as written, in one script each."""
    return [unmixed(w) for w in _WORD.findall(composed(text))]


def composed(text: str) -> str:
    """What is looked at of a text: displayable, composed, without stress marks and ligature ties; cut at LONGEST."""
    if _HARMLESS.fullmatch(text):
        return " ".join(text[:LONGEST].split())
    clean = unicodedata.normalize("NFC", display(text[:LONGEST]).translate(_CARRIERS))
    return "".join(c for c in clean if not unicodedata.combining(c))


def fold(text: str) -> str:
    """One skeleton for a name in Cyrillic and in any romanisation: its words in order, with a blank between them."""
    pieces = (p for w in words(text) for p in w.lower().replace("ё", "е").split("-"))
    return " ".join(s for s in (skeleton(p) for p in pieces) if s)


_STYLE_MARKS: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("german", re.compile(r"tsch|sch|w[aeio]|[eo]w(?![a-z])|dsch|ß")),
    ("french", re.compile(r"tch|ou(?!s)|[ïÏ]|guei|gueni|ine(?![a-z])|chk")),
    ("polish", re.compile(r"sz|cz|[łżśźćńó]|w[aeiy]|icz|[eo]w(?![a-z])")),
    (
        "belarusian",
        re.compile(
            r"dz[im]|[ŭ]|auna|euna|avich|uladz|tsi|ts[iy]k|[aeo]u(?:sk|ski)?(?![a-z])|enka|anka|sia|liaks|aleh|ihar|yauh|aul|slau"
        ),
    ),
)


@lru_cache(maxsize=10_000)
def styles_of(text: str) -> frozenset[str]:
    """The styles of romanisation that a Latin text shows signs of, with the common one."""
    low = text.lower()
    if "ў" in low or ("і" in low and "и" not in low and not any(c in low for c in "їєґ")):
        return COMMON | {"belarusian"}
    return COMMON | {style for style, mark in _STYLE_MARKS if mark.search(low)}


_COARSE: tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], str] | str], ...] = (
    (re.compile(r"([aeoi])u(?![aeiou])"), r"\1v"),  # ў
    (re.compile(r"^u(?=[^aeiou])"), "v"),  # Уладзімір
    (re.compile(r"dz(?=[aeiouvm])"), "d"),
    (re.compile(r"c"), "t"),
    (re.compile(r"h"), "g"),
    (re.compile(r"ia|[eo]"), "a"),
    (re.compile(r"([^aiu])\1+"), r"\1"),
    (re.compile(r"a+"), "a"),
)


@lru_cache(maxsize=100_000)
def coarse(skeleton: str) -> str:
    """The skeleton with what Belarusian spelling changes made alike: unstressed vowels, дз and ц, ў, г."""
    for pattern, instead in _COARSE:
        skeleton = pattern.sub(instead, skeleton)
    return skeleton


_FINE = str.maketrans({"і": "и", "ї": "и", "й": "и", "ы": "и", "є": "е", "э": "е", "ґ": "г", "ў": "в", "ё": "е",
                       "-": None, "'": None, "’": None, "ʼ": None, "ъ": None})  # fmt: skip


@lru_cache(maxsize=100_000)
def fine(word: str) -> str:
    """A plain Cyrillic word as Russian, Ukrainian and Belarusian spelling agree on it; keeps ь, ие, щ apart."""
    text = word.translate(_FINE).replace("ськ", "ск").replace("цьк", "цк").replace("шч", "щ")
    return re.sub(r"([^аеиоуюя])\1+", r"\1", text)


def edits(skeleton: str) -> Iterable[str]:
    """The skeletons one slip away: a letter left out, doubled up, put in, exchanged, or two in the wrong order."""
    alphabet = "abcdefghijklmnopqrstuvwz"
    cuts = [(skeleton[:i], skeleton[i:]) for i in range(len(skeleton) + 1)]
    found = {a + b[1:] for a, b in cuts if b}
    found |= {a + b[1] + b[0] + b[2:] for a, b in cuts if len(b) > 1}
    found |= {a + c + b[1:] for a, b in cuts if b for c in alphabet}
    found |= {a + c + b for a, b in cuts for c in alphabet}
    return sorted(found - {skeleton})


def hidden_slips(word: str) -> list[str]:
    """The plain word as meant, if a slip was made that the smoothing of skeletons hides.

    Two neighbours swapped; a letter too many; a letter missing between vowels that then melt into one (`ик-о`).
    """
    swapped = [word[:i] + word[i + 1] + word[i] + word[i + 2 :] for i in range(len(word) - 1)]
    shorter = [word[:i] + word[i + 1 :] for i in range(len(word)) if len(word) > 2]
    letters = "бвгджзклмнпрстфхцчшщ" if is_cyrillic(word) else "bcdfghjklmnprstvwxz"
    melted = [i for i in range(1, len(word)) if word[i - 1] in "иыйьіiyj" and word[i] in "аеиоуыэюяіaeiouy"]
    return [*swapped, *shorter, *(word[:i] + c + word[i:] for i in melted for c in letters)]


def slip(a: str, b: str) -> str | None:
    """What one typing slip makes `a` of `b`: `swapped`, `missing`, `added` or `changed`; None if it takes more."""
    if a == b:
        return None
    first = next((i for i, (x, y) in enumerate(zip(a, b, strict=False)) if x != y), min(len(a), len(b)))
    x, y = a[first:], b[first:]
    if len(a) == len(b):
        if x[1:] == y[1:]:
            return "changed"
        return "swapped" if x[:2] == y[1::-1] and x[2:] == y[2:] else None
    if len(a) + 1 == len(b) and x == y[1:]:
        return "missing"
    return "added" if len(b) + 1 == len(a) and x[1:] == y else None
