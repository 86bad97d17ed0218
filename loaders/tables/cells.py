"""What a cell may hold: one function for each type of `ontology/columns.csv`, text in, value out.

A function takes the text of a cell that is not blank, without outer blanks, and gives the value or raises
`ValueError` with what to do. Which type a column has is the ontology's to say, what spans cells is `rows`'.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from difflib import get_close_matches
from functools import partial
from typing import TypeAlias

from graph.dates import checked, meant
from graph.records import Cell
from ontology import Column, Word, vocabulary

Parse: TypeAlias = Callable[[str], Cell]

BLANKS = " \t\r\n\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000\ufeff"
"""What is cut from both ends of a cell. `str.strip` alone would swallow control characters (U+001C, U+0085) unseen."""

_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
_URL = re.compile(r"(?i:https?)://(?P<host>\[[0-9A-Fa-f:.]+\]|[^\s/?#@:\[\]]+)(?::\d{1,5})?(?:[/?#].*)?", re.DOTALL)
_NOT_IN_URL = re.compile(r'[\s<>"{}|\\^`]')
_DIGITS = re.compile(r"[0-9]{1,9}")
_SHA256 = re.compile(r"[0-9A-Fa-f]{64}")
_DRIVE = re.compile(r"[A-Za-z]:")

# ISO 639-1; the vocabulary `lang` has labels for those that occur, a source may be in any.
LANGUAGES = frozenset(
    """aa ab ae af ak am an ar as av ay az ba be bg bh bi bm bn bo br bs ca ce ch co cr cs cu cv cy da de dv dz ee el en
    eo es et eu fa ff fi fj fo fr fy ga gd gl gn gu gv ha he hi ho hr ht hu hy hz ia id ie ig ii ik io is it iu ja jv ka
    kg ki kj kk kl km kn ko kr ks ku kv kw ky la lb lg li ln lo lt lu lv mg mh mi mk ml mn mr ms mt my na nb nd ne ng nl
    nn no nr nv ny oc oj om or os pa pi pl ps pt qu rm rn ro ru rw sa sc sd se sg si sk sl sm sn so sq sr ss st su sv sw
    ta te tg th ti tk tl tn to tr ts tt tw ty ug uk ur uz ve vi vo wa wo xh yi yo za zh zu""".split()
)


class BadPart(ValueError):
    """One part of a list is wrong. The message does not hold it: it may be a name that must not be shown."""

    def __init__(self, part: str, remedy: str) -> None:
        super().__init__(remedy)
        self.part = part


def parser(column: Column) -> Parse:
    """The function that reads cells of this column.

    Raises:
        LookupError: the ontology gives the column a type that nobody reads, or a vocabulary that is not there.
    """
    if column.type == "word":
        return word_of(column.range)
    if column.type.startswith("text@"):
        return line
    return _TYPES[column.type]


def text(cell: str) -> str:
    """Text as written; line breaks (CRLF as LF) and tabs may stand in it."""
    if cell.isprintable():  # nearly all cells: one pass in C
        return cell
    found = cell.replace("\r\n", "\n")
    _refuse_control(found)
    return found


def line(cell: str) -> str:
    """Text of one line: a name, a part of a list."""
    if cell.isprintable():
        return cell
    if "\n" in cell or "\t" in cell:
        raise ValueError("holds a line break or a tab; write it on one line")
    _refuse_control(cell)
    return cell


def _refuse_control(cell: str) -> None:
    if found := _CONTROL.search(cell):
        raise ValueError(f"holds the control character U+{ord(found[0]):04X}; remove it")


def local_id(cell: str) -> str:
    """A short name, local to the dataset. Nothing invisible: two names that look alike would be two things."""
    if not cell.isprintable():
        odd = next(ch for ch in cell if not ch.isprintable())
        raise ValueError(f"holds the invisible character U+{ord(odd):04X}, which an id may not; remove it")
    if "|" in cell:
        raise ValueError("holds |, which separates the parts of a list; choose an id without it")
    return cell


def url(cell: str) -> str:
    """An address that a reader can open."""
    found = _URL.fullmatch(cell)
    if not found:
        if "@" in cell.partition("//")[2].partition("/")[0]:
            raise ValueError("names a user before the host; leave that out")
        raise ValueError("is not an address; write http:// or https:// with a host")
    if not cell.isprintable() or _NOT_IN_URL.search(cell):
        raise ValueError("holds a blank or a character that an address may not; write it %-encoded")
    return cell


def date(cell: str) -> str:
    """A date with the precision it came with."""
    try:
        return checked(cell)
    except ValueError as error:
        day = meant(cell)
        raise ValueError(f"is not in the form of a date here; write {day}" if day else str(error)) from None


def whole_number(cell: str) -> int:
    """Zero or more, at most nine digits."""
    if not _DIGITS.fullmatch(cell):
        raise ValueError("is not a whole number; write digits only, at most nine")
    return int(cell)


def year(cell: str) -> int:
    """A year of the last two centuries or this one."""
    if not (_DIGITS.fullmatch(cell) and 1800 <= int(cell) <= 2100):
        raise ValueError("is not a year between 1800 and 2100; write YYYY")
    return int(cell)


def word_of(name: str) -> Parse:
    """A reader of words of the vocabulary `name`; words that are for programs only (`in_tables` is `no`) are refused."""
    allowed = {token: w for token, w in vocabulary(name).items() if w.more.get("in_tables") != "no"}
    return partial(_word, allowed, name)


def _word(allowed: Mapping[str, Word], name: str, cell: str) -> str:
    if cell in allowed:
        return cell
    near = ["GB"] if cell.upper() == "UK" and "GB" in allowed else _meant(cell, allowed)
    offer = "write " + " or ".join(near) if near else "correct it, or add the word there"
    raise ValueError(f"is not in ontology/vocab/{name}.csv; {offer}")


def _labelled(cell: str, words: Mapping[str, Word]) -> list[str]:
    """Tokens whose label in either language is `cell`."""
    return [t for t, w in words.items() if cell.casefold() in (w.label_en.casefold(), w.label_ru.casefold())]


def _meant(cell: str, words: Mapping[str, Word]) -> list[str]:
    """Tokens that somebody who wrote `cell` may have meant: by label, else by likeness."""
    folded = {t.casefold(): t for t in words}
    near = get_close_matches(cell.casefold().replace(" ", "_")[:100], folded, n=3, cutoff=0.5)
    return _labelled(cell, words) or [folded[t] for t in near]


def country(cell: str) -> str:
    """ISO 3166-1 alpha-2, upper case."""
    known = vocabulary("country")
    if cell in known:
        return cell
    near = [cell.upper()] if cell.upper() in known else _labelled(cell, known)
    offer = "write " + " or ".join(near) if near else "write two capital letters, such as RU"
    if cell.upper() == "UK":
        offer = "write GB for the United Kingdom, UA for Ukraine"
    raise ValueError(f"is not a country code of ISO 3166-1; {offer}")


def language(cell: str) -> str:
    """ISO 639-1, or three letters of ISO 639-3 for a language that has no two."""
    if cell in LANGUAGES or (len(cell) == 3 and cell.isascii() and cell.isalpha() and cell.islower()):
        return cell
    raise ValueError("is not a language code; write two letters of ISO 639-1 (ru, uk, en) or three of ISO 639-3")


def article(cell: str) -> str:
    """An article of law as written, if the grammar of `graph.articles` reads it."""
    from graph.articles import parse

    parse(cell)
    return cell


def sha256(cell: str) -> str:
    """The hash in lower case."""
    if not _SHA256.fullmatch(cell):
        raise ValueError("is not a SHA-256; write its 64 hexadecimal digits")
    return cell.lower()


def saved_file(cell: str) -> str:
    """A path below the folder of the tables, with `/`."""
    if not cell.isprintable():
        raise ValueError("holds an invisible character; rename the file")
    if "\\" in cell or cell.startswith(("/", "~")) or _DRIVE.match(cell):
        raise ValueError("is not a path below the folder; write it relative to the tables, with /")
    if any(part in ("", ".", "..") for part in cell.split("/")):
        raise ValueError("leaves the folder or has an empty part; write it relative to the tables, without ..")
    return cell


def _list(part: Parse, cell: str) -> tuple[str, ...]:
    """The parts of a list, sorted and without repeats: a list is a set."""
    if "|" not in cell:
        return (str(part(cell)),)
    parts = [p.strip(BLANKS) for p in cell.split("|")]
    while parts and not parts[0]:
        del parts[0]
    while parts and not parts[-1]:
        del parts[-1]
    if not parts:
        raise ValueError("has separators and nothing between them; leave the cell blank")
    if "" in parts:
        raise ValueError("has nothing between two |; remove one of them")
    found = set()
    for p in parts:
        try:
            found.add(str(part(p)))
        except ValueError as error:
            raise BadPart(p, str(error)) from None
    return tuple(sorted(found))


_TYPES: dict[str, Parse] = {
    "id": local_id,
    "local": local_id,
    "ref": local_id,
    "refs": partial(_list, local_id),
    "text": text,
    "texts": partial(_list, line),
    "url": url,
    "date": date,
    "year": year,
    "int": whole_number,
    "country": country,
    "countries": partial(_list, country),
    "lang": language,
    "articles": partial(_list, article),
    "sha256": sha256,
    "file": saved_file,
}
