"""Hostile text in every field: refused with its place, or harmless in every answer and in all that leaves.

`REPGRAPH_CONTRACT_SEEDS` of 20 or more puts every text into every column; else each column gets two of them.
"""

from __future__ import annotations

import csv
import io
import json
import os
import re
from html.parser import HTMLParser
from pathlib import Path
from xml.etree import ElementTree

import openpyxl
import pytest
from pyoxigraph import RdfFormat, parse

from ontology import Column, tables, vocabulary
from tests.contract.conftest import Command
from tests.contract.test_leaks import leaving
from tests.contract.worlds import Tables, World, written

TEXTS = (
    "<script>zq()</script>", '"><zqtag onerror=zq()>', "=cmd()", "</script><zqtag>", "@SUM(1+9)", "\u202etxt.exe", "+1-zq", "L" * 10_000,
    "-2+3", "{{ 7*7 }}${zq}", "]]>--><zqtag/>", "'; DROP TABLE zq; --", "\u2066x\u2069\ufeff\u200b", "%00..%2f\\zq\"'`",
)  # fmt: skip
ROUNDS = range(len(TEXTS) if int(os.environ.get("REPGRAPH_CONTRACT_SEEDS", "0")) >= 20 else 2)
REFUSED = ("\x00", "\x1b[31m", "\x85", "\x07", "\ufffe")
_DIRECTIONS = re.compile("[\u202a-\u202e\u2066-\u2069]")
_ID = {
    "sources": "source_id", "people": "person_id", "bodies": "body_id", "cases": "case_id", "proceedings": "proceeding_id",
    "exchanges": "exchange_id",
}  # fmt: skip


def value(column: Column, text: str) -> str:
    """A cell of the column with the text in it, where the column can hold a text."""
    if column.type == "word":
        known = [t for t, w in vocabulary(column.range).items() if w.more.get("in_tables") != "no"]
        return next((t for t in ("judge", "official", "stated", "convicted") if t in known), known[0])
    plain = {
        "date": "2024-01-01", "year": "1970", "int": "84", "country": "RU", "countries": "RU", "lang": "ru", "articles": "RU-CC 275",
        "sha256": "a" * 64, "url": "https://example.org/a?b=%3Cscript%3E&c='zq", "file": "",
    }  # fmt: skip
    return plain.get(column.type, text)


def hostile(turn: int) -> Tables:
    """Two rows of every table, every text column with another hostile text."""
    made: Tables = {}
    place = 0
    ids: dict[str, str] = {}
    for name, spec in tables().items():
        row = {}
        for column in spec.columns.values():
            place += 1
            if column.type in ("ref", "refs"):
                row[column.name] = ids[column.range]
            elif column.type == "word" and not column.meta:
                row[column.name] = value(column, "")
            elif column.type != "word":
                row[column.name] = value(column, TEXTS[(place + turn * 5) % len(TEXTS)])
            if column.name == _ID.get(name):
                ids[name] = row[column.name]
        made[name] = [row]
    made["sanctions"][0]["body_id"] = ""
    made["citations"][0].update(table="people", key=ids["people"], column="name")
    made["people"][0].update(birth_year="1970", birth_date="", category="official")
    return made


def tamed(made: Tables, refused: set[tuple[str, str]]) -> Tables:
    """The same with harmless texts where the load refused the hostile ones; ids and what refers to them alike."""
    plain = {
        table: [
            {c: f"plain{n}" if (table, c) in refused else v for n, (c, v) in enumerate(row.items())} for row in rows
        ]
        for table, rows in made.items()
    }
    ids = {table: plain[table][0][column] for table, column in _ID.items()}
    for name, spec in tables().items():
        plain[name][0].update(
            {
                c.name: ids[c.range]
                for c in spec.columns.values()
                if c.type in ("ref", "refs") and c.name in plain[name][0]
            }
        )
    plain["sanctions"][0]["body_id"] = ""
    plain["citations"][0]["key"] = ids["people"]
    return plain


@pytest.fixture(scope="module", params=ROUNDS)
def loaded(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[Command, Tables]:
    """A workspace with all the hostile texts that a load takes."""
    folder = tmp_path_factory.mktemp("hostile")
    made = hostile(request.param)
    command = Command(folder / "ws")
    for _ in range(4):
        said = command.load(written(World({"evil": made}), folder))
        if said.code == 0:
            break
        faults = [
            re.match(r"repgraph: (\w+)\.csv:(\d+): (\w+):", line) for line in said.err.splitlines() if ".csv:" in line
        ]
        assert faults, said
        assert all(faults), said
        made = tamed(made, {(f[1], f[3]) for f in faults if f})
    assert said.code == 0, said
    return command, made


def questions(made: Tables) -> list[list[str]]:
    ids = {table: f"evil/{made[table][0][column]}" for table, column in _ID.items()}
    return [
        ["who", ids["people"]], ["case", ids["cases"]], ["court", ids["bodies"]], ["exchange", ids["exchanges"]],
        ["sources", ids["people"]], ["sources", ids["proceedings"]], ["officials", "--min-matters", "1"], ["conflicts"],
        ["who", "--", made["people"][0]["name"][:200]], ["court", "--", made["bodies"][0]["name_ru"][:200]], ["history", ids["people"]], ["status"],
    ]  # fmt: skip


def test_answers_take_it_as_text(loaded: tuple[Command, Tables]) -> None:
    command, made = loaded
    for call in questions(made):
        if call[0] in ("history", "status"):
            assert command.run(call[0], "--json", *call[1:]).code == 0
            continue
        answer = command.ask(*call)
        for row in answer["rows"]:
            if isinstance(row.get("name"), dict):
                assert row["name"]["en"] in (None, made["people"][0]["name"].strip(), made["bodies"][0]["name"].strip())
    assert command.ask(*questions(made)[0])["rows"]


def test_no_csv_cell_is_a_formula(loaded: tuple[Command, Tables]) -> None:
    command, made = loaded
    for call in questions(made):
        said = command.run(call[0], "--csv", *call[1:])
        assert said.code == 0
        assert_no_formula(said.out)


def assert_no_formula(text: str) -> None:
    csv.field_size_limit(1_000_000)
    cells = [cell for row in csv.reader(io.StringIO(text)) for cell in row]
    assert [c[:30] for c in cells if c.lstrip(" \ufeff").startswith(("=", "+", "-", "@", "\t", "\r"))] == []


def test_a_terminal_is_not_steered(loaded: tuple[Command, Tables]) -> None:
    command, made = loaded
    for call in questions(made):
        said = command.run(call[0], "--table", *call[1:])
        assert said.code == 0
        assert not _DIRECTIONS.search(said.out + said.err)
        assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f]", re.sub("\x1b\\[[0-9;]*m", "", said.out + said.err))


class _Tags(HTMLParser):
    """The elements and attributes of a page, and the texts of its scripts."""

    def __init__(self) -> None:
        super().__init__()
        self.bad: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = [name for name, _ in attrs]
        if tag == "zqtag" or any(n.startswith("on") for n in names):
            self.bad.append(f"<{tag} {names}>")
        for name, text in attrs:
            if (
                name in ("href", "src", "action")
                and text
                and re.match(r"\s*(javascript|vbscript|data:text)", text, re.IGNORECASE)
            ):
                self.bad.append(f"{name}={text}")


def test_what_leaves_is_well_formed_and_runs_nothing(loaded: tuple[Command, Tables], tmp_path: Path) -> None:
    command, made = loaded
    ids = {table: f"evil/{made[table][0][column]}" for table, column in _ID.items()}
    for path in leaving(
        command,
        tmp_path / "out",
        few=len(ROUNDS) < len(TEXTS),
        official=ids["people"],
        case=ids["cases"],
        court=ids["bodies"],
        deal=ids["exchanges"],
    ):
        data = path.read_bytes()
        match path.suffix:
            case ".html":
                page = _Tags()
                page.feed(data.decode())
                assert page.bad == [], path.name
            case ".svg" | ".gexf" | ".graphml":
                ElementTree.fromstring(data)
            case ".json":
                json.loads(data)
            case ".jsonld":
                json.loads(data)
                assert list(parse(data, format=RdfFormat.JSON_LD))
            case ".trig":
                assert list(parse(data, format=RdfFormat.TRIG))
            case ".nq":
                assert list(parse(data, format=RdfFormat.N_QUADS))
            case ".ttl":
                assert list(parse(data, format=RdfFormat.TURTLE))
            case ".csv":
                assert_no_formula(data.decode("utf-8-sig"))
            case ".xlsx":
                for sheet in openpyxl.load_workbook(io.BytesIO(data)):
                    cells = [cell for row in sheet.iter_rows() for cell in row]
                    assert all(cell.data_type != "f" for cell in cells)


def test_what_leaves_as_claims_comes_back_whole(loaded: tuple[Command, Tables], tmp_path: Path) -> None:
    command, _ = loaded
    assert command.run("validate").code == 0
    assert command.run("verify").code == 0
    assert command.run("export", str(tmp_path / "a.trig"), "--profile", "internal").code == 0


@pytest.mark.parametrize("text", REFUSED, ids=[f"U+{ord(t[0]):04X}" for t in REFUSED])
def test_control_characters_are_refused_with_their_place_in_every_column(tmp_path: Path, text: str) -> None:
    made = hostile(0)
    for rows in made.values():
        for row in rows:
            row.update({c: f"a{text}b" for c, v in row.items() if v in TEXTS})
    said = Command(tmp_path / "ws").load(written(World({"evil": made}), tmp_path))
    assert (said.code, said.out) == (1, "")
    told = set(re.findall(r"(\w+)\.csv:2: (\w+):", said.err))
    wanted = {(t, c) for t, rows in made.items() for row in rows for c, v in row.items() if v == f"a{text}b"}
    assert wanted <= told
    assert text not in said.err


@pytest.mark.parametrize("raw", [b"\xed\xa0\x80", b"\xff\xfe", b"\xc0\xaf"], ids=["surrogate", "utf-16", "overlong"])
def test_bytes_that_are_no_text_are_refused_with_their_place(tmp_path: Path, raw: bytes) -> None:
    made = hostile(0)
    paths = written(World({"evil": made}), tmp_path)
    people = tmp_path / "evil" / "people.csv"
    people.write_bytes(people.read_bytes().replace(b"Court", b"Court") + "\nп2,имя".encode() + raw)
    said = Command(tmp_path / "ws").load(paths)
    assert said.code == 1
    assert "people.csv" in said.err
