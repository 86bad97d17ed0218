"""The index that finds persons, institutions, cases and exchanges by name: one SQLite file, derived, rebuilt at will.

A spelling is kept as written with its readings (persons) or tokens (all else), and under hashed keys that narrow a
search to a few rows; what matches is decided by holding names against each other (`graph.names.compare`), so a
hash that meets another by chance finds nothing wrong. Nothing typed by a user becomes part of SQL.
"""

from __future__ import annotations

import gc
import hashlib
import sqlite3
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from types import TracebackType
from typing import NamedTuple

from graph.given_names import fathers, first_letters, groups, letters_of_given
from graph.name_folding import LONGEST, STYLES, coarse, edits, hidden_slips, readings, styles_of
from graph.names import Fit, Reading, compare, display, readings_of, surname_forms, surnames_differ
from graph.title_words import is_common, tokens, where

KINDS = ("person", "body", "case", "exchange")
FORMAT = 1
"""Goes up with every change of keys or readings: an index of another format is to be built again."""

_MOST_KEYS = 400
_MOST_ROWS = 20_000
_MOST_NEAREST = 10


class StaleIndex(ValueError):
    """A file that is no name index of this format; run `repgraph rebuild`."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A thing (`dataset/id`) of one of KINDS with all its spellings."""

    kind: str
    thing: str
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Match:
    """A thing that a text can mean: the spelling that fits best, a score (0 to 1) and what made it."""

    thing: str
    name: str
    score: float
    why: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Found:
    """What a search gives: `matches` can be meant, best first; `nearest` are offered where there is no match.

    `total` counts all that match, also those beyond the limit.
    """

    matches: list[Match]
    nearest: list[Match]
    total: int = 0


class _Row(NamedTuple):
    thing: str
    name: str
    read: str
    styles: str


class NameIndex:
    """An open index. Close it, or use it as a context manager."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._db = connection

    @classmethod
    def build(cls, path: Path, entries: Iterable[Entry], *, progress: Callable[[int], None] | None = None) -> None:
        """Write the index of `entries` to the new file `path`; a thing that comes twice has the names of both.

        `progress` is called with the number of things read so far, every thousand. Memory does not grow with them.

        Raises:
            FileExistsError: there is a file at `path`.
            ValueError: an entry of no known kind.
        """
        if path.exists():
            raise FileExistsError(f"{path.name} exists; give a new name or remove it")
        db = sqlite3.connect(path)
        try:
            db.executescript(_SCHEMA)
            with db, _without_collector():
                db.execute("INSERT INTO about VALUES (?)", (FORMAT,))
                _put(db, _counted(entries, progress), into="fresh_keys")
            with db:
                db.execute("INSERT OR IGNORE INTO keys SELECT key, spelling FROM fresh_keys ORDER BY key, spelling")
                db.execute("DROP TABLE fresh_keys")
        finally:
            db.close()

    @classmethod
    def open(cls, path: Path) -> NameIndex:
        """The index at `path`, read-only: the file must not change while it is open.

        Raises:
            FileNotFoundError: there is none.
            StaleIndex: it is of another format, or no index.
        """
        if not path.is_file():
            raise FileNotFoundError(f"there is no name index {path.name}; build it first")
        return cls(_checked(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro&immutable=1", uri=True), path))

    @classmethod
    def open_for_update(cls, path: Path) -> NameIndex:
        """The index at `path`, writable.

        Raises:
            FileNotFoundError: there is none.
            StaleIndex: it is of another format, or no index.
        """
        if not path.is_file():
            raise FileNotFoundError(f"there is no name index {path.name}; build it first")
        return cls(_checked(sqlite3.connect(path), path))

    def update(self, add: Iterable[Entry], remove: Iterable[tuple[str, str]]) -> None:
        """Take out the things of `remove` (kind, thing), then put in those of `add`, in one transaction.

        A thing of `add` that is there already is replaced: give all its names. What was not there is removed without
        complaint. The content is that of an index built from all entries.

        Raises:
            ValueError: an entry of no known kind; nothing is changed.
        """
        with self._db:
            for kind, thing in remove:
                self._take_out(kind, thing)
            _put(self._db, self._replacing(add), into="keys")

    def _replacing(self, add: Iterable[Entry]) -> Iterator[Entry]:
        seen: set[tuple[str, str]] = set()
        for entry in add:
            if (entry.kind, entry.thing) not in seen:
                seen.add((entry.kind, entry.thing))
                self._take_out(entry.kind, entry.thing)
            yield entry

    def _take_out(self, kind: str, thing: str) -> None:
        rows = self._db.execute("SELECT id, name FROM spellings WHERE kind = ? AND thing = ?", (kind, thing)).fetchall()
        for spelling, name in rows:
            keys = [(key, spelling) for key in keys_of(kind, name)]
            self._db.executemany("DELETE FROM keys WHERE key = ? AND spelling = ?", keys)
        self._db.execute("DELETE FROM spellings WHERE kind = ? AND thing = ?", (kind, thing))

    def content_hash(self) -> str:
        """SHA-256 of what the index says, whatever the order in which it came in."""
        digest = hashlib.sha256()
        query = (
            "SELECT kind, thing, name, read, key FROM spellings JOIN keys ON keys.spelling = spellings.id "
            "ORDER BY kind, thing, name, key"
        )
        for row in self._db.execute(query):
            digest.update(repr(row).encode("utf-8", "surrogatepass"))
        return digest.hexdigest()

    def search(self, kind: str, text: str, *, limit: int = 20) -> Found:
        """The things of `kind` that `text` can mean, best first, ties by id; at most `limit`.

        Persons match if no part of the name contradicts; a rarer reading or a typing slip counts only if nothing
        fits plainly. Institutions, cases and exchanges match if they say all that the text says. Text without a word
        gives nothing.

        Raises:
            ValueError: an unknown kind, or a limit below 1.
        """
        if kind not in KINDS:
            raise ValueError(f"{kind!r} is no kind of thing that has a name; use {', '.join(KINDS)}")
        if limit < 1:
            raise ValueError(f"limit must be 1 or more, got {limit}")
        text = display(text[: LONGEST * 4])
        if len(text) > LONGEST:
            return Found([], [])
        return self._persons(text, limit) if kind == "person" else self._titles(kind, text, limit)

    # --- persons ---

    def _persons(self, text: str, limit: int) -> Found:
        asked = readings_of(text, asked=True)
        if not asked:
            return Found([], [])
        styles = styles_of(text)
        near: dict[str, Match] = {}
        meant: dict[str, Match] = {}
        for keys in (_plain_keys, _wide_keys, _slip_keys, _namesake_keys):
            rows = self._rows("person", keys(asked, styles))
            for fits in _best_fits(asked, styles, rows, near):
                # Beside a record that says little (`Хомяков`), one that fits but for a slip can be meant.
                possible = fits if not meant else {t: f for t, f in fits.items() if t not in meant and not f[0].gaps}
                matches = self._without_contradicted(asked, styles, possible)
                meant.update((m.thing, m) for m in matches)
                if any(not {"given", "surname"} & set(possible[m.thing][0].gaps) for m in matches):
                    return _found(meant, limit)
        if meant:
            return _found(meant, limit)
        offered = sorted(near.values(), key=_rank)
        return Found([], offered[: min(limit, _MOST_NEAREST)])

    def _without_contradicted(
        self, asked: Sequence[Reading], styles: frozenset[str], fits: dict[str, tuple[Fit, str]]
    ) -> list[Match]:
        """The matches, less those that rest on a bare spelling of a thing whose fuller names contradict.

        A thing may be known as `Минин` and as `Станислав Минин`: `Пётр Минин` is not meant by it.
        """
        kept = []
        for thing, (fit, name) in fits.items():
            if (fit.gaps or _by_initial(fit)) and self._contradicted(asked, styles, thing):
                continue
            kept.append(Match(thing, name, fit.score, fit.why))
        return sorted(kept, key=_rank)

    def _contradicted(self, asked: Sequence[Reading], styles: frozenset[str], thing: str) -> bool:
        against = False
        names = self._db.execute("SELECT read, styles FROM spellings WHERE kind = 'person' AND thing = ?", (thing,))
        for read, recorded in names:
            fits = [compare(a, b, styles, _styles(recorded)) for b in _unpacked(read) for a in asked]
            possible = [f for f in fits if not f.contradiction and f.tier < 2]
            if any(not f.gaps and not _by_initial(f) for f in possible):
                return False
            against = against or (not possible and any(_is_against(f) for f in fits))
        return against

    def _rows(self, kind: str, keys: Iterable[str]) -> list[_Row]:
        """The spellings of a kind under any of the keys, in the order of things and names."""
        hashed = sorted({_hash(f"{kind}:{key}") for key in keys})
        self._prepare(kind, hashed)
        found: dict[tuple[str, str], _Row] = {}
        for start in range(0, len(hashed), _MOST_KEYS):
            part = hashed[start : start + _MOST_KEYS]
            marks = ",".join("?" * len(part))
            # The only thing put into the text is a row of question marks.
            query = (
                "SELECT DISTINCT thing, name, read, styles FROM keys CROSS JOIN spellings ON spellings.id = keys.spelling "  # noqa: S608
                f"WHERE keys.key IN ({marks}) AND kind = ? ORDER BY thing, name LIMIT {_MOST_ROWS}"
            )
            for row in self._db.execute(query, (*part, kind)):
                found[row[0], row[1]] = _Row(*row)
        return [found[k] for k in sorted(found)]

    def _prepare(self, kind: str, keys: Sequence[int]) -> None:
        """What comes before a look-up of these keys: nothing, where all names are here."""

    # --- institutions, cases, exchanges ---

    def _titles(self, kind: str, text: str, limit: int) -> Found:
        wanted = tokens(text)
        if not wanted:
            return Found([], [])
        best: dict[str, Match] = {}
        near: dict[str, Match] = {}
        elsewhere: dict[str, Match] = {}
        place = where(text) if kind == "body" else frozenset()
        for row in self._rows(kind, _rare(wanted)):
            match, missing = _title_match(wanted, row)
            unplaced = bool(missing) and place.issuperset(missing) and _names_a_body(row.read, wanted)
            into = elsewhere if unplaced else near if missing else best
            into[row.thing] = min(into.get(row.thing, match), match, key=_rank)
        if not best:
            best = elsewhere
        if best:
            matches = sorted(best.values(), key=_rank)
            exact = [m for m in matches if m.score == 1] if kind == "body" else []
            if exact:
                # The Chekhov City Court of the Moscow region says all of `Moscow City Court`, and is another court.
                return Found(exact[:limit], [m for m in matches if m.score < 1][:_MOST_NEAREST], len(exact))
            return Found(matches[:limit], [], len(matches))
        loose = [] if near else self._rows(kind, (f"t:{e}" for t in wanted if len(t) > 3 for e in edits(t)))
        for row in loose:
            match = Match(row.thing, row.name, 0.3, ("a word one letter away",))
            near[row.thing] = min(near.get(row.thing, match), match, key=_rank)
        return Found([], sorted(near.values(), key=_rank)[: min(limit, _MOST_NEAREST)])

    def close(self) -> None:
        """Close the file."""
        self._db.close()

    def __enter__(self) -> NameIndex:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def blank() -> sqlite3.Connection:
    """What an index in memory is opened on; `NameIndex.update` fills it."""
    db = sqlite3.connect(":memory:")
    db.executescript(_SCHEMA)
    return db


_SCHEMA = """
PRAGMA page_size = 8192;
PRAGMA journal_mode = OFF;
PRAGMA synchronous = OFF;
CREATE TABLE about (format INTEGER NOT NULL);
CREATE TABLE spellings (
    id INTEGER PRIMARY KEY, kind TEXT NOT NULL, thing TEXT NOT NULL, name TEXT NOT NULL, read TEXT NOT NULL,
    styles TEXT NOT NULL,
    UNIQUE (kind, thing, name)
);
CREATE TABLE keys (key INTEGER NOT NULL, spelling INTEGER NOT NULL, PRIMARY KEY (key, spelling)) WITHOUT ROWID;
CREATE TABLE fresh_keys (key INTEGER NOT NULL, spelling INTEGER NOT NULL);
"""


def _found(meant: dict[str, Match], limit: int) -> Found:
    matches = sorted(meant.values(), key=_rank)
    return Found(matches[:limit], [], len(matches))


def _checked(db: sqlite3.Connection, path: Path) -> sqlite3.Connection:
    try:
        found = db.execute("SELECT format FROM about").fetchone()
    except sqlite3.DatabaseError as error:
        db.close()
        raise StaleIndex(f"{path.name} is no name index ({error}); run `repgraph rebuild`") from error
    if found is None or found[0] != FORMAT:
        db.close()
        raise StaleIndex(f"{path.name} is a name index of another format; run `repgraph rebuild`")
    return db


@contextmanager
def _without_collector() -> Iterator[None]:
    """No search for cycles meanwhile: names hold none, and looking for some takes an eighth of the time."""
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()


def _counted(entries: Iterable[Entry], progress: Callable[[int], None] | None) -> Iterator[Entry]:
    count = 0
    for count, entry in enumerate(entries, 1):
        yield entry
        if progress and count % 1000 == 0:
            progress(count)
    if progress:
        progress(count)


def _put(db: sqlite3.Connection, entries: Iterable[Entry], *, into: str) -> None:
    insert = f"INSERT OR IGNORE INTO {into} VALUES (?, ?)"  # noqa: S608 - one of our two tables
    for entry in entries:
        if entry.kind not in KINDS:
            raise ValueError(f"{entry.kind!r} is no kind of thing that has a name; use {', '.join(KINDS)}")
        keys: list[tuple[int, int | None]] = []
        for name in sorted(set(entry.names)):
            read = _packed(entry.kind, name)
            if not read:
                continue
            row = (entry.kind, _storable(entry.thing), _storable(name), read, " ".join(sorted(styles_of(name))))
            new = db.execute(
                "INSERT OR IGNORE INTO spellings (kind, thing, name, read, styles) VALUES (?, ?, ?, ?, ?)", row
            )
            if new.rowcount == 1:
                keys += [(key, new.lastrowid) for key in keys_of(entry.kind, name)]
        db.executemany(insert, keys)


def _storable(text: str) -> str:
    """The text without lone surrogates, which SQLite cannot hold."""
    return text.encode("utf-8", "replace").decode() if not text.isascii() else text


def _packed(kind: str, name: str) -> str:
    """What the index keeps of a name beside its text: readings of a person's, tokens of any other."""
    if kind != "person":
        return " ".join(tokens(name))
    return "\n".join("\t".join(r) for r in readings_of(name))


def _unpacked(read: str) -> list[Reading]:
    return [_reading(line.split("\t")) for line in read.split("\n")]


def _reading(parts: Sequence[str]) -> Reading:
    return Reading(*parts)  # type: ignore[arg-type]


@lru_cache(maxsize=64)
def _styles(stored: str) -> frozenset[str]:
    return frozenset(stored.split(" "))


def _hash(key: str) -> int:
    return int.from_bytes(hashlib.blake2b(key.encode("utf-8", "replace"), digest_size=8).digest(), "big", signed=True)


def keys_of(kind: str, name: str) -> set[int]:
    """The hashed keys under which a name is found: the same in every index."""
    plain = {f"t:{t}" for t in tokens(name)} if kind != "person" else set(_person_keys(name))
    return {_hash(f"{kind}:{key}") for key in plain}


# Keys of persons. `s` surname; `sg` surname and given name; `sl` surname and a letter of the given name; `si` the same
# where the record has only the letter; `s0` surname without a given name; `gp` given name and patronymic; `g` given
# name; `c` surname as Belarusian may spell it; `h` half of a double surname.


def _person_keys(name: str) -> Iterator[str]:
    styles = styles_of(name)
    for reading in readings_of(name):
        codes = _codes(reading.given, styles)
        if reading.given:
            yield from (f"g:{g}" for g in codes)
        if reading.patronymic:
            yield from (f"gp:{g}:{f}" for g in codes for f in fathers(reading.patronymic, styles))
        if not reading.surname:
            continue
        for form in surname_forms(reading.surname, styles):
            yield f"s:{form}"
            yield from _with_given(form, reading, codes)
        yield f"c:{coarse(surname_forms(reading.surname, styles)[0])}"
        yield from (f"h:{f}" for half in _halves(reading.surname) for f in surname_forms(half, styles))


def _with_given(form: str, reading: Reading, codes: Collection[str]) -> Iterator[str]:
    if reading.given:
        yield from (f"sg:{form}:{g}" for g in codes)
        yield from (f"sl:{form}:{x}" for x in letters_of_given(reading.given))
    elif reading.given_letter:
        letters = first_letters(reading.given_letter)
        yield from (f"{k}:{form}:{x}" for x in letters for k in ("si", "sl"))
    else:
        yield f"s0:{form}"


def _halves(surname: str) -> list[str]:
    halves = surname.replace("-", " ").split(" ")
    return halves if len(halves) > 1 else []


def _codes(given: str, styles: frozenset[str]) -> list[str]:
    """What stands for a given name in keys: its groups, or its readings where the tables do not know it."""
    if not given:
        return []
    full, short = groups(given, styles)
    return sorted(full | short) or sorted(readings(given.replace("-", ""), styles))


def _plain_keys(asked: Sequence[Reading], styles: frozenset[str]) -> Iterator[str]:
    """Keys of what fits plainly."""
    for reading in asked:
        codes = _codes(reading.given, styles)
        if not reading.surname:
            if reading.patronymic:
                yield from (f"gp:{g}:{f}" for g in codes for f in fathers(reading.patronymic, styles))
            else:
                yield from (f"g:{g}" for g in codes)
            continue
        for form in surname_forms(reading.surname, styles):
            yield from _asked_with_given(form, reading, codes)


def _asked_with_given(form: str, reading: Reading, codes: Collection[str]) -> Iterator[str]:
    if reading.given:
        yield from (f"sg:{form}:{g}" for g in codes)
        yield from (f"si:{form}:{x}" for x in letters_of_given(reading.given))
        yield f"s0:{form}"
    elif reading.given_letter:
        yield from (f"sl:{form}:{x}" for x in first_letters(reading.given_letter))
        yield f"s0:{form}"
    else:
        yield f"s:{form}"


def _wide_keys(asked: Sequence[Reading], styles: frozenset[str]) -> Iterator[str]:
    """Keys of rarer readings: other romanisations, Belarusian spelling, halves of double surnames, odd given names."""
    for reading in asked:
        if not reading.surname:
            continue
        forms = surname_forms(reading.surname, styles)
        yield from (f"s:{f}" for f in (*forms, *surname_forms(reading.surname, STYLES)))
        yield from (f"s:{f}" for form in forms[:1] for f in (form + "a", form.removesuffix("a")))
        yield from (f"c:{coarse(f)}" for f in forms)
        yield from (f"h:{f}" for f in forms)
        yield from (f"s:{f}" for half in _halves(reading.surname) for f in surname_forms(half, styles))


def _slip_keys(asked: Sequence[Reading], styles: frozenset[str]) -> Iterator[str]:
    """Keys of surnames one slip away."""
    for reading in asked[:3]:
        if not reading.surname:
            continue
        codes = _codes(reading.given, styles)
        slips = {surname_forms(w, styles)[0] for w in hidden_slips(reading.surname)}
        for form in sorted(slips.union(edits(surname_forms(reading.surname, styles)[0]))):
            if reading.given:
                yield from (f"sg:{form}:{g}" for g in codes)
            elif reading.given_letter:
                yield from (f"sl:{form}:{x}" for x in first_letters(reading.given_letter))
            else:
                yield f"s:{form}"
        yield f"c:{coarse(surname_forms(reading.surname, styles)[0])}"


def _namesake_keys(asked: Sequence[Reading], styles: frozenset[str]) -> Iterator[str]:
    """Keys of those who share given name and patronymic: a slip may change two letters of a skeleton (ф for ю)."""
    for reading in asked:
        if reading.surname and reading.patronymic:
            codes = _codes(reading.given, styles)
            yield from (f"gp:{g}:{f}" for g in codes for f in fathers(reading.patronymic, styles))


def _best_fits(
    asked: Sequence[Reading], styles: frozenset[str], rows: Iterable[_Row], near: dict[str, Match]
) -> tuple[dict[str, tuple[Fit, str]], ...]:
    """For each tier, the fit of each thing's best spelling; what does not fit, but nearly does, goes into `near`."""
    best: tuple[dict[str, tuple[Fit, str]], ...] = ({}, {}, {})
    seen: dict[tuple[int, tuple[str, ...], str], Fit | None] = {}
    parts = [_parts_asked(a) for a in asked]
    for row in rows:
        recorded = _styles(row.styles)
        for line in row.read.split("\n"):
            b = line.split("\t")
            for i, a in enumerate(asked):
                # Thousands share a surname: what was not asked for does not matter, only that it is there.
                what = (i, tuple([b[k] if parts[i][k] else b[k] and "-" for k in range(7)]), row.styles)
                if what in seen:
                    fit = seen[what]
                else:
                    reading = _reading(what[1])
                    apart = surnames_differ(a, reading, styles, recorded)
                    fit = seen[what] = None if apart else compare(a, reading, styles, recorded)
                if fit is None:
                    continue  # most by far, where a given name is looked for that could be a surname
                if fit.contradiction or (fit.tier == 2 and not _slip_counts(a, fit)):
                    _note_near(near, row, fit)
                elif row.thing not in best[fit.tier] or _better(fit, best[fit.tier][row.thing][0]):
                    best[fit.tier][row.thing] = (fit, row.name)
    return best


def _parts_asked(a: Reading) -> tuple[bool, ...]:
    """For each part of a reading, whether `a` has something to hold against it; the case always counts."""
    given, second = bool(a.given or a.given_letter), bool(a.patronymic or a.middle or a.patronymic_letter)
    return (bool(a.surname), given, second, second or given, given, second, True)


def _better(a: Fit, b: Fit) -> bool:
    return (-a.score, len(a.why), a.why) < (-b.score, len(b.why), b.why)


def _is_against(fit: Fit) -> bool:
    """Whether a spelling of the same surname tells of another given name or patronymic."""
    if "another surname" in fit.contradiction:
        return False
    return bool(fit.contradiction) or any(w.endswith(_ELSEWHERE) for w in fit.why)


def is_slip(why: str) -> bool:
    """Whether a reason of a match tells of a typing slip."""
    return why.endswith((" in the surname asked for", *_ELSEWHERE))


_ELSEWHERE = (" in the given name asked for", " in the patronymic asked for")


def _slip_counts(asked: Reading, fit: Fit) -> bool:
    """Whether a typing slip is taken for a match, not only offered.

    One slip can make another person's surname (Громов, Хромов), so the rest of the name must agree: given name and
    patronymic; the given name, if the surname is long enough; or a surname alone that is longer still.
    """
    slips = [w for w in fit.why if is_slip(w)]
    if len(slips) != 1:
        return False
    if slips[0].endswith(_ELSEWHERE):
        return True
    if asked.given and asked.patronymic and not fit.gaps and not _by_initial(fit):
        return True
    named = bool(asked.given) and "given" not in fit.gaps and not _by_initial(fit)
    if "changed" in slips[0]:
        return len(asked.surname) >= (7 if named else 9)
    return len(asked.surname) >= (6 if named else 7)


def _note_near(near: dict[str, Match], row: _Row, fit: Fit) -> None:
    if len(fit.contradiction) > 1 or "another surname" in fit.contradiction:
        return
    match = Match(
        row.thing, row.name, round(fit.score * 0.5 ** (1 + len(fit.contradiction)), 4), (*fit.contradiction, *fit.why)
    )
    near[row.thing] = min(near.get(row.thing, match), match, key=_rank)


def _by_initial(fit: Fit) -> bool:
    return any(w.startswith("initial of") for w in fit.why)


def _rank(match: Match) -> tuple[float, str, str]:
    return (-match.score, match.thing, match.name)


def _rare(wanted: Sequence[str]) -> list[str]:
    """Keys of the words that tell things apart; of all words where there are only common ones."""
    telling = [t for t in wanted if not is_common(t)] or list(wanted)
    return [f"t:{t}" for t in telling]


def _names_a_body(read: str, wanted: Sequence[str]) -> bool:
    """Whether a record's tokens were all asked for, and tell it from others without its place."""
    have = read.split(" ")
    return len(have) > 1 and set(have) <= set(wanted) and any(not is_common(t) for t in have)


def _title_match(wanted: Sequence[str], row: _Row) -> tuple[Match, list[str]]:
    """How a title fits the tokens asked for, and those that it does not say."""
    have = row.read.split(" ")
    shared = [t for t in wanted if t in have]
    missing = [t for t in wanted if t not in have]
    score = round(len(shared) / max(len(have), len(wanted)), 4)
    if not missing:
        more = len(have) - len(shared)
        why = "all words" if not more else f"all words asked for, and {more} more"
        return Match(row.thing, row.name, score, (why,)), missing
    return Match(row.thing, row.name, round(score / 2, 4), (f"the record does not say: {', '.join(missing)}",)), missing
