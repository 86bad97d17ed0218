"""Bundles: a selection of records as one file that stands alone, for a reader with or without our software.

    bundle.json               what this is: selection, profile, data hash, the SHA-256 of every other member
    claims.trig               the records and the judgements on them; what `load` reads
    tables/<dataset>/*.csv    the same records as tables, safe to open in a spreadsheet
    judgements.csv            the judgements as a table
    pages/<dataset>/<file>    saved copies of sources
    manifest-extract.jsonl    the manifest lines that the records came with, without who, when and why
    README.md, README.ru.md   all this in words

The same workspace and selection give the same bytes. Members are not compressed: what a compressor makes of a text
differs from one machine to the next.
"""

from __future__ import annotations

import csv
import io
import json
import re
import tempfile
import zipfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any

import polars as pl
import pyoxigraph as ox

from graph.answers import Answer, Row, neutralised
from graph.claim_reading import ClaimFile, read_claims
from graph.claims import MAPPING
from graph.custody import references
from graph.errors import BadData, Problem
from graph.exports.claims import export_claims, without_texts_of_children
from graph.exports.files import whole
from graph.identity import Identity, Judgement
from graph.records import Cell, Record, split_id
from graph.rows import MemoryRows, Rows
from graph.visibility import cascaded
from graph.workspace import Workspace, data_hash, tool_version
from ontology import tables

if TYPE_CHECKING:
    from graph.casebook import Casebook

FORMAT = 1
"""Version of the bundle; a newer one is refused."""
KINDS = {"who": "person", "case": "case", "court": "body", "exchange": "exchange", "sources": ""}
"""Questions that select: by kind of thing; `sources` takes the id of anything."""
CLAIMS, ABOUT, EXTRACT, JUDGEMENTS = "claims.trig", "bundle.json", "manifest-extract.jsonl", "judgements.csv"
LARGEST = 4 << 30
"""Bytes that all members together may have when they are unpacked."""
MOST_MEMBERS = 50_000
_NAME = re.compile(r"[^/\\:]+(?:/[^/\\:]+)*")
_TIME = (1980, 1, 1, 0, 0, 0)
_JUDGEMENT = ("kind", "left", "right", "verdict", "decided_on", "by", "why", "evidence")


# --- writing ------------------------------------------------------------------------------------------------


def write_bundle(
    workspace: Workspace,
    file: Path,
    questions: Sequence[str] = (),
    *,
    profile: str = "public",
    with_names: bool = False,
) -> Answer:
    """Write what stands behind these questions (`who NAME`, `case NAME`, `court NAME`, `exchange NAME`, `sources ID`).

    Without a question everything that the profile may see is taken. The selection holds all that its records refer
    to, so it can be loaded. Who made a judgement goes by a pseudonym unless `with_names`.

    Shape: one row for the file: file, sha256, records, judgements, pages.
    Raises:
        NotFound: a question finds nothing.
        ValueError: a question of another kind.
        WorkspaceError: the file cannot be written.
    """
    casebook = workspace.casebook(profile=profile)
    selected = _selection(workspace, casebook, questions)
    members = _members(workspace, selected, questions, profile, with_names=with_names)
    with whole(file) as draft:
        _write_zip(draft, members)
    about = json.loads(members[ABOUT])
    row: Row = {
        "file": file.name, "sha256": _sha_of(file), "records": about["records"], "judgements": about["judgements"],
        "pages": len(about["pages"]),
    }  # fmt: skip
    visible = sum(casebook.rows.table(name).height for name in tables()) if not questions else about["records"]
    left_out = {"not_visible": sum(casebook.hidden.values()), "speak_of_what_was_retracted": visible - about["records"]}
    notes = [
        "tables/ is safe to open in a spreadsheet (a leading ' marks what could be a formula); claims.trig is what loads"
    ]
    return Answer(
        "bundle", {"questions": list(questions), "profile": profile}, tuple(row), [row], notes,
        {k: n for k, n in left_out.items() if n},
    )  # fmt: skip


def _selection(workspace: Workspace, casebook: Casebook, questions: Sequence[str]) -> Casebook:
    """A casebook of the records behind the questions and of all that they refer to."""
    from graph.asking import Moment, the_one
    from graph.surroundings import surroundings

    if not questions:
        whole_of = _standing({name: casebook.rows.table(name) for name in tables()})
        return _of(casebook, whole_of, casebook.judgements)
    found: dict[str, list[pl.DataFrame]] = {}
    for question in questions:
        word, _, text = question.strip().partition(" ")
        if word not in KINDS or not text.strip():
            raise ValueError(f"{question!r} selects nothing; write one of {', '.join(KINDS)}, a blank and a name")
        kind = KINDS[word]
        things = the_one(Moment(workspace), casebook, kind, text.strip()).things if kind else (text.strip(),)
        near = surroundings(casebook.rows, casebook.identity, kind or "record", things)
        for name in tables():
            found.setdefault(name, []).append(near.table(name))
    frames = {name: pl.concat(parts).unique("record").sort("record") for name, parts in found.items()}
    closed = _standing(_closed(casebook.rows, casebook.identity, frames))
    known = {thing for frame in closed.values() for thing in frame["thing"]}
    judged = [j for j in casebook.judgements if set(j.pair) <= known]
    return _of(casebook, closed, judged)


def _of(casebook: Casebook, frames: Mapping[str, pl.DataFrame], judged: Iterable[Judgement]) -> Casebook:
    """A casebook of these records, in which everybody is a child who is one in the whole."""
    from graph.casebook import Casebook

    return Casebook(MemoryRows(frames), judged, profile=casebook.profile, today=casebook.today, minors=casebook.minors)


def _closed(rows: Rows, identity: Identity, frames: Mapping[str, pl.DataFrame]) -> dict[str, pl.DataFrame]:
    """These records with all records of the things that they refer to, and with what cites them, until nothing is added."""
    from graph.identity import KINDS as JUDGED

    found = dict(frames)
    while True:
        more: dict[str, set[str]] = {}
        for name, column, label in references():
            more.setdefault(column.range, set()).update(found[name][label].explode().drop_nulls())
        for kind, name in JUDGED.items():
            for thing in set(found[name]["thing"]) | more.get(name, set()):
                more.setdefault(name, set()).update(identity.members(kind, thing))
        size = sum(frame.height for frame in found.values())
        for name, things in more.items():
            found[name] = _with(found[name], rows.where(name, "thing", things))
        found["citations"] = _with(found["citations"], _citing(rows.table("citations"), found))
        if sum(frame.height for frame in found.values()) == size:
            return found


def _standing(frames: Mapping[str, pl.DataFrame]) -> dict[str, pl.DataFrame]:
    """These records without those that cannot stand, because what they refer to was retracted by hand."""
    found = dict(frames)
    while True:
        lost: dict[str, set[str]] = {name: set() for name in tables()}
        for name, column, label in references():
            named = set(found[name][label].explode().drop_nulls())
            lost[column.range] |= named - set(found[column.range]["thing"])
        if not any(lost.values()):
            found["citations"] = _citing(found["citations"], found)
            return found
        gone = {name: frozenset(things) for name, things in lost.items()}
        found = {name: cascaded(name, frame, gone) for name, frame in found.items()}


def _with(frame: pl.DataFrame, more: pl.DataFrame) -> pl.DataFrame:
    return pl.concat([frame, more]).unique("record", keep="first").sort("record")


def _citing(citations: pl.DataFrame, found: Mapping[str, pl.DataFrame]) -> pl.DataFrame:
    cited = pl.concat([f.select(pl.lit(name).alias("table"), "thing").unique() for name, f in found.items()])
    named = citations.with_columns(pl.concat_str("dataset", pl.lit("/"), "key").alias("cited"))
    return named.join(cited, left_on=["table", "cited"], right_on=["table", "thing"], how="semi").drop("cited")


def _members(
    workspace: Workspace, selected: Casebook, questions: Sequence[str], profile: str, *, with_names: bool
) -> dict[str, bytes]:
    pseudonym = str if with_names else workspace.pseudonym
    hushed = without_texts_of_children(selected)
    found = [version for batch in hushed.records() for version in batch]
    known = {thing for name in tables() for thing in hushed.table(name)["thing"]}
    judged = [j for j in selected.spoken if set(j.pair) <= known]
    with tempfile.TemporaryDirectory(prefix="repgraph-bundle-") as folder:
        claims = Path(folder) / CLAIMS
        export_claims(selected, claims, pseudonym=pseudonym)
        members = {CLAIMS: claims.read_bytes()}
    members |= tables_of_claims([v.record for v in found])
    members[JUDGEMENTS] = judgements_table(_signed(judged, pseudonym))
    sources = hushed.table("sources").drop_nulls("file")
    pages = dict(_pages(workspace, set(sources.select("thing", "file").iter_rows())))
    members |= {name: data for name, (_, data) in pages.items()}
    members[EXTRACT] = _extract(workspace, {v.since for v in found} | {j.line for j in judged})
    counts = {"records": len(found), "judgements": len(judged)}
    for name, text in _readmes(counts, len(pages), questions, profile).items():
        members[name] = text.encode()
    about = {
        "repgraph": "bundle", "format": FORMAT, "tool": tool_version(), "mapping": MAPPING, "selection": list(questions),
        "profile": profile, "data": data_hash_of([v.record for v in found], judged), "head": workspace.head.hash, **counts,
        "pages": [
            {"source": source, "file": name, "sha256": sha256(data).hexdigest()}
            for name, (source, data) in sorted(pages.items())
        ],
        "members": {name: sha256(data).hexdigest() for name, data in sorted(members.items())},
    }  # fmt: skip
    return {**members, ABOUT: (json.dumps(about, ensure_ascii=False, indent=1, sort_keys=True) + "\n").encode()}


def _signed(judged: Iterable[Judgement], pseudonym: Any) -> list[dict[str, str | None]]:
    return [{**{c: getattr(j, c) for c in _JUDGEMENT}, "by": pseudonym(j.by) if j.by else None} for j in judged]


def data_hash_of(found: Iterable[Record], judged: Iterable[Judgement]) -> str:
    """The `data_hash` of a workspace that holds these records and judgements and nothing else."""
    said: dict[str, list[str]] = {}
    for record in found:
        said.setdefault(record.table, []).append(record.id + record.version)
    return data_hash(said, judged)


def tables_of_claims(found: Iterable[Record]) -> dict[str, bytes]:
    """The records as CSV by member name: columns that are filled, rows by key, no cell that could be a formula."""
    groups: dict[tuple[str, str], list[Record]] = {}
    for record in found:
        groups.setdefault((record.dataset, record.table), []).append(record)
    return {f"tables/{dataset}/{table}.csv": _csv(table, rows) for (dataset, table), rows in sorted(groups.items())}


def _csv(table: str, rows: Sequence[Record]) -> bytes:
    columns = [c for c in tables()[table].columns if any(c in r.cells for r in rows)]
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(["record", *columns])
    for record in sorted(rows, key=lambda r: (r.key, r.id)):
        writer.writerow([record.id, *(neutralised(_text(record.cells.get(c))) for c in columns)])
    return out.getvalue().encode()


def _text(cell: Cell | None) -> str:
    if cell is None:
        return ""
    return "|".join(cell) if isinstance(cell, tuple) else str(cell)


def judgements_table(judged: Iterable[Mapping[str, str | None]]) -> bytes:
    """Judgements as CSV, ordered by kind and pair, no cell that could be a formula."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(_JUDGEMENT)
    for row in sorted(judged, key=lambda j: tuple(str(j[c]) for c in _JUDGEMENT[:3])):
        writer.writerow([neutralised(row[c] or "") for c in _JUDGEMENT])
    return out.getvalue().encode()


def _pages(workspace: Workspace, sources: set[tuple[str, str]]) -> Iterator[tuple[str, tuple[str, bytes]]]:
    """Member name, and source and bytes, of saved copies of these sources and files: the last that was loaded of each."""
    last: dict[tuple[str, str], str] = {}
    for line in workspace.lines():
        last |= {(c["source"], c["name"]): c["sha256"] for c in line.body.get("copies", [])}
    for source, name in sorted(sources & last.keys()):
        path = workspace.originals.path(last[source, name])
        if path.is_file():
            yield f"pages/{split_id(source)[0]}/{name}", (source, path.read_bytes())


def _extract(workspace: Workspace, wanted: set[int]) -> bytes:
    now = workspace.rewritten()
    lines = []
    for line in workspace.lines():
        if line.line in wanted:
            files = [
                {"name": _plain_name(f["name"]), "sha256": now.get(f["sha256"], f["sha256"])}
                for f in line.body.get("files", [])
            ]
            said = {k: line.body[k] for k in ("dataset", "loader", "tool", "mapping") if k in line.body}
            lines.append({"line": line.line, "hash": line.hash, "command": line.command, **said, "files": files})
    return "".join(json.dumps(one, ensure_ascii=False, sort_keys=True) + "\n" for one in lines).encode()


def _plain_name(name: str) -> str | None:
    """The name of a file if it is that of a table: any other may name whoever gathered or keeps it."""
    return name if PurePosixPath(name).stem in (*tables(), "judgements") and "/" not in name else None


def _readmes(counts: Mapping[str, int], pages: int, questions: Sequence[str], profile: str) -> dict[str, str]:
    asked = "; ".join(q.replace("\n", " ") for q in questions)
    values = {**counts, "pages": pages, "profile": profile}
    return {
        "README.md": _README.format(asked=asked or "everything", **values),
        "README.ru.md": _README_RU.format(asked=asked or "всё", **values),
    }


_README = """# A bundle of case records

What is in here: {records} records, {judgements} judgements on them, {pages} saved pages. Selected by: {asked}.
Left out by rule: whatever the profile `{profile}` may not see, and what could name a child.

- `tables/` holds the records as tables, one folder for each dataset. Open them with any spreadsheet or text editor.
  A `'` at the start of a cell keeps the spreadsheet from taking it for a formula; it is not part of the text.
  Each row names its sources in `source_ids`; `sources.csv` says where to open them.
- `pages/` holds saved copies of sources. Their SHA-256 stand in `bundle.json`.
- `judgements.csv` says which things of several datasets are the same, different, or cannot be told (`unsure`).
- `claims.trig` says the same as the tables in RDF (TriG): every record is a named graph. This is what a computer reads.
- `manifest-extract.jsonl` says from which files the records came, by SHA-256, and with which load.
- `bundle.json` has the SHA-256 of every file here.

To check that nothing was changed: `repgraph verify FILE.zip`, or compare the SHA-256 of each file with `bundle.json`.
That proves the bundle whole in itself. That it is the one that was sent is proved by its own SHA-256 from the sender.

A role in a proceeding is not a finding of guilt. Records say what their sources say; where sources differ, both stand.
"""

_README_RU = """# Пакет записей о делах

Что здесь: записей {records}, решений о тождестве {judgements}, сохранённых страниц {pages}. Отобрано по: {asked}.
По правилу не вошло: всё, чего не должен видеть профиль `{profile}`, и то, что могло бы назвать ребёнка.

- `tables/` - записи в виде таблиц, папка на каждый набор. Открываются любой электронной таблицей или редактором.
  Знак `'` в начале ячейки не даёт принять текст за формулу и частью текста не является.
  Источники строки названы в `source_ids`; где их открыть, сказано в `sources.csv`.
- `pages/` - сохранённые копии источников. Их SHA-256 стоят в `bundle.json`.
- `judgements.csv` - какие лица, суды, дела из разных наборов одно и то же (`same`), разные (`different`) или неясно (`unsure`).
- `claims.trig` - то же, что в таблицах, в RDF (TriG): каждая запись - именованный граф. Это читает программа.
- `manifest-extract.jsonl` - из каких файлов (по SHA-256) и какой загрузкой пришли записи.
- `bundle.json` - SHA-256 каждого файла пакета.

Проверить, что ничего не изменено: `repgraph verify FILE.zip`, или сравнить SHA-256 файлов с `bundle.json`.
Это доказывает, что пакет цел. Что это тот самый пакет, доказывает его собственный SHA-256, полученный от отправителя.

Роль в процессе не означает вины. Записи говорят то, что сказано в источниках; где источники расходятся, стоит и то и другое.
"""


def _write_zip(path: Path, members: Mapping[str, bytes]) -> None:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as out:
        for name in sorted(members):
            info = zipfile.ZipInfo(name, _TIME)
            info.external_attr = 0o644 << 16
            info.create_system = 3
            out.writestr(info, members[name])


def _sha_of(path: Path) -> str:
    from graph.exports.files import sha256 as of

    return of(path)


# --- reading ------------------------------------------------------------------------------------------------


def is_bundle(path: Path) -> bool:
    """Whether a file is a ZIP with a bundle's description in it."""
    try:
        with zipfile.ZipFile(path) as archive:
            return ABOUT in archive.namelist()
    except (OSError, zipfile.BadZipFile, ValueError):
        return False


@contextmanager
def opened(path: Path) -> Iterator[zipfile.ZipFile]:
    """A bundle that is safe to read: no more than `LARGEST` bytes, no name that leads elsewhere, nothing twice.

    Raises:
        BadData: it is no such file; every reason is named.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            if wrong := list(_unsafe(archive)):
                raise _refused(path, wrong)
            yield archive
    except (OSError, zipfile.BadZipFile, NotImplementedError, EOFError, RuntimeError) as error:
        raise _refused(path, [f"cannot be unpacked ({error})"]) from error


def _refused(path: Path, wrong: Iterable[str]) -> BadData:
    return BadData([Problem(path.name, None, None, None, what) for what in wrong])


def _unsafe(archive: zipfile.ZipFile) -> Iterator[str]:
    seen: set[str] = set()
    infos = archive.infolist()
    if len(infos) > MOST_MEMBERS:
        yield f"has {len(infos):,} members, more than {MOST_MEMBERS:,}; this is no bundle"
        return
    total = sum(i.file_size for i in infos)
    if total > LARGEST:
        yield f"would unpack to {total >> 20:,} MB, more than {LARGEST >> 20:,}; select less"
    for info in infos:
        name = info.filename
        if not name.isprintable() or not _NAME.fullmatch(name) or any(p in (".", "..") for p in name.split("/")):
            yield f"has a member {name.encode('unicode_escape').decode()[:80]} whose name leads out of it; do not unpack it"
        if name in seen:
            yield f"has two members {name[:80]}"
        seen.add(name)
        if (info.external_attr >> 16) & 0o170000 == 0o120000:
            yield f"has a link {name[:80]}"
        if info.flag_bits & 1 or info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            yield f"has a member {name[:80]} that is encrypted or packed in a way that is not read here"


def verify_bundle(path: Path) -> Answer:
    """What is wrong with a bundle, without a workspace: a row for each disagreement, as `graph.custody.verify`.

    Members against their hashes, claims against their own versions, tables and judgements against the claims.
    """
    try:
        with opened(path) as archive:
            rows = [{"where": where, "what": what} for where, what in _wrong(archive)]
    except BadData as error:
        rows = [{"where": p.file, "what": p.remedy} for p in error.problems]
    notes = [
        f"sha256 {_sha_of(path)}",
        "that this is the bundle that was sent is proved by that hash, if the sender gave it",
    ]
    if not rows:
        notes.insert(0, "members, claims, tables and judgements agree")
    return Answer("verify", {"bundle": path.name}, ("where", "what"), rows, notes)


def problems(path: Path) -> list[Problem]:
    """The same as faults of a file, for `load`."""
    return [Problem(path.name, None, r["where"], None, r["what"]) for r in verify_bundle(path).rows]


def _wrong(archive: zipfile.ZipFile) -> Iterator[tuple[str, str]]:
    about = _about(archive)
    if isinstance(about, str):
        yield ABOUT, about
        return
    members: dict[str, str] = about["members"]
    there = set(archive.namelist()) - {ABOUT}
    for name in sorted(members.keys() - there):
        yield name, "is missing"
    for name in sorted(there - members.keys()):
        yield name, "is not named in bundle.json: it was added"
    changed = [n for n in sorted(there & members.keys()) if _member_hash(archive, n) != members[n]]
    for name in changed:
        yield name, "its bytes were changed"
    if CLAIMS not in there:
        yield CLAIMS, "is missing"
    elif CLAIMS not in changed:
        yield from _unlike_claims(archive, about, there)


def _about(archive: zipfile.ZipFile) -> dict[str, Any] | str:
    """The description, or what is wrong with it."""
    try:
        about = json.loads(archive.read(ABOUT))
        if about["repgraph"] != "bundle" or not isinstance(about["format"], int):
            return "is not the description of a bundle"
        if about["format"] > FORMAT:
            return f"has format {about['format']}, this repgraph knows {FORMAT}; upgrade repgraph"
        if not all(isinstance(k, str) and isinstance(v, str) for k, v in about["members"].items()):
            return "is damaged"
        for page in about["pages"]:
            if about["members"].get(page["file"]) != page["sha256"]:
                return f"gives {str(page['file'])[:80]} two hashes"
        return {k: about[k] for k in ("members", "data", "pages", "records", "judgements")}
    except (KeyError, ValueError, TypeError, AttributeError, RecursionError):
        return "is missing or damaged"


def _member_hash(archive: zipfile.ZipFile, name: str) -> str:
    digest = sha256()
    try:
        with archive.open(name) as member:
            while piece := member.read(1 << 20):
                digest.update(piece)
    except (zipfile.BadZipFile, OSError, EOFError):
        return ""
    return digest.hexdigest()


def _unlike_claims(archive: zipfile.ZipFile, about: Mapping[str, Any], there: set[str]) -> Iterator[tuple[str, str]]:
    claims = claims_in(archive)
    for fault in claims.faults[:20]:
        where = CLAIMS if fault.number is None else f"{CLAIMS}: record {fault.number}"
        yield where, f"{fault.what}" + (f": {fault.value[:200]}" if fault.value else "")
    if claims.faults:
        return
    wanted = tables_of_claims(claims.records)
    wanted[JUDGEMENTS] = judgements_table([{c: getattr(j, c) for c in _JUDGEMENT} for j in claims.judgements])
    for name in sorted({n for n in there if n.startswith("tables/")} | wanted.keys()):
        if name not in there or name not in wanted or archive.read(name) != wanted[name]:
            yield name, "does not say what claims.trig says"
    if data_hash_of(claims.records, claims.judgements) != about["data"]:
        yield ABOUT, "its data hash is not that of claims.trig"


def claims_in(archive: zipfile.ZipFile) -> ClaimFile:
    """The records and judgements of an open bundle."""
    data = archive.read(CLAIMS)
    try:
        return read_claims(ox.parse(input=data, format=ox.RdfFormat.TRIG), file=sha256(data).hexdigest())
    except SyntaxError as error:
        found = ClaimFile()
        found.fault(None, f"is not TriG ({error})")
        return found


def unpack_pages(path: Path, folder: Path) -> None:
    """Put the saved copies of a bundle into `folder/<dataset>/<file>`."""
    with opened(path) as archive:
        for name in archive.namelist():
            if name.startswith("pages/"):
                target = folder / name.removeprefix("pages/")
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_bytes(archive.read(name))


def emptied(path: Path, claims: bytes) -> bytes:
    """A bundle with these claims and nothing else: what a purge leaves of it, for tables and pages could tell the rest."""
    about = {
        "repgraph": "bundle", "format": FORMAT, "tool": tool_version(), "mapping": MAPPING, "selection": [],
        "profile": "", "data": "", "head": "", "records": 0, "judgements": 0, "pages": [],
        "members": {CLAIMS: sha256(claims).hexdigest()}, "purged": True,
    }  # fmt: skip
    with tempfile.TemporaryDirectory(prefix="repgraph-bundle-") as place:
        target = Path(place) / path.name
        _write_zip(target, {CLAIMS: claims, ABOUT: (json.dumps(about, sort_keys=True) + "\n").encode()})
        return target.read_bytes()
