"""SPARQL of a stranger over a store: read-only, without network, in a process that is stopped at its limits.

Two parsers must agree on a query before it runs: rdflib's, whose tree is searched for what reaches outside, and
Oxigraph's, which runs it. Neither engine has a switch against SERVICE or a limit of time, hence the child process.
"""

from __future__ import annotations

import ctypes
import json
import math
import os
import platform
import re
import signal
import struct
import subprocess
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

from graph.answers import Answer
from graph.errors import QueryError

if TYPE_CHECKING:
    import pyoxigraph as ox

_LONGEST = 100_000
_MOST_BYTES = 64_000_000
_XSD = "http://www.w3.org/2001/XMLSchema#"
_WHOLE = frozenset(
    _XSD + name
    for name in ("integer", "int", "long", "short", "byte", "nonNegativeInteger", "positiveInteger", "unsignedInt")
)
_FORBIDDEN = {
    "ServiceGraphPattern": "SERVICE reaches out to another server; ask for what the store itself holds",
    "DatasetClause": "FROM names a data set to fetch; leave it out, or write GRAPH <...> { } for one of the store's graphs",
}
Cell: TypeAlias = "str | int | float | bool | None"


def run_query(store_path: Path, text: str, *, seconds: float = 10, rows: int = 10_000, memory_mb: int = 2048) -> Answer:
    """The answer of the store in `store_path` to one SELECT, ASK, CONSTRUCT or DESCRIBE.

    The default graph is the union of all graphs. SELECT gives a column for each variable, ASK one column
    `answer`, the others subject, predicate and object. Without ORDER BY the rows are sorted by their text. Whole
    numbers and truth values come typed, terms otherwise as their text; what is not bound is None.

    Units: `seconds` of wall clock, `memory_mb` mebibytes of address space. More than `rows` rows are cut off,
    and a note says so.
    Raises:
        QueryError: the query is not SPARQL 1.1 in the eyes of both parsers, is an update, reaches outside
            (SERVICE, LOAD, FROM), or hit the limit of time or memory.
        ValueError: a limit is not positive.
    """
    if seconds <= 0 or rows < 1 or memory_mb < 1:
        raise ValueError(f"limits must be positive, got seconds={seconds}, rows={rows}, memory_mb={memory_mb}")
    order = {"store": str(store_path), "text": text, "rows": rows, "memory_mb": memory_mb, "seconds": seconds}
    return _answer(text, _asked(order, seconds), rows)


def _asked(order: dict[str, Any], seconds: float) -> dict[str, Any]:
    """What the child says, or the error that it met."""
    root = str(Path(__file__).resolve().parent.parent)
    # -P keeps the current folder, where anybody may have put an rdflib.py, off the import path.
    command = [sys.executable, "-P", "-m", "graph.sparql_sandbox"]
    environment = {"PYTHONPATH": os.pathsep.join([root, *filter(None, sys.path)]), "PYTHONUTF8": "1"}
    with subprocess.Popen(  # noqa: S603 - our own module, no shell
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment
    ) as child:
        try:
            out, err = child.communicate(json.dumps(order).encode(), timeout=seconds)
        except subprocess.TimeoutExpired:
            raise QueryError(
                f"the query was stopped after {seconds:g} s; ask for less: bind a person or a case, or add a LIMIT"
            ) from None
        finally:
            child.kill()
    if child.returncode:
        raise QueryError(_died(child.returncode, err, order["memory_mb"]))
    said: dict[str, Any] = json.loads(out)
    if "error" in said:
        raise QueryError(said["error"])
    return said


def _died(code: int, err: bytes, memory_mb: int) -> str:
    if any(word in err for word in (b"MemoryError", b"memory", b"bad_alloc")) or -code == signal.SIGABRT:
        return f"the query needed more than {memory_mb} MB; ask for less, or sort and group fewer rows"
    lines = err.decode(errors="replace").strip().splitlines()
    return f"the query ended the process that ran it ({lines[-1] if lines else code}); simplify it"


def _answer(text: str, said: dict[str, Any], limit: int) -> Answer:
    notes = []
    if said["more"]:
        notes.append(f"stopped at {limit:,} rows, there are more: ask for less or page with ORDER BY, LIMIT and OFFSET")
    columns = said["columns"]
    found = said["rows"] if said["ordered"] else sorted(said["rows"], key=lambda row: [_sort_key(v) for v in row])
    rows = [dict(zip(columns, row, strict=True)) for row in found]
    return Answer("query", {"query": text}, columns, rows, notes)


def _sort_key(value: Cell) -> tuple[bool, float, str]:
    """Numbers by size before texts by code point, the unbound last."""
    number = float(value) if isinstance(value, (int, float)) else math.inf
    return value is None, number, "" if value is None else str(value)


# --- what may be asked ------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Checked:
    """A query that may run: its text, and whether it orders its rows itself."""

    text: str
    ordered: bool


def checked(text: str) -> Checked:
    """The query, once rdflib's parser has found nothing in it that reaches outside.

    The two parsers must read the same text in the same way, so what they are known to read differently is
    refused: escapes outside of plain letters, and line ends other than a line feed (rdflib lets a comment run on
    over a carriage return, Oxigraph ends it there).

    Raises:
        QueryError: see `run_query`.
    """
    from rdflib.plugins.sparql.algebra import translateQuery
    from rdflib.plugins.sparql.parser import parseQuery

    plain = text.replace("\r\n", "\n").removeprefix("\ufeff")
    _check_text(plain)
    try:
        tree = parseQuery(plain)
        query = translateQuery(tree)
    except RecursionError:
        raise QueryError("the query is nested too deeply; simplify it") from None
    except Exception as error:  # noqa: BLE001 - whatever the parser meets in a stranger's text, it is not a query
        raise QueryError(_unparsed(plain, error)) from None
    for part in (*_parts(tree), *_parts(query.algebra)):
        if part in _FORBIDDEN:
            raise QueryError(f"the query is refused: {_FORBIDDEN[part]}")
    return Checked(plain, "OrderBy" in set(_parts(query.algebra)))


def _check_text(text: str) -> None:
    if len(text) > _LONGEST:
        raise QueryError(f"the query has {len(text):,} characters; {_LONGEST:,} is the most")
    if re.search(r"\\u", text, re.IGNORECASE):
        raise QueryError(r"the query is refused: \u escapes can hide what it does; write the letters themselves")
    # Oxigraph and rdflib do not agree on what ends a comment, nor on what is white space, beyond these.
    odd = re.search(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]", text)
    if odd:
        raise QueryError(f"the query is refused: it holds the control character {odd[0]!r}; take it out")


def _unparsed(text: str, error: Exception) -> str:
    word = re.search(r"\b(insert|delete|load|clear|drop|create|add|move|copy)\b", text, re.IGNORECASE)
    if word and not re.search(
        r"\b(select|ask|construct|describe)\b.*\{", text[: word.start()], re.IGNORECASE | re.DOTALL
    ):
        return (
            f"the query is refused: {word[0].upper()} changes a store or fetches data; use `repgraph load` or `judge`"
        )
    return f"this is no SPARQL 1.1 query: {' '.join(str(error).split())[:300]}"


def _parts(tree: Any) -> Iterator[str]:
    """The names of all nodes of a parse tree or algebra, whatever it is made of."""
    from pyparsing import ParseResults
    from rdflib.plugins.sparql.parserutils import CompValue

    waiting, seen = [tree], {}  # the nodes themselves are kept, lest another one gets the id of one let go
    while waiting:
        node = waiting.pop()
        if id(node) in seen:
            continue
        seen[id(node)] = node
        if isinstance(node, CompValue):
            yield node.name
            waiting.extend(node.values())
        elif isinstance(node, dict):
            waiting.extend([*node.keys(), *node.values()])
        elif isinstance(node, (ParseResults, list, tuple, set, frozenset)):
            waiting.extend(iter(node))


# --- the child process ------------------------------------------------------------------------------------


def _child() -> None:
    order = json.loads(sys.stdin.buffer.read())
    _confine(order["memory_mb"], order["seconds"])
    try:
        said = _said(order)
    except QueryError as error:
        said = {"error": str(error)}
    sys.stdout.buffer.write(json.dumps(said, allow_nan=False).encode())
    sys.stdout.flush()
    os._exit(0)  # the store needs no closing, and the parent waits


def _said(order: dict[str, Any]) -> dict[str, Any]:
    import pyoxigraph as ox

    query = checked(order["text"])
    try:
        store = ox.Store.read_only(order["store"])
    except (OSError, ValueError, RuntimeError) as error:  # what is corrupt comes as the last
        raise QueryError(f"the store cannot be opened ({error}); run `repgraph rebuild`") from error
    try:
        found = store.query(query.text, use_default_graph_as_union=True)
        return _collected(found, order["rows"], query.ordered)
    except SyntaxError as error:
        raise QueryError(f"Oxigraph does not read this query: {' '.join(str(error).split())[:300]}") from error
    except (OSError, ValueError, RuntimeError) as error:
        raise QueryError(f"the query failed: {' '.join(str(error).split())[:300]}") from error


def _collected(
    found: ox.QuerySolutions | ox.QueryBoolean | ox.QueryTriples, limit: int, ordered: bool
) -> dict[str, Any]:
    import pyoxigraph as ox

    if isinstance(found, ox.QueryBoolean):
        return {"columns": ["answer"], "rows": [[bool(found)]], "more": False, "ordered": True}
    lines: Iterable[list[Cell]]
    if isinstance(found, ox.QuerySolutions):
        columns = [variable.value for variable in found.variables]
        lines = ([_cell(value) for value in solution] for solution in found)
    else:
        columns, ordered = ["subject", "predicate", "object"], False
        lines = ([_cell(t.subject), _cell(t.predicate), _cell(t.object)] for t in found)
    rows, size = [], 0
    for line in islice(lines, limit + 1):
        rows.append(line)
        size += sum(len(value) for value in line if isinstance(value, str))
        if size > _MOST_BYTES:
            raise QueryError(f"the answer has more than {_MOST_BYTES // 1_000_000} MB of text; ask for less")
    return {"columns": columns, "rows": rows[:limit], "more": len(rows) > limit, "ordered": ordered}


def _cell(term: ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple | None) -> Cell:
    import pyoxigraph as ox

    if term is None:
        return None
    if not isinstance(term, ox.Literal):
        return term.value if isinstance(term, ox.NamedNode) else str(term)
    kind, text = term.datatype.value, term.value
    if kind in _WHOLE and re.fullmatch(r"[+-]?\d{1,18}", text, re.ASCII):
        return int(text)
    if kind in (_XSD + "double", _XSD + "float", _XSD + "decimal"):
        number = float(text) if text.lower().lstrip("+-") not in ("inf", "nan") else math.nan
        return number if math.isfinite(number) else text
    if kind == _XSD + "boolean" and text in ("true", "false", "0", "1"):
        return text in ("true", "1")
    return text


def _confine(memory_mb: int, seconds: float) -> None:
    """Limit this process: memory, processor time, no files written, no sockets; the parent's end is ours too."""
    if sys.platform == "win32":
        return
    import resource

    size = memory_mb * 1024 * 1024
    resource.setrlimit(resource.RLIMIT_AS, (size, size))
    cores = os.cpu_count() or 1
    most = math.ceil(seconds * cores) + 5  # processor seconds, for the case that nobody is there to look at the clock
    resource.setrlimit(resource.RLIMIT_CPU, (most, most))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if sys.platform == "linux":
        libc = ctypes.CDLL(None, use_errno=True)
        libc.prctl(_PR_SET_PDEATHSIG, int(signal.SIGKILL), 0, 0, 0)
        _without_sockets(libc)


_PR_SET_PDEATHSIG, _PR_SET_NO_NEW_PRIVS, _PR_SET_SECCOMP, _SECCOMP_MODE_FILTER = 1, 38, 22, 2
_SOCKET_CALL = {"x86_64": 41, "aarch64": 198}
_AUDIT_ARCH = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}
_ALLOW, _REFUSE = 0x7FFF0000, 0x00050001  # SECCOMP_RET_ALLOW; SECCOMP_RET_ERRNO with EPERM


def _without_sockets(libc: ctypes.CDLL) -> bool:
    """Whether the kernel now refuses `socket` to this process; on other kinds of processors it is not tried.

    Source: the kernel's Documentation/userspace-api/seccomp_filter.rst; offsets of struct seccomp_data.
    """
    machine = platform.machine()
    if machine not in _SOCKET_CALL or struct.calcsize("P") != 8:
        return False
    load, equal, end = 0x20, 0x15, 0x06  # BPF_LD|W|ABS, BPF_JMP|JEQ|K, BPF_RET|K
    steps = [
        (load, 0, 0, 4),  # the architecture of the call
        (equal, 0, 3, _AUDIT_ARCH[machine]),  # another one (32-bit calls): refused below
        (load, 0, 0, 0),  # the number of the call
        (equal, 1, 0, _SOCKET_CALL[machine]),
        (end, 0, 0, _ALLOW),
        (end, 0, 0, _REFUSE),
    ]
    code = ctypes.create_string_buffer(b"".join(struct.pack("HBBI", *step) for step in steps))
    program = struct.pack("HxxxxxxP", len(steps), ctypes.addressof(code))
    libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    return bool(libc.prctl(_PR_SET_SECCOMP, _SECCOMP_MODE_FILTER, program, 0, 0) == 0)


if __name__ == "__main__":
    _child()
