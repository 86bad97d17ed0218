"""The shell of every page: one Jinja environment with autoescape, a content security policy made of the page's own
scripts, the theme, and the footer that says what the page rests on."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from jinja2 import ChoiceLoader, Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from visualizations.marks import glyph, legend, mark, mark_css, number, sprite, used
from visualizations.texts import counted, message, messages, openable, short, shown

STATIC = Path(__file__).parent / "static"
_POLICY = (
    "default-src 'none'; script-src {scripts}; style-src 'unsafe-inline'; img-src data: blob:; "
    "base-uri 'none'; form-action 'none'"
)
_SLOT = "script-src-of-this-page"
_DATE = re.compile(r"\d{4}(-\d{2}){0,2}", re.ASCII)
_SCRIPT = re.compile(r"<script>(.*?)</script>", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Footing:
    """What a page rests on; stands in its footer. `left_out` counts by reason what is not shown."""

    data_hash: str = ""
    as_of: str = ""
    seed: int | None = None
    engine: str = ""
    left_out: Mapping[str, int] = field(default_factory=dict)
    notes: Sequence[str] = ()
    profile: str = "public"
    version: str = ""


def environment(loader: ChoiceLoader | FileSystemLoader | None = None) -> Environment:
    """A Jinja environment with our templates, our filters, autoescape on and no undefined names."""
    env = Environment(
        loader=loader or FileSystemLoader(STATIC, encoding="utf-8"),
        autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True,
    )  # fmt: skip
    env.filters.update(shown=shown, cell=cell, short=short, data=data_block, num=number)
    env.globals.update(
        glyph=glyph, sprite=sprite, used=used, legend=legend, mark=mark, script=script, style=style, openable=openable
    )
    return env


@cache
def _environment() -> Environment:
    return environment()


def page(template: str, *, lang: str, title: str, footing: Footing, **values: object) -> str:
    """A whole page from one of our templates, with its policy filled in.

    The same values give the same bytes. Raises what Jinja raises: a missing value is a fault of ours.
    """
    text = _environment().get_template(template).render(**shell_values(lang, title, footing), **values)
    return with_policy(text)


def shell_values(lang: str, title: str, footing: Footing) -> dict[str, object]:
    """What `shell.html.j2` needs beside a picture's own values."""
    words = messages(lang)
    return {
        "lang": lang, "title": shown(title), "footing": footing, "slot": _SLOT, "t": words,
        "say": lambda key, **more: message(key, lang, **more), "counted": lambda key, n: counted(key, n, lang),
        "left_out": [(reason_text(k, lang), n) for k, n in sorted(footing.left_out.items()) if n],
    }  # fmt: skip


def reason_text(reason: str, lang: str) -> str:
    """Why something was left out, in words; the reason's own token where we have no words for it."""
    return messages(lang).get(f"left_out.{reason}") or shown(reason).replace("_", " ")


def with_policy(text: str) -> str:
    """The page with the hashes of its own scripts in its content security policy.

    Only the first slot is filled, and it stands in the head before any data: text from outside cannot add one.
    """
    hashes = [base64.b64encode(hashlib.sha256(s.encode()).digest()).decode() for s in _SCRIPT.findall(text)]
    sources = " ".join(f"'sha256-{h}'" for h in hashes) or "'none'"
    return text.replace(_SLOT, _POLICY.format(scripts=sources), 1)


@cache
def script(*names: str) -> Markup:
    """Our scripts of these names as one inline script."""
    return inline_script(_texts(names))


def inline_script(body: str) -> Markup:
    """An inline script that no text inside can end early. Line ends are LF: a browser hashes what it parsed."""
    safe = body.replace("\r\n", "\n").replace("\r", "\n").replace("</script", "<\\/script").replace("<!--", "<\\!--")
    return Markup("<script>") + Markup(safe) + Markup("</script>")


@cache
def style(*names: str) -> Markup:
    """Our style sheets of these names, and the colours of the marks."""
    return Markup("<style>") + Markup(mark_css() + "\n" + _texts(names)) + Markup("</style>")


def _texts(names: Sequence[str]) -> str:
    """The files, one after the other, without the indentation: a page carries each of them."""
    lines = [line.strip() for name in names for line in (STATIC / name).read_text(encoding="utf-8").splitlines()]
    return "\n".join(filter(None, lines)) + "\n"


def data_block(value: object) -> Markup:
    """JSON that may stand inside `<script type="application/json">`: no character in it can end the element.

    Raises:
        ValueError: a number that JSON does not have.
        TypeError: a value that JSON does not have.
    """
    text = json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    for char in "<>&\u2028\u2029":
        text = text.replace(char, f"\\u{ord(char):04x}")
    return Markup(text)


def cell(value: object) -> Markup | str:
    """What stands in a table's cell: our own markup as it is, anything else as clean text."""
    if isinstance(value, Markup):
        return value
    text = shown(value)
    return Markup('<span class="date">{}</span>').format(text) if _DATE.fullmatch(text) else text
