"""A casebook as a script of Cypher, for those who may not reach the server: constraints, then one statement a line.

The statements are those of a push; the values stand in them as literals.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from itertools import chain
from pathlib import Path
from typing import TextIO, TypeAlias

import polars as pl

from graph.answers import Answer
from graph.bolt import statements
from graph.bolt.parts import Part
from graph.bolt.pushing import by_script
from graph.bolt.slices import Slices
from graph.casebook import Casebook
from graph.exports.files import whole
from graph.ingest import Progress

Literal: TypeAlias = "str | int | float | bool | Sequence[Literal] | None"
_BATCH = 500
_HEAD = """\
// repgraph: a graph for an empty Neo4j database (5.26 or newer). One statement a line; run it with
//   cypher-shell -a ADDRESS -u neo4j -f FILE
// docs/neo4j.md of repgraph explains the model. A role in a proceeding is not a finding of guilt.
"""


def export_cypher(
    casebook: Casebook,
    file: Path,
    *,
    pseudonym: Callable[[str], str] | None = None,
    progress: Progress | None = None,
) -> Answer:
    """Write the script to `file`; a row of the answer is a part, a label or type, with the number of lines written.

    It is written slice by slice, as a push is: memory holds one of them.

    The same casebook gives the same bytes. Running it in an empty database gives what a push gives, but for the
    stamps, and it can be asked in the same way; a push to it later refuses without `--full`, for it cannot know
    whose data these are.
    """
    counts: dict[str, int] = {}
    with whole(file) as draft, draft.open("w", encoding="utf-8", newline="\n") as out:
        out.write(_HEAD)
        out.writelines(f"{text};\n" for text in statements.constraints().values())
        for part in chain.from_iterable(Slices(casebook, pseudonym=pseudonym).all()):
            counts[part.name] = counts.get(part.name, 0) + part.frame.height
            _write(part, out)
            if progress is not None:
                progress("writing", sum(counts.values()))
        held = by_script(casebook)
        out.write(f"CREATE (:Push:Repgraph {{{', '.join(f'{n}: {literal(v)}' for n, v in held.items())}}});\n")
    rows = [{"label": name, "written": count} for name, count in counts.items()]
    return Answer("export", {"file": file.name, "profile": casebook.profile}, ["label", "written"], rows)


def _write(part: Part, out: TextIO) -> None:
    text = statements.write(part, fresh=True)
    columns = statements.columns(part)
    for batch in part.frame.iter_slices(_BATCH):
        filled = part.late(batch) if part.late else batch
        # a stamp is for a later push to compare; a script has none
        plain = filled.with_columns(pl.lit(None, pl.Int64).alias("stamp"))
        out.write(text.replace("$rows", literal(plain.select(columns).rows()), 1) + ";\n")


def literal(value: Literal) -> str:
    """A value as Cypher writes it, on one line, whatever the text holds.

    Raises:
        TypeError: a value of another type.
    """
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return repr(value)
    if isinstance(value, str):
        return "'" + _UNSAFE.sub(_escaped, value) + "'"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(literal(v) for v in value) + "]"
    raise TypeError(f"a {type(value).__name__} is no value of Cypher here")


# Quotes and backslashes, everything that is not printable, line separators, and `u` after a backslash: an older
# parser reads \\uXXXX before it knows of texts, so a backslash of the data is written as a code itself.
_UNSAFE = re.compile(r"['\"\\`;\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff]")


def _escaped(found: re.Match[str]) -> str:
    return _ESCAPES.get(found[0]) or f"\\u{ord(found[0]):04x}"


_ESCAPES = {"'": "\\'", "\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t"}


def lines(file: Path) -> Iterator[str]:
    """The statements of a script, without their semicolons."""
    with file.open(encoding="utf-8", newline="\n") as text:
        for line in text:
            if not line.startswith("//"):
                yield line.rstrip("\n").removesuffix(";")
