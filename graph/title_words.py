"""Words of the names of institutions, cases and exchanges: the same word in English and Russian, in any case form, is one.

`name_data/title_words.csv` says which words mean the same; all others are folded and lose their endings, so that
`Мещанского`, `Мещанский` and `Meshchansky` are one word.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Mapping
from functools import cache, lru_cache

from graph.name_folding import DATA, composed, fold, skeleton, words

NOISE = frozenset({"of", "the", "for", "a", "an", "and", "in", "on", "to", "at", "by", "с", "о", "в", "на", "по", "и", "г", "гор", "для",
                   "s", "об", "из", "к", "la", "de"})  # fmt: skip
_DIGITS = re.compile(r"(?<!\w)(\d+)(?:st|nd|rd|th|-?(?:й|я|е|го|ый|ой|ая|му|м))?(?!\w)")
_ENDINGS = re.compile(
    r"(?:[iao]?(?:ogo|ego|omu|emu|imi|ami)|aia|uiu|oiu|oe|oi|ei|om|em|im|ah|ih|am|iu|ia|ie|ii|[aeiou])$"
)
_PLACE = re.compile(r"(?:s|c)k(?:i|ii|ogo|omu|im|om|aia|oi|uiu|oe|a|ie|ih|imi|oiu|e|u)?$")


@cache
def _glossary() -> tuple[Mapping[str, tuple[str, ...]], Mapping[str, str]]:
    """What a skeleton or stem stands for (one or more tokens), and the kind of each token."""
    meaning: dict[str, tuple[str, ...]] = {}
    kinds: dict[str, str] = {}
    with (DATA / "title_words.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            tokens = tuple(row["means"].split())
            for token in tokens:
                kinds.setdefault(token, row["kind"])
            for form in row["forms"].split():
                key = fold(form)
                meaning[key] = tokens
                meaning.setdefault(stem(key), tokens)
    return meaning, kinds


@lru_cache(maxsize=50_000)
def stem(key: str) -> str:
    """A skeleton without the ending of its case, and without -ск-, which an adjective has and its noun has not."""
    short = _PLACE.sub("", key)
    if short != key and len(short) >= 3:
        return short
    short = _ENDINGS.sub("", key)
    return short if len(short) >= 3 else key


@lru_cache(maxsize=20_000)
def tokens(text: str) -> tuple[str, ...]:
    """What a name says, as a sorted tuple of tokens without repeats; numbers and words, no noise."""
    clean = composed(text)
    found: set[str] = set(_DIGITS.findall(clean))
    meaning, _ = _glossary()
    for word in words(_DIGITS.sub(" ", clean)):
        for piece in word.lower().replace("ё", "е").split("-"):
            if piece in NOISE or not piece:
                continue
            key = skeleton(piece)
            if not key:
                continue
            found.update(meaning.get(key) or meaning.get(stem(key)) or (stem(key),))
    return tuple(sorted(t.lstrip("0") or "0" if t.isdigit() else t for t in found))


def is_common(token: str) -> bool:
    """Whether a token is one that many institutions share (court, district, city ...), not what tells them apart."""
    return _glossary()[1].get(token) == "common"


_BODY = re.compile(r"\b(?:суд(?:а|у|ом|е)?|court|прокуратур\w*|office|колони\w*|colony)\b", re.I)


def where(text: str) -> frozenset[str]:
    """The tokens of a text that say where an institution is: places of the glossary, and what follows `суд` or `court`.

    `Мещанский районный суд г. Москвы` is called by the court itself `Мещанский районный суд`.
    """
    after = _BODY.split(composed(text))
    tail = tokens(after[-1]) if len(after) > 1 else ()
    known = (t for t in tokens(text) if _glossary()[1].get(t) == "place")
    return frozenset(t for t in (*tail, *known) if not t.isdigit() and not is_common(t))
