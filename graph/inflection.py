"""Russian case forms of names undone: which nominatives an inflected surname, given name or patronymic can come from.

Rules only; whether a nominative is a real name is for the caller to check. Source: N. A. Yeskova, and A. V. Superanskaya
on the declension of surnames (feminine surnames in a consonant, -о, -ых and -их do not change).
"""

from __future__ import annotations

from functools import lru_cache
from typing import Literal

Sex = Literal["m", "f"]
Case = Literal["nominative", "genitive", "dative", "accusative", "instrumental", "prepositional"]
OBLIQUE: tuple[Case, ...] = ("genitive", "dative", "accusative", "instrumental", "prepositional")
CASES: tuple[Case, ...] = ("nominative", *OBLIQUE)

_VOWELS = "аеиоуыэюя"
_HUSHERS = "жшчщц"


def _rules(*rows: str) -> dict[Case, tuple[tuple[str, tuple[str, ...]], ...]]:
    """Rows `ending > ending, ending` for each oblique case, in the order of OBLIQUE, as (written, nominatives) pairs."""
    parsed = []
    for row in rows:
        pairs = []
        for rule in row.split(";"):
            written, _, nominatives = rule.partition(">")
            pairs.append((written.strip(), tuple(n.strip().replace("_", "") for n in nominatives.split(","))))
        parsed.append(tuple(pairs))
    return dict(zip(OBLIQUE, parsed, strict=True))


# `_` stands for nothing. Adjectives first, then nouns; what cannot be (a vowel before a vowel) is left out below.
_MALE_SURNAME = _rules(
    "ого > ый, ой, ий; его > ий, ый; а > _, о; я > ь, й; ца > ец; ка > ок, ек; ы > а; и > а, я; ия > ий",
    "ому > ый, ой, ий; ему > ий, ый; у > _, о; ю > ь, й; цу > ец; ку > ок, ек; е > а, я; и > я; ию > ий; ові > _, о; еві > _, ь",
    "ого > ый, ой, ий; его > ий, ый; а > _, о; я > ь, й; ца > ец; ка > ок, ек; у > а; ю > я; ия > ий",
    "ым > _, ый, ой; им > _, ий, ый, ой; ом > _, о; ем > _, ь, й; цем > ец; цом > ец; ком > ок, ек; ой > а; ою > а; ей > а, я; ею > я; ием > ий",
    "ом > ый, ой, ий; ем > ий, ый; е > _, ь, й, а, я; це > ец; ке > ок, ек; и > й, я; ии > ий",
)
_FEMALE_SURNAME = _rules(
    "ой > а, ая; ей > ая, яя; ы > а; и > а, я",
    "ой > а, ая; ей > ая, яя; е > а, я; и > я; ій > а, ая",
    "у > а; ю > я; ую > ая; юю > яя",
    "ой > а, ая; ою > а, ая; ей > а, ая, яя, я; ею > а, ая, яя, я",
    "ой > а, ая; ей > ая, яя; е > а, я; и > я; ій > а, ая",
)
_MALE_GIVEN = _rules(
    "ла > ел; ьва > ев; ия > ий; а > _, о; я > й, ь; ы > а; и > а, я",
    "лу > ел; ьву > ев; ию > ий; у > _, о; ю > й, ь; е > а, я; ові > _, о; еві > й, ь",
    "ла > ел; ьва > ев; ия > ий; а > _, о; я > й, ь; у > а; ю > я",
    "лом > ел; ьвом > ев; ием > ий; ом > _, о; ем > й, ь, _; ой > а; ей > а, я; ёй > я; ою > а",
    "ле > ел; ьве > ев; ии > ий; е > _, й, ь, а, я",
)
_FEMALE_GIVEN = _rules(
    "ы > а; и > а, я, ь; ии > ия; ьи > ья",
    "е > а, я; и > ь; ии > ия; ье > ья; і > а, я",
    "у > а; ю > я; ию > ия; ью > ья; ь > ь",
    "ой > а; ою > а; ей > а, я; ею > я; ью > ь; ией > ия; ьей > ья; иею > ия",
    "е > а, я; и > ь; ии > ия; ье > ья; і > а, я",
)
_MALE_PATRONYMIC = _rules("ча > ч", "чу > ч; чеві > ч", "ча > ч", "чем > ч; чом > ч", "че > ч")
_FEMALE_PATRONYMIC = _rules("ны > на", "не > на; ні > на", "ну > на", "ной > на; ною > на", "не > на; ні > на")

_TABLES = {
    ("surname", "m"): _MALE_SURNAME,
    ("surname", "f"): _FEMALE_SURNAME,
    ("given", "m"): _MALE_GIVEN,
    ("given", "f"): _FEMALE_GIVEN,
    ("patronymic", "m"): _MALE_PATRONYMIC,
    ("patronymic", "f"): _FEMALE_PATRONYMIC,
}
_UNCHANGING = ("о", "ых", "их", "аго", "ово", "и", "у", "ю", "е", "э")


@lru_cache(maxsize=100_000)
def nominatives(word: str, part: Literal["surname", "given", "patronymic"], case: Case, sex: Sex) -> tuple[str, ...]:
    """The nominatives of a plain Cyrillic word (small letters, ё as е) read as a `part` in `case`, likeliest first.

    Empty where the word cannot be that case. The nominative of a nominative is the word itself.
    """
    if case == "nominative":
        return (word,)
    if "-" in word:
        return _hyphened(word, part, case, sex)
    found: dict[str, None] = {}
    for written, endings in _TABLES[part, sex][case]:
        if word.endswith(written) and len(word) > len(written) + (part == "surname"):
            stem = word[: -len(written)]
            found |= {stem + e: None for e in endings if _can_be(stem, e, part, sex)}
    if part == "surname" and _unchanging(word, sex):
        found[word] = None
    return tuple(found)


def _hyphened(word: str, part: Literal["surname", "given", "patronymic"], case: Case, sex: Sex) -> tuple[str, ...]:
    """Each half undone; a first half may stand still (`Кара-Мурзы`, `Петрова-Водкина`)."""
    first, _, rest = word.partition("-")
    heads = dict.fromkeys((*nominatives(first, part, case, sex), first))
    return tuple(f"{a}-{b}" for b in nominatives(rest, part, case, sex) for a in heads)


def _unchanging(word: str, sex: Sex) -> bool:
    if word.endswith(("ых", "их", "ко", "аго", "ово")) or word.endswith(_UNCHANGING):
        return True
    # A woman's surname in a consonant or ь stands still.
    return sex == "f" and (word[-1] not in _VOWELS and not word.endswith(("ой", "ей")))


def _can_be(stem: str, ending: str, part: str, sex: Sex) -> bool:
    last = stem[-1]
    if ending == "":
        if last in _VOWELS or last in "йьъ":
            return False
        return not (part == "surname" and sex == "f")
    if ending == "о":
        return (stem.endswith(("к", "енк", "л", "р", "н", "в", "т", "м")) and part == "given") or stem.endswith("к")
    if ending in ("й",):
        return last in _VOWELS
    if ending == "ь":
        return last not in _VOWELS and last not in "йьъ"
    if ending in ("ый", "ой", "ая"):
        # Яровая is a surname, Менделеевая is none.
        possessive = part == "surname" and len(stem) > 6 and stem.endswith(("ов", "ев", "ин", "ын"))
        return last not in _VOWELS and not possessive
    return True


def genders_of_surname(a: str, b: str) -> bool:
    """Whether two skeletons are the forms of one surname for a man and a woman (`ivanov`, `ivanova`)."""
    short, long = sorted((a, b), key=len)
    if long == short + "a" and short.endswith(("ov", "ev", "in")):
        return True
    return any(short == s + "i" and long == s + "aia" for s in (short[:-1],)) or (
        short.endswith("ska") and long == short[:-1] + "i"
    )
