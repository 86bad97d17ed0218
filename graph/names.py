"""Names of people: read into their parts, in either script and any case, and held against each other.

Letters are the business of `graph.name_folding`, case forms of `graph.inflection`, the tables of given names of
`graph.given_names`; the index that finds people by name is `graph.name_index`. A name that can be read in more than
one way (`Александра Иванова`: a woman, or a man in the genitive) keeps all its readings.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import islice, product
from typing import Literal, NamedTuple

from graph.given_names import (
    PARTICLES,
    fathers,
    first_letters,
    groups,
    is_common_given,
    is_given,
    is_known_father,
    letters_of_given,
    letters_of_patronymic,
    patronymic_sex,
    sex_of,
)
from graph.inflection import OBLIQUE, Case, Sex, genders_of_surname, nominatives
from graph.name_folding import (
    COMMON,
    DATA,
    LONGEST,
    STYLES,
    as_cyrillic,
    coarse,
    composed,
    display,
    fine,
    fold,
    is_cyrillic,
    plain,
    readings,
    slip,
    styles_of,
    unmixed,
)

__all__ = [
    "Comparison", "ParsedName", "Reading", "Verdict", "compare", "display", "fold", "parse", "readings_of",
    "same_person_features", "spellings", "surname_forms",
]  # fmt: skip

Verdict = Literal["equal", "compatible", "different"]


@dataclass(frozen=True, slots=True)
class ParsedName:
    """The likeliest reading of a name, in the nominative. A part that is not written is None.

    `initials` are the letters that stand for parts not written out, the given name's first; `middle` are further
    names (Western middle names); `titles` the posts and forms of address before the name, as written.
    """

    written: str
    surname: str | None
    given: str | None
    patronymic: str | None
    initials: tuple[str, ...]
    titles: tuple[str, ...] = ()
    middle: tuple[str, ...] = ()
    sex: Sex | None = None
    case: Case = "nominative"


@dataclass(frozen=True, slots=True)
class Comparison:
    """Whether two names can be one person's, and the features that say so.

    `equal`: the same parts, each the same. `compatible`: nothing contradicts, but a name says less, or has a form
    that allows the other. `different`: a part contradicts.
    """

    verdict: Verdict
    features: tuple[str, ...]


class Reading(NamedTuple):
    """One way to read a name: plain words (small letters, one script), blank where a part is not written.

    `given_letter` and `patronymic_letter` are initials. `case` is the case that was undone.
    """

    surname: str
    given: str = ""
    patronymic: str = ""
    middle: str = ""
    given_letter: str = ""
    patronymic_letter: str = ""
    case: Case = "nominative"


class Word(NamedTuple):
    """A word of a name as written, and whether it stands for a name by its letter."""

    text: str
    plain: str
    initial: bool
    capitals: bool


_TOKEN = re.compile(r"[^\W\d_]+(?:['’ʼʹʺ`‘][^\W\d_]+|['’ʼʹʺ`]|\u0301|-[^\W\d_]+)*[.]?")
_THREE_CYRILLIC = re.compile(r"[\u0400-\u04ff]{3}")
_DIGRAPHS = frozenset({"yu", "ya", "ye", "yo", "zh", "kh", "ts", "ch", "sh", "shch", "sch", "ju", "ja", "je", "iu", "ia", "ie", "jo",
                       "дж", "дз", "tch", "tsch", "th", "ph", "dz", "dzh", "cz", "sz"})  # fmt: skip
_LINKS = frozenset({"van", "von", "de", "der", "den", "del", "della", "da", "di", "la", "le", "ibn", "bin", "al", "el", "ter",
                    "ван", "фон", "де", "дер", "ибн", "бин", "аль", "эль", "тер", "да", "ди", "ла"})  # fmt: skip
_MOST = 24
_MOST_WORDS = 9


@cache
def _titles() -> tuple[frozenset[str], frozenset[str]]:
    """Plain words that are posts or forms of address, and words that only stand beside such."""
    found: dict[str, set[str]] = {"post": set(), "modifier": set()}
    with (DATA / "titles.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            found[row["kind"]].update(plain(w) for w in row["words"].split())
    return frozenset(found["post"]), frozenset(found["modifier"])


def _words(text: str) -> list[Word]:
    clean = composed(text)
    in_cyrillic = _THREE_CYRILLIC.search(clean) is not None
    return _split_initials([_word(token, in_cyrillic) for token in _TOKEN.findall(clean)])


@lru_cache(maxsize=50_000)
def _word(token: str, in_cyrillic: bool) -> Word:
    bare = token.rstrip(".")
    word = unmixed(bare)
    if in_cyrillic and len(bare) == 1 and not is_cyrillic(word):
        word = as_cyrillic(word)  # О.В. typed with Latin letters beside a name in Cyrillic
    low = plain(word)
    lone = len(low) == 1 or (token.endswith(".") and low in _DIGRAPHS)
    return Word(word, low, lone, len(low) > 1 and word.isupper())


def _split_initials(found: list[Word]) -> list[Word]:
    """`ОВ` beside a name in small letters stands for two initials."""
    if len(found) != 2 or sum(w.capitals for w in found) != 1:
        return found
    out: list[Word] = []
    for word in found:
        if word.capitals and len(word.plain) == 2 and not is_given(word.plain):
            out += [Word(c, plain(c), True, False) for c in word.text]
        else:
            out.append(word)
    return out


def _without_titles(found: list[Word]) -> tuple[list[Word], list[str]]:
    """The words of the name, and the posts before or after it.

    A run of modifiers is taken off only together with a post, for some are surnames (`Старший О.В.`).
    """
    posts, modifiers = _titles()
    end = last = 0
    while end < len(found) - 1 and (found[end].plain in posts or found[end].plain in modifiers):
        end += 1
        if found[end - 1].plain in posts:
            last = end
    court = _end_of_court(found, last) if last else 0
    last = max(last, court)
    while 0 < last < len(found) - 1 and found[last].plain in modifiers and not found[last].initial:
        last += 1
    titles, rest = [w.text for w in found[:last]], found[last:]
    if len(rest) > 1 and rest[-1].plain in posts and not rest[-1].initial:
        titles.append(rest[-1].text)
        rest = rest[:-1]
    return rest, titles


_COURT = frozenset({"суда", "суд", "судом", "court"})


def _end_of_court(found: list[Word], start: int) -> int:
    """Where the name of a court ends that stands between the post and the person (`судьи Энского районного суда`)."""
    for at in range(start, min(start + 8, len(found) - 1)):
        if found[at].plain in _COURT:
            rest = found[at + 1 :]
            full = sum(not w.initial for w in rest)
            # `суда Москвы Менделеева О.В.`: one word more than a name has is the court's city
            return at + (2 if full == (2 if len(rest) > full else 4) else 1)
    return start


def spellings(text: str) -> list[str]:
    """The names that one cell gives: alternatives after a slash or `a.k.a.`, and words in brackets put in their place.

    `Koroteyev (Koroteev) Sergey` gives `Koroteyev Sergey` and `Koroteev Sergey`; at most 8.
    """
    whole = _CALLED.sub("", composed(text))
    if not _BRACKET_OR_BAR.search(whole):
        return [whole] if whole else []
    found: dict[str, None] = {}
    for part in _alternatives(re.split(r"[/;|]|\(?\ba\.?k\.?a\b\.?|\bтакже\b", whole)):
        found |= dict.fromkeys(_bracketed(part))
    return list(islice((f for f in found if f), 8))


def _alternatives(parts: list[str]) -> Iterator[str]:
    """The parts; a word alone stands in the place of its neighbour in the part beside it (`Иван ФЕДОРОВ/ФЁДОРОВ`)."""
    for i, part in enumerate(parts):
        before = parts[i - 1].split() if i else []
        after = parts[i + 1].split() if i + 1 < len(parts) else []
        if len(part.split()) == 1 and len(before) > 1:
            yield " ".join([*before[:-1], part.strip()])
        elif len(part.split()) == 1 and len(after) > 1:
            yield " ".join([part.strip(), *after[1:]])
        else:
            yield part


_BRACKET_OR_BAR = re.compile(r"[()/;|]|a\.k\.a|\baka\b")
# Before a name in brackets; before a whole name only what cannot be a name itself.
_BORN = re.compile(
    r"^(?:n[eé]e|born|formerly|ex|урожд\w*|бывш\w*|до брака|ранее|дев\.|девичья|в девичестве|at birth|\w+ name)[.:,]?\s+",
    re.IGNORECASE,
)
_CALLED = re.compile(r"^(?:n[eé]e|born|(?:married|maiden|stage|birth) name)[.:,]?\s+", re.IGNORECASE)


def _bracketed(text: str) -> Iterator[str]:
    pieces = re.split(r"\(([^()]*)\)?", text)
    plain_text = " ".join(" ".join(pieces[::2]).replace(")", " ").split())
    yield plain_text
    before = ""
    for i, piece in enumerate(pieces):
        if i % 2 == 0:
            before += " " + piece
            continue
        inner = _BORN.sub("", piece.strip())
        names = _TOKEN.findall(inner)
        if not names or inner[:1] in "«\"“'":
            continue
        after = " ".join(pieces[i + 1 :: 2])
        if len(names) > 1 and " " in inner:
            yield " ".join(inner.split())
        elif before.split():
            yield " ".join(" ".join([*before.split()[:-1], inner, after]).replace(")", " ").split())


class _Roles(NamedTuple):
    """Words of a name in their roles, before case forms are undone."""

    surname: str
    given: str = ""
    patronymic: str = ""
    middle: str = ""
    given_letter: str = ""
    patronymic_letter: str = ""


@lru_cache(maxsize=50_000)
def _given_like(word: str) -> bool:
    """Whether a plain word is a known given name, in any case."""
    if is_given(word):
        return True
    return is_cyrillic(word) and any(
        is_given(n) for sex in ("m", "f") for case in OBLIQUE for n in nominatives(word, "given", case, sex)
    )


@lru_cache(maxsize=50_000)
def _patronymic_like(word: str) -> bool:
    """Whether a plain word has the form of a patronymic, in any case."""
    if patronymic_sex(word):
        return True
    return is_cyrillic(word) and any(
        patronymic_sex(n) == sex
        for sex in ("m", "f")
        for case in OBLIQUE
        for n in nominatives(word, "patronymic", case, sex)
    )


def _joined(found: Iterable[Word]) -> str:
    return " ".join(w.plain for w in found)


def _roles(found: list[Word], *, comma: bool) -> list[_Roles]:
    """The ways in which the words of a name can be its parts, the likeliest first."""
    full = [w for w in found if not w.initial]
    letters = [w.plain for w in found if w.initial]
    if not full:
        return []
    if letters:
        return _roles_with_initials(found, full, letters)
    if len(full) == 1:
        word = full[0].plain
        alone = [_Roles(word)]
        if _given_like(word):
            alone.append(_Roles("", word))
        return alone
    at = _patronymic_at(full)
    if at is not None:
        return _roles_with_patronymic(full, at)
    return _roles_of_names(full, comma=comma)


def _roles_with_initials(found: list[Word], full: list[Word], letters: list[str]) -> list[_Roles]:
    first, second = (*letters, "", "")[:2]
    if len(full) == 1:
        return [_Roles(full[0].plain, given_letter=first, patronymic_letter=second)]
    given = next((w for w in full if is_given(w.plain)), None)
    at = _patronymic_at(full)
    if at is not None and len(full) >= 3:
        return _roles_with_patronymic(full, at)
    if given is not None and len(letters) == 1 and len(full) == 2 and not found[0].initial:
        rest = [w for w in full if w is not given]
        return [_Roles(_joined(rest), given.plain, patronymic_letter=first)]
    whole = [_Roles(_joined(full), given_letter=first, patronymic_letter=second)]
    if len(full) == 2 and len(letters) == 1:
        # Given I. Surname, Surname Given I., I. Middle Surname
        a, b = full[0].plain, full[1].plain
        ends = [_Roles(b, a, patronymic_letter=first), _Roles(a, b, patronymic_letter=first)]
        if found[0].initial:
            ends = [_Roles(b, middle=a, given_letter=first)]
        return [*ends, *whole]
    return whole


def _patronymic_at(full: list[Word]) -> int | None:
    """Where the patronymic stands: after the given name; None if there is none for certain."""
    places = [i for i, w in enumerate(full) if i and _patronymic_like(w.plain)]
    particle = next((i for i, w in enumerate(full) if i > 1 and w.plain in PARTICLES), None)
    if particle is not None:
        return particle - 1
    if not places:
        return None
    if len(full) == 2:
        return 1 if _given_like(full[0].plain) else None
    known = [i for i in places if _given_like(full[i - 1].plain) and not _patronymic_like(full[i - 1].plain)]
    if known:
        return known[0]
    return places[0] if len(places) == 1 else places[-1]


def _roles_with_patronymic(full: list[Word], at: int) -> list[_Roles]:
    given, patronymic = full[at - 1].plain, full[at].plain
    rest = [w for i, w in enumerate(full) if i not in (at - 1, at) and w.plain not in PARTICLES]
    found = [_Roles(_joined(rest), given, patronymic)]
    if not rest and not patronymic.endswith(("на", "ны", "не", "ну", "ной", "na")):
        # Роман Абрамович: a surname of that form; a woman has no such patronymic.
        found.insert(0, _Roles(patronymic, given))
        if sex_of(given) == "f":
            del found[1]
    if len(rest) == 2 and any(w.capitals for w in rest) and not all(w.capitals for w in rest):
        last = [w for w in rest if w.capitals]
        others = [w for w in rest if not w.capitals]
        found.append(_Roles(_joined(last), given, patronymic, _joined(others)))
    return found


def _roles_of_names(full: list[Word], *, comma: bool) -> list[_Roles]:
    """Roles of two and more words without a patronymic: by comma, by capitals, by the table of given names."""
    if comma:
        return [_Roles(full[0].plain, full[1].plain, middle=_joined(full[2:]))]
    shouted = [w for w in full if w.capitals]
    if 0 < len(shouted) < len(full):
        rest = [w for w in full if not w.capitals]
        return [_Roles(_joined(shouted), rest[0].plain, middle=_joined(rest[1:]))]
    if len(full) == 2:
        a, b = full[0].plain, full[1].plain
        known = (_given_like(a), _given_like(b))
        if known == (True, False):
            return [_Roles(b, a)]
        if known == (False, True):
            return [_Roles(a, b)]
        return [_Roles(b, a), _Roles(a, b)]
    return _roles_of_many(full)


def _roles_of_many(full: list[Word]) -> list[_Roles]:
    names = [w.plain for w in full]
    links = next((i for i, n in enumerate(names) if i and n in _LINKS), None)
    if links:
        return [_Roles(" ".join(names[links:]), names[0], middle=" ".join(names[1:links]))]
    found = [_Roles(names[-1], names[0], middle=" ".join(names[1:-1]))]
    if _given_like(names[-1]) and not _given_like(names[0]):
        found.insert(0, _Roles(" ".join(names[:-1]), names[-1]))
    if _given_like(names[0]):
        found.append(_Roles(" ".join(names[1:]), names[0]))
    if is_cyrillic(names[0]) or not _given_like(names[0]):
        found.append(_Roles(names[0], names[1], middle=" ".join(names[2:])))
    return found


# Endings that no surname has in the nominative, or hardly any.
_OBLIQUE_SURNAME = re.compile(r"(?:[ое]в|[иы]н|[сц]к)(?:ой|ою|ого|ому|ым|им|ую)$|[ое]вны$|[^аеиоуыэюя](?:ого|ому)$")


def _nominative_is_likely(roles: _Roles) -> bool:
    """Whether a name can be in the nominative as it stands, as far as its parts show."""
    if roles.patronymic:
        return patronymic_sex(roles.patronymic) is not None or not _patronymic_like(roles.patronymic)
    if roles.given:
        return is_given(roles.given) or not _given_like(roles.given)
    return not _OBLIQUE_SURNAME.search(roles.surname)


def _undone(roles: _Roles) -> Iterator[Reading]:
    """The readings of a name in Cyrillic as a man's or a woman's in each oblique case."""
    for case in OBLIQUE:
        for sex in _sexes(roles.patronymic):
            patronymics = _patronymic_nominatives(roles.patronymic, case, sex)
            givens = _given_nominatives(roles.given, case, sex)
            surnames = _surname_nominatives(roles.surname, case, sex)
            for surname, given, patronymic in product(surnames, givens, patronymics):
                yield Reading(
                    surname, given, patronymic, roles.middle, roles.given_letter, roles.patronymic_letter, case
                )


def _sexes(patronymic: str) -> tuple[Sex, ...]:
    if patronymic.endswith(("ны", "не", "ну", "ной", "ною", "ні")):
        return ("f",)
    return ("m",) if patronymic else ("m", "f")


def _surname_nominatives(surname: str, case: Case, sex: Sex) -> tuple[str, ...]:
    if not surname:
        return ("",)
    if " " in surname:
        return tuple(
            " ".join(words)
            for words in islice(product(*(nominatives(w, "surname", case, sex) for w in surname.split(" "))), 4)
        )
    return nominatives(surname, "surname", case, sex)


def _given_nominatives(given: str, case: Case, sex: Sex) -> tuple[str, ...]:
    if not given:
        return ("",)
    found = nominatives(given, "given", case, sex)
    known = tuple(n for n in found if is_given(n) and sex_of(n) in (sex, None))
    return known if known or _given_like(given) else found[:2]


def _patronymic_nominatives(patronymic: str, case: Case, sex: Sex) -> tuple[str, ...]:
    if not patronymic:
        return ("",)
    return tuple(n for n in nominatives(patronymic, "patronymic", case, sex) if patronymic_sex(n) == sex)


def readings_of(text: str, *, asked: bool = False) -> tuple[Reading, ...]:
    """The ways in which one name can be read, the likeliest first; at most 24, none where there is no name.

    `asked`: as somebody types it: every case form that the words allow. Else, as a record writes it: other cases
    only where the name cannot be in the nominative.
    """
    return _readings_of(text[: LONGEST * 2], asked)


@lru_cache(maxsize=20_000)
def _readings_of(text: str, asked: bool) -> tuple[Reading, ...]:
    found: dict[Reading, None] = {}
    seen: set[tuple[str, ...]] = set()
    for name in spellings(text):
        for reading in _readings_of_one(name, asked=asked):
            if reading[:6] not in seen:
                seen.add(reading[:6])
                found[reading] = None
    return tuple(islice(found, _MOST))


def _readings_of_one(name: str, *, asked: bool) -> Iterator[Reading]:
    words, _ = _without_titles(_words(name))
    comma = bool(re.match(r"^[^\s,]+(?:\s[^\s,]+)?,\s*\S", name)) and len(words) > 1
    every = _roles(words[:_MOST_WORDS], comma=comma)
    if asked and len(words) > 1 and words[0].plain in _LINKS and not any(w.initial for w in words):
        every = [_Roles(_joined(words[:_MOST_WORDS])), *every]  # `van der Berg`, without the given name
    oblique: list[Reading] = []
    for roles in every:
        likely = _nominative_is_likely(roles)
        if likely or (not roles.patronymic and (asked or not roles.given)):
            yield Reading(*roles)
        if is_cyrillic(roles.surname or roles.given) and (asked or not likely):
            oblique += _undone(roles)
    yield from oblique


def parse(text: str) -> ParsedName:
    """The likeliest reading of one name; all parts None where there is no name in the text."""
    readings_found = readings_of(text)
    name = next(iter(spellings(text)), "")
    words, titles = _without_titles(_words(name))
    if not readings_found:
        return ParsedName(text, None, None, None, tuple(w.text.upper() for w in words if w.initial), tuple(titles))
    best = readings_found[0]
    initials = tuple(i.title() for i in (best.given_letter, best.patronymic_letter) if i)
    middle = tuple(_capitalised(m) for m in best.middle.split())
    return ParsedName(
        text, _capitalised(best.surname) or None, _capitalised(best.given) or None,
        _capitalised(best.patronymic) or None, initials, tuple(titles), middle, sex_in(best), best.case,
    )  # fmt: skip


def _capitalised(words: str) -> str:
    return " ".join("-".join(p[:1].upper() + p[1:] for p in w.split("-")) for w in words.split(" "))


def sex_in(reading: Reading) -> Sex | None:
    """The sex that a reading's patronymic, given name or surname shows; None where they do not."""
    shown = patronymic_sex(reading.patronymic) if reading.patronymic else None
    shown = shown or (sex_of(reading.given) if reading.given else None)
    if shown is None and reading.surname:
        key = surname_forms(reading.surname)[0]
        if re.search(r"(?:[oe]v|in|[sc]k)(?:a|aia)$", key):
            shown = "f"
        elif re.search(r"(?:[oe]v|[sc]ki)$", key):
            shown = "m"
    return "f" if shown == "f" else "m" if shown == "m" else None


# --- two names held against each other ---


@lru_cache(maxsize=100_000)
def surname_forms(surname: str, styles: frozenset[str] = COMMON) -> tuple[str, ...]:
    """The skeletons of a plain surname of one or more words; Ukrainian `-ська` is folded with `-ская`."""
    glued = surname.replace(" ", "").replace("-", "")
    return tuple(dict.fromkeys(re.sub(r"([sc]k)aia$", r"\1a", r) for r in readings(glued, styles)))


class Relation(NamedTuple):
    """How two parts agree: 0 plainly, 1 in a rarer reading, 2 but for a typing slip; a factor; what to say of it."""

    tier: int
    factor: float
    why: str


@lru_cache(maxsize=200_000)
def surname_relation(a: str, b: str, styles_a: frozenset[str], styles_b: frozenset[str]) -> Relation | None:
    """How the surname `a` that is asked for agrees with `b`; None if it does not."""
    if a == b:
        return Relation(0, 1.0, "same surname")
    forms_a, forms_b = surname_forms(a, styles_a), surname_forms(b, styles_b)
    both = is_cyrillic(a) and is_cyrillic(b)
    if both and fine(a.replace(" ", "")) == fine(b.replace(" ", "")):
        return Relation(0, 0.99, f"{_capitalised(b)}: the same surname in another spelling")
    if not both and set(forms_a) & set(forms_b):
        factor = 0.98 if forms_a[0] == forms_b[0] else 0.95
        return Relation(0, factor, f"{_capitalised(b)}: the same surname in other letters")
    if both and forms_a[0] == forms_b[0]:
        if re.sub(r"ск(?:ая|а)$", "", a) == re.sub(r"ск(?:ая|а)$", "", b):
            return Relation(0, 0.98, f"{_capitalised(b)}: the same surname in Ukrainian")
        return Relation(1, 0.85, f"{_capitalised(b)}: a surname spelt nearly alike")
    marked = "belarusian" in styles_a | styles_b
    if marked and {coarse(f) for f in forms_a} & {coarse(f) for f in forms_b}:
        return Relation(1, 0.9, f"{_capitalised(b)}: the same surname as Belarusian spells it")
    if not both and set(surname_forms(a, STYLES)) & set(surname_forms(b, STYLES)):
        return Relation(1, 0.9, f"{_capitalised(b)}: the same surname in another romanisation")
    parts_a, parts_b = re.split("[ -]", a), re.split("[ -]", b)
    if (len(parts_a) > 1) != (len(parts_b) > 1):
        keys_a, keys_b = ({f for p in parts for f in surname_forms(p)} for parts in (parts_a, parts_b))
        if keys_a & keys_b:
            return Relation(1, 0.75, f"{_capitalised(b)}: one half of a double surname")
    return _surname_slip(a, b, forms_a[0], forms_b[0])


_SLIPS = {
    "swapped": "two letters swapped",
    "missing": "a letter missing",
    "added": "a letter too many",
    "changed": "a letter changed",
}


def _surname_slip(a: str, b: str, form_a: str, form_b: str) -> Relation | None:
    far = abs(len(form_a) - len(form_b)) > 1 and abs(len(a) - len(b)) > 1
    if far or min(len(form_a), len(form_b)) < 4 or genders_of_surname(form_a, form_b):
        return None
    kinds = {slip(form_a, form_b), slip(a, b) if is_cyrillic(a) == is_cyrillic(b) else None}
    kind = next((k for k in _SLIPS if k in kinds), None)
    if kind in (None, "changed") and coarse(form_a) == coarse(form_b):
        return Relation(2, 0.75, f"{_capitalised(b)}: unstressed vowels changed in the surname asked for")
    if kind is None:
        return None
    return Relation(2, 0.8 if kind != "changed" else 0.7, f"{_capitalised(b)}: {_SLIPS[kind]} in the surname asked for")


@lru_cache(maxsize=200_000)
def given_relation(a: str, b: str, styles_a: frozenset[str], styles_b: frozenset[str]) -> Relation | None:
    """How the given name `a` that is asked for agrees with `b`; None if it does not."""
    if a == b:
        return Relation(0, 1.0, "same given name")
    forms_a, forms_b = readings(a.replace("-", ""), styles_a), readings(b.replace("-", ""), styles_b)
    if set(forms_a) & set(forms_b):
        return Relation(0, 0.99, f"{_capitalised(b)}: the same given name in another spelling")
    (full_a, short_a), (full_b, short_b) = groups(a, styles_a), groups(b, styles_b)
    if full_a & full_b:
        return Relation(0, 0.97, f"{_capitalised(b)}: the same given name in another language")
    if (full_a | short_a) & (full_b | short_b):
        return Relation(0, 0.92, f"{_capitalised(b)}: a short form of the given name")
    if "belarusian" in styles_a | styles_b and coarse(forms_a[0]) == coarse(forms_b[0]) and sex_of(a) == sex_of(b):
        return Relation(0, 0.93, f"{_capitalised(b)}: the same given name as Belarusian spells it")
    if set(readings(a, STYLES)) & set(readings(b, STYLES)):
        return Relation(1, 0.9, f"{_capitalised(b)}: the same given name in another romanisation")
    if min(len(forms_a[0]), len(forms_b[0])) >= 4 and not (is_common_given(a) and is_common_given(b)):
        kind = slip(forms_a[0], forms_b[0]) or slip(a, b)
        if kind and not genders_of_surname(forms_a[0], forms_b[0]):
            return Relation(2, 0.8, f"{_capitalised(b)}: {_SLIPS[kind]} in the given name asked for")
    return None


@lru_cache(maxsize=200_000)
def patronymic_relation(a: str, b: str, styles_a: frozenset[str], styles_b: frozenset[str]) -> Relation | None:
    """How the patronymic `a` that is asked for agrees with `b`; None if it does not."""
    if a == b:
        return Relation(0, 1.0, "same patronymic")
    sex_a, sex_b = patronymic_sex(a), patronymic_sex(b)
    if sex_a and sex_b and sex_a != sex_b:
        return None
    fathers_a, fathers_b = fathers(a, styles_a), fathers(b, styles_b)
    if fathers_a & fathers_b:
        return Relation(0, 0.99, f"{_capitalised(b)}: the same patronymic in another spelling")
    bare_a, bare_b = {coarse(f) for f in fathers_a}, {coarse(f) for f in fathers_b}
    if "belarusian" in styles_a | styles_b and bare_a & bare_b:
        return Relation(0, 0.95, f"{_capitalised(b)}: the same patronymic as Belarusian spells it")
    if fathers(a, STYLES) & fathers(b, STYLES):
        return Relation(1, 0.9, f"{_capitalised(b)}: the same patronymic in another romanisation")
    if not (is_known_father(a) and is_known_father(b)):
        kind = slip(readings(a)[0], readings(b)[0]) or slip(a, b)
        if kind:
            return Relation(2, 0.85, f"{_capitalised(b)}: {_SLIPS[kind]} in the patronymic asked for")
    return None


class Fit(NamedTuple):
    """How a reading that is asked for fits one that is recorded.

    `contradiction` names the parts that differ (blank if none). `gaps` are the parts that were asked for and that the
    recorded name does not spell out.
    """

    tier: int
    score: float
    why: tuple[str, ...]
    contradiction: tuple[str, ...]
    gaps: tuple[str, ...]
    full: bool


_NOT_RECORDED = {"surname": 0.5, "given": 0.75, "patronymic": 0.94}
_NOT_ASKED = {"surname": 0.5, "given": 0.72, "patronymic": 0.95}
_BY_LETTER = {"given": 0.88, "patronymic": 0.97}


def compare(a: Reading, b: Reading, styles_a: frozenset[str] = COMMON, styles_b: frozenset[str] = COMMON) -> Fit:
    """How the reading `a` that is asked for fits the recorded reading `b`."""
    tier, score, why, against, gaps, full = 0, 1.0, list[str](), list[str](), list[str](), True
    if a.case != "nominative":
        score *= 0.97
        asked = " ".join(filter(None, (_capitalised(a.surname), _capitalised(a.given), _capitalised(a.patronymic))))
        why.append(f"read as the {a.case} of {asked}")
    if b.case != "nominative":
        score *= 0.97
        why.append(f"the record's form is read as the {b.case} of {_capitalised(b.surname or b.given)}")
    for part, relation in _relations(a, b, styles_a, styles_b):
        if isinstance(relation, Relation):
            tier, score = max(tier, relation.tier), score * relation.factor
            why.append(relation.why)
            full = full and not relation.why.startswith("initial")
        elif relation == "differs":
            against.append(f"another {_WORDS[part]}")
        elif relation == "not recorded":
            score, full = score * _NOT_RECORDED[part], False
            gaps.append(part)
            why.append(f"the record does not give the {_WORDS[part]}")
        elif relation == "not asked":
            score, full = score * _NOT_ASKED[part], False
            if part != "patronymic":
                why.append(f"no {_WORDS[part]} was asked for")
    return Fit(tier, round(score, 4), tuple(why), tuple(against), tuple(gaps), full)


_WORDS = {"surname": "surname", "given": "given name", "patronymic": "patronymic"}


def _relations(
    a: Reading, b: Reading, styles_a: frozenset[str], styles_b: frozenset[str]
) -> Iterator[tuple[str, Relation | str]]:
    """For each part: how it agrees, or `differs`, `not recorded`, `not asked`; nothing for a part neither has."""
    if a.surname and b.surname:
        relation = surname_relation(a.surname, b.surname, styles_a, styles_b)
        if relation and relation.why.endswith("double surname") and (a.middle or b.middle):
            relation = None  # what one reading takes for half of a surname, the other takes for a middle name
        yield "surname", relation or _without_feminine_ending(a, b) or "differs"
    elif a.surname or b.surname:
        yield "surname", "not recorded" if a.surname else "not asked"
    if a.given and b.given:
        yield "given", given_relation(a.given, b.given, styles_a, styles_b) or "differs"
    elif (a.given or a.given_letter) and (b.given or b.given_letter):
        yield "given", _by_letter("given", a.given or a.given_letter, b.given or b.given_letter) or "differs"
    elif a.given or b.given or a.given_letter or b.given_letter:
        yield "given", "not recorded" if a.given or a.given_letter else "not asked"
    yield from _second_names(a, b, styles_a, styles_b)


def surnames_differ(a: Reading, b: Reading, styles_a: frozenset[str], styles_b: frozenset[str]) -> bool:
    """Whether the surnames alone tell `a` from `b`: whatever else the names hold, `compare` finds another surname."""
    if not (a.surname and b.surname) or surname_relation(a.surname, b.surname, styles_a, styles_b):
        return False
    both = is_cyrillic(a.surname) and is_cyrillic(b.surname)
    return both or not genders_of_surname(surname_forms(a.surname)[0], surname_forms(b.surname)[0])


def _without_feminine_ending(a: Reading, b: Reading) -> Relation | None:
    """A woman's surname that a Latin spelling gives in the form of a man's: only if both names are certainly hers."""
    if is_cyrillic(a.surname) and is_cyrillic(b.surname):
        return None
    if not genders_of_surname(surname_forms(a.surname)[0], surname_forms(b.surname)[0]):
        return None
    if not (_is_womans(a) and _is_womans(b)):
        return None
    return Relation(1, 0.85, f"{_capitalised(b.surname)}: the surname with and without its feminine ending")


def _is_womans(reading: Reading) -> bool:
    if reading.patronymic and patronymic_sex(reading.patronymic) == "f":
        return True
    return bool(reading.given) and sex_of(reading.given) == "f"


def _second_names(
    a: Reading, b: Reading, styles_a: frozenset[str], styles_b: frozenset[str]
) -> Iterator[tuple[str, Relation | str]]:
    """Patronymics; a middle name is held against the other's patronymic or middle names."""
    one, two = a.patronymic or a.middle, b.patronymic or b.middle
    if one and two:
        if a.patronymic and b.patronymic:
            yield "patronymic", patronymic_relation(one, two, styles_a, styles_b) or "differs"
        else:
            shared = {f for w in one.split() for f in fathers(w, styles_a)} & {
                f for w in two.split() for f in fathers(w, styles_b)
            }
            other = None if " " in one + two else patronymic_relation(one, two, styles_a, styles_b)
            yield "patronymic", Relation(0, 0.97, "a further name in common") if shared else other or "differs"
    elif (one or a.patronymic_letter) and (two or b.patronymic_letter):
        found = _by_letter("patronymic", one or a.patronymic_letter, two or b.patronymic_letter)
        yield "patronymic", found or "differs"
    elif one or two or a.patronymic_letter or b.patronymic_letter:
        yield "patronymic", "not recorded" if one or a.patronymic_letter else "not asked"


@lru_cache(maxsize=100_000)
def _by_letter(part: Literal["given", "patronymic"], a: str, b: str) -> Relation | None:
    letters = letters_of_given if part == "given" else letters_of_patronymic
    first, second = (first_letters(w) if len(w) <= 2 else letters(w.split(" ")[0]) for w in (a, b))
    if not first & second:
        return None
    return Relation(0, _BY_LETTER[part], f"initial of the {_WORDS[part]} fits")


def same_person_features(a: str, b: str) -> Comparison:
    """Whether the names `a` and `b` can be one person's, by the names alone, and what says so.

    The verdict of the pair of readings that fits best; a typing slip alone is `different`, and said. Text without a
    name gives `different` with no feature but `no name`.
    """
    ours, theirs = readings_of(a, asked=True), readings_of(b, asked=True)
    if not ours or not theirs:
        return Comparison("different", ("no name",))
    styles_a, styles_b = styles_of(a), styles_of(b)
    fits = [compare(x, y, styles_a, styles_b) for x in ours for y in theirs if _one_case(x, y)]
    possible = [f for f in fits if not f.contradiction and f.tier < 2]
    if possible:
        best = max(possible, key=lambda f: (-f.tier, f.score, f.why))
        certain = [compare(x, y, styles_a, styles_b) for x in readings_of(a) for y in readings_of(b)]
        equal = best.full and best.tier == 0 and best in certain
        return Comparison("equal" if equal else "compatible", best.why)
    nearest = min(fits, key=lambda f: (len(f.contradiction), f.tier, -f.score, f.why))
    return Comparison("different", nearest.contradiction or nearest.why)


def _one_case(a: Reading, b: Reading) -> bool:
    """Two case forms are not both undone at once, unless both names show that they are inflected."""
    return "nominative" in (a.case, b.case) or a.case == b.case or bool(a.given and b.given)
