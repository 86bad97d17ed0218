"""What readers see: text made safe to show, names in two scripts, the interface's words from `messages.csv`."""

from __future__ import annotations

import csv
import unicodedata
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple

from ontology import vocabulary

_HERE = Path(__file__).parent
# Direction overrides and isolates draw a name backwards; the rest of Cf that scripts need (ZWJ, ZWNJ) stays.
_DIRECTION = frozenset(map(chr, [0x061C, 0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A)]))
_INVISIBLE = frozenset("\ufeff\u00ad\u2028\u2029\ufffe\uffff")


class Name(NamedTuple):
    """A name in Latin and in Russian letters; None where no source writes it so."""

    en: str | None
    ru: str | None

    def first(self, lang: str) -> str:
        """The name for a reader of `lang`, else the other one, else blank."""
        ru, en = self.ru or "", self.en or ""
        return (ru or en) if lang == "ru" else (en or ru)

    def second(self, lang: str) -> str:
        """The name in the other script, blank where there is only one."""
        other = self.en if lang == "ru" else self.ru
        return other or "" if self.en and self.ru and self.en != self.ru else ""


def shown(text: object) -> str:
    """The text without characters that change direction, hide or cannot be written; blank for None.

    Line breaks and tabs become spaces, lone surrogates U+FFFD. What it gives is always valid UTF-8 and XML.
    """
    if text is None:
        return ""
    return "".join(map(_shown_char, str(text)))


def _shown_char(ch: str) -> str:
    if " " <= ch <= "~":
        return ch
    if ch in "\t\r\n\u2028\u2029":
        return " "
    if ch in _DIRECTION or ch in _INVISIBLE:
        return ""
    category = unicodedata.category(ch)
    return "\ufffd" if category == "Cs" else "" if category == "Cc" else ch


def short(text: str, limit: int = 32) -> str:
    """The text, cut to `limit` characters with an ellipsis where it is longer."""
    return text if len(text) <= limit else text[: limit - 1].rstrip() + "…"


def initials(name: str) -> str:
    """A personal name short enough for a label: `Олеся Менделеева` gives `О. Менделеева`.

    Only two or three words are shortened, and the last of them is kept whole: sources of these data write the
    given name first. Anything else comes back as it was, cut.
    """
    words = name.split()
    if not 2 <= len(words) <= 3 or not all(w[0].isalpha() and w[0].isupper() for w in words):
        return short(name)
    return short(" ".join([words[0][0] + ".", words[-1]]))


@cache
def messages(lang: str) -> Mapping[str, str]:
    """The interface's words in `lang`, by key.

    Raises:
        ValueError: another language than `en` and `ru`.
    """
    if lang not in ("en", "ru"):
        raise ValueError(f"lang must be en or ru, got {lang!r}")
    with (_HERE / "messages.csv").open(encoding="utf-8", newline="") as file:
        return MappingProxyType({row["key"]: row[lang] for row in csv.DictReader(file)})


def message(key: str, lang: str, **values: object) -> str:
    """One message with its blanks filled in.

    Raises:
        LookupError: `messages.csv` has no such key.
    """
    found = messages(lang)
    if key not in found:
        raise LookupError(f"{key!r} is not in visualizations/messages.csv; add it there in both languages")
    # format_map would evaluate attribute access in a hostile key, never in a value: keys are ours
    return found[key].format(**{k: shown(v) for k, v in values.items()})


def counted(key: str, count: int, lang: str) -> str:
    """`3 matters`, `3 дела`: a number with the noun's form, from the messages `key.one`, `key.few`, `key.many`."""
    return message(f"{key}.{plural(count, lang)}", lang, n=f"{count:,}".replace(",", "\u202f"))


def plural(count: int, lang: str) -> str:
    """The form that a noun takes after a number: `one`, `few` or `many`.

    Source: Unicode CLDR plural rules for en and ru (`few` is used as `many` in English).
    """
    if lang == "en":
        return "one" if count == 1 else "many"
    tens, ones = count % 100, count % 10
    if ones == 1 and tens != 11:
        return "one"
    return "few" if 2 <= ones <= 4 and not 12 <= tens <= 14 else "many"


def openable(url: str | None) -> str | None:
    """The address if a page may link to it: http or https, without spaces or control characters; else None."""
    if not url or shown(url) != url or any(c in ' "<>`\\' for c in url):
        return None
    return url if url.lower().startswith(("http://", "https://")) else None


def token_label(name: str, token: str | None, lang: str) -> str:
    """A token of the vocabulary `name` in words.

    A token that the vocabulary lacks (a link of ours, as `heard_at`) goes by our messages, else by itself, readable.
    """
    if not token:
        return ""
    found = vocabulary(name).get(token)
    return found.label(lang) if found else messages(lang).get(token, token.replace("_", " "))


def months_text(months: int | None, lang: str) -> str:
    """A term in years and months: `8 y 6 m`."""
    if not months:
        return ""
    years, rest = divmod(months, 12)
    y, m = ("л.", "мес.") if lang == "ru" else ("y", "m")
    return " ".join(filter(None, [f"{years} {y}" if years else "", f"{rest} {m}" if rest else ""]))
