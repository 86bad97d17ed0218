"""Names of people: cleaned for display, folded to one skeleton for both scripts, cut into their parts, compared.

The index that finds them is `graph.name_index`.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import Literal

_CYRILLIC = dict(
    zip(
        "абвгґдеёєжзиіїйклмнопрстуўфхцчшщъыьэюя",
        "a b v g g d e e e zh z i i i i k l m n o p r s t u v f kh ts ch sh sh  i  e yu ya".split(" "),
        strict=True,
    )
)


@dataclass(frozen=True, slots=True)
class ParsedName:
    """The parts of a person's name. A part that is not written is None; `initials` stand for parts known by letter."""

    written: str
    surname: str | None
    given: str | None
    patronymic: str | None
    initials: tuple[str, ...]
    titles: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Comparison:
    """Whether two names can be one person's, and the features that say so."""

    verdict: Literal["equal", "compatible", "different"]
    features: tuple[str, ...]


def display(text: str) -> str:
    """The text without control, formatting (bidi override) and surrogate characters, blanks squeezed."""
    kept = (" " if c.isspace() else c for c in text if c.isspace() or unicodedata.category(c) not in _HIDDEN)
    return " ".join("".join(kept).split())


_HIDDEN = ("Cc", "Cf", "Cs", "Co", "Cn")


def fold(text: str) -> str:
    """One skeleton for a name in Cyrillic and in any romanisation."""
    lower = display(text).casefold()
    latin = "".join(_CYRILLIC.get(c, c) for c in lower)
    plain = "".join(c for c in unicodedata.normalize("NFKD", latin) if not unicodedata.combining(c))
    plain = re.sub(r"[^a-z0-9 ]", "", plain.replace("-", " "))
    plain = plain.replace("ye", "e").replace("ey", "ei").replace("y", "i").replace("j", "i").replace("ii", "i")
    return plain


def parse(text: str) -> ParsedName:
    """The parts of one name."""
    words = display(text).replace(".", ". ").split()
    initials = tuple(w for w in words if w.endswith("."))
    full = [w for w in words if not w.endswith(".")]
    return ParsedName(text, *(*full, None, None, None)[:3], initials)


def same_person_features(a: str, b: str) -> Comparison:
    """Whether the names `a` and `b` can be one person's."""
    equal = sorted(fold(a).split()) == sorted(fold(b).split())
    return Comparison("equal" if equal else "different", ("same words",) if equal else ())
