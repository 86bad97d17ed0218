"""All claims as a file: what is in it, what it loses, what must not be in it."""

from __future__ import annotations

import csv
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pyoxigraph as ox
import pytest

from graph.answers import neutralised
from graph.bolt.script import export_cypher
from graph.casebook import Casebook
from graph.claims import records as records_of
from graph.errors import Refused, WorkspaceError
from graph.exports import spreadsheets
from graph.exports.claims import FORMATS, export_claims
from graph.exports.spreadsheets import Sheet, write_xlsx
from graph.identity import Judgement
from graph.records import Record
from graph.rows import MemoryRows
from tests.graph.exports.conftest import DAY, record

Books = Callable[..., Casebook]
CANARY, CHILD, REVIEWER = "канарейка-never-public", "Имярек Младший", "reviewer-real-name"


def content(path: Path) -> str:
    """Everything in a file as text, unpacked where it is packed."""
    if path.suffix != ".xlsx":
        return path.read_text(encoding="utf-8")
    with zipfile.ZipFile(path) as archive:
        return "\n".join(archive.read(name).decode() for name in archive.namelist())


@pytest.mark.parametrize("kind", FORMATS)
def test_what_a_profile_may_not_see_leaves_no_trace(casebook: Books, tmp_path: Path, kind: str) -> None:
    """The canary is the name of an internal person, the title of a case of his, a partner source, a judgement."""
    path = tmp_path / f"claims.{kind}"
    export_claims(casebook("public"), path)
    assert CANARY not in content(path)
    assert "hidden" not in content(path)
    export_claims(casebook("internal"), path)
    assert CANARY in content(path)


@pytest.mark.parametrize("kind", FORMATS)
@pytest.mark.parametrize("profile", ["public", "internal"])
def test_no_text_about_a_child_leaves_in_any_profile(casebook: Books, tmp_path: Path, kind: str, profile: str) -> None:
    path = tmp_path / f"claims.{kind}"
    answer = export_claims(casebook(profile), path)
    assert CHILD not in content(path)
    assert answer.left_out["texts_of_children"] == 4  # two notes, a name and a quote


@pytest.mark.parametrize("kind", [*FORMATS, "cypher"])
def test_neither_a_case_nor_a_citation_nor_a_judgement_names_a_child(
    records: list[Record], tmp_path: Path, kind: str
) -> None:
    more = [
        record("cases", 90, case_id="ck", person_id="kid", title=CHILD),
        record("proceedings", 90, proceeding_id="vk", case_id="ck", outcome_text=CHILD, note=CHILD),
        record("roles", 90, proceeding_id="vk", case_id="ck", person_id="ivanova", role="judge", note=CHILD),
        Record(
            "w",
            "citations",
            {"table": "roles", "key": "vk|ck|ivanova|judge", "source_id": "s1", "quote": CHILD, "translation": CHILD},
            "0" * 64,
            90,
        ),
    ]
    judged = [
        Judgement(kind, left, right, "unsure", why=CHILD, evidence=CHILD)
        for kind, left, right in (("person", "w/kid", "w/d1"), ("case", "w/ck", "w/c1"))
    ]
    book = Casebook(MemoryRows.of([*records, *more]), judged, profile="internal", today=DAY)

    write = export_cypher if kind == "cypher" else export_claims
    write(book, tmp_path / f"claims.{kind}")

    assert CHILD not in content(tmp_path / f"claims.{kind}")


@pytest.mark.parametrize("kind", FORMATS)
def test_who_judged_stays_in_the_workspace(casebook: Books, tmp_path: Path, kind: str) -> None:
    path = tmp_path / f"claims.{kind}"
    export_claims(casebook("internal"), path)
    assert REVIEWER not in content(path)


def test_who_judged_goes_by_a_pseudonym(casebook: Books, tmp_path: Path) -> None:
    export_claims(casebook("internal"), tmp_path / "c.trig", pseudonym=lambda who: f"reviewer-{len(who)}")
    assert f'decidedBy "reviewer-{len(REVIEWER)}"' in content(tmp_path / "c.trig")


@pytest.mark.parametrize("kind", ["trig", "nq"])
def test_trig_and_nquads_hold_every_record_whole(
    casebook: Books, records: list[Record], tmp_path: Path, kind: str
) -> None:
    path = tmp_path / f"claims.{kind}"
    export_claims(casebook("internal"), path)
    form = ox.RdfFormat.TRIG if kind == "trig" else ox.RdfFormat.N_QUADS
    back = {r.id: r for r, _ in records_of(ox.parse(path=str(path), format=form))}
    told = {r.id: r for r in records if r.cells.get("person_id") != "kid"}  # texts about a child stay out
    assert {i: r.cells for i, r in back.items() if i in told} == {i: r.cells for i, r in told.items()}
    assert set(back) == {r.id for r in records}


def test_trig_and_nquads_say_the_same(casebook: Books, tmp_path: Path) -> None:
    for kind in ("trig", "nq"):
        export_claims(casebook(), tmp_path / f"c.{kind}")
    trig = set(map(str, ox.parse(path=str(tmp_path / "c.trig"), format=ox.RdfFormat.TRIG)))
    assert trig == set(map(str, ox.parse(path=str(tmp_path / "c.nq"), format=ox.RdfFormat.N_QUADS)))


def test_jsonld_says_the_same_as_trig(casebook: Books, tmp_path: Path) -> None:
    for kind in ("trig", "jsonld"):
        export_claims(casebook(), tmp_path / f"c.{kind}")
    trig = set(map(str, ox.parse(path=str(tmp_path / "c.trig"), format=ox.RdfFormat.TRIG)))
    assert trig == set(map(str, ox.parse(path=str(tmp_path / "c.jsonld"), format=ox.RdfFormat.JSON_LD)))


def test_turtle_says_that_it_loses_the_graphs(casebook: Books, tmp_path: Path) -> None:
    answer = export_claims(casebook(), tmp_path / "c.ttl")
    assert answer.notes[0].startswith("Turtle has no named graphs")
    assert list(ox.parse(path=str(tmp_path / "c.ttl"), format=ox.RdfFormat.TURTLE))


def test_csv_has_a_line_for_each_statement(casebook: Books, tmp_path: Path) -> None:
    export_claims(casebook(), tmp_path / "c.csv")
    with (tmp_path / "c.csv").open(encoding="utf-8", newline="") as file:
        lines = list(csv.DictReader(file))
    articles = [(x["thing"], x["value"]) for x in lines if x["column"] == "articles"]
    assert sorted(articles) == [("w/c1", "RU-CC 207.3(2)(a)"), ("w/c2", "RU-CC 207.3(2)(a)"), ("w/c2", "RU-CC 275")]
    assert {x["sources"] for x in lines if x["table"] == "roles"} == {"w/s1"}


def test_no_cell_of_csv_is_a_formula_and_it_is_said(casebook: Books, tmp_path: Path) -> None:
    answer = export_claims(casebook(), tmp_path / "c.csv")
    with (tmp_path / "c.csv").open(encoding="utf-8", newline="") as file:
        cells = [cell for line in csv.reader(file) for cell in line]
    assert [c for c in cells if neutralised(c) != c] == []
    # a source's title, a person's name, six public names as written
    assert answer.notes[0] == "8 lines have a text that a spreadsheet could take for a formula; it got a leading '"


@pytest.mark.filterwarnings("error")
def test_no_cell_of_xlsx_is_a_formula_and_it_is_said(casebook: Books, tmp_path: Path) -> None:
    answer = export_claims(casebook(), tmp_path / "c.xlsx")
    book = openpyxl.load_workbook(tmp_path / "c.xlsx")
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
    assert [c.value for c in cells if c.data_type == "f" or str(c.value or "").startswith(("=", "@"))] == []
    assert "formula" in answer.notes[0]
    assert book.sheetnames[:3] == ["read_me", "sources", "people"]


def test_xlsx_keeps_whole_numbers_and_texts_of_ten_thousand_characters(tmp_path: Path) -> None:
    rows = [("x" * 10_000, 84), ("ё\r\n\t<&>", None), ("\x0b\x00ok", True)]
    write_xlsx(tmp_path / "a.xlsx", [Sheet("a", ("text", "months"), rows)])
    sheet = openpyxl.load_workbook(tmp_path / "a.xlsx")["a"]
    assert [tuple(c.value for c in row) for row in sheet.iter_rows(min_row=2)] == [
        ("x" * 10_000, 84), ("ё\r\n\t<&>", None), ("��ok", True),
    ]  # fmt: skip


def test_a_cell_longer_than_a_spreadsheet_holds_is_cut_and_counted(tmp_path: Path) -> None:
    written = write_xlsx(tmp_path / "a.xlsx", [Sheet("a", ("text",), [("я" * 40_000,)])])
    assert written.cut == 1
    assert openpyxl.load_workbook(tmp_path / "a.xlsx")["a"]["A2"].value == "я" * 32_767


def test_more_rows_than_a_sheet_holds_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spreadsheets, "MOST_ROWS", 3)
    with pytest.raises(Refused, match=r"a sheet holds 3 rows and a has more; export \.csv or \.trig instead"):
        write_xlsx(tmp_path / "a.xlsx", [Sheet("a", ("n",), [(n,) for n in range(5)])])


def test_an_unknown_ending_is_refused(casebook: Books, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"c\.doc: claims go to \.trig, \.nq, \.ttl, .*, \.cypher; choose"):
        export_claims(casebook(), tmp_path / "c.doc")


def test_a_folder_that_is_not_there_is_said_and_nothing_is_left(casebook: Books, tmp_path: Path) -> None:
    with pytest.raises(WorkspaceError, match="cannot be written"):
        export_claims(casebook(), tmp_path / "none" / "c.trig")
    assert list(tmp_path.iterdir()) == []


def test_a_failure_in_the_middle_leaves_the_old_file(
    casebook: Books, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "c.xlsx"
    path.write_text("the old one")
    monkeypatch.setattr(spreadsheets, "MOST_ROWS", 2)
    with pytest.raises(Refused):
        export_claims(casebook(), path)
    assert [p.name for p in tmp_path.iterdir()] == ["c.xlsx"]
    assert path.read_text() == "the old one"


_ELSEWHERE = """
import sys, hashlib, pathlib
sys.path.insert(0, sys.argv[1])
from conftest import *
from graph.exports.claims import FORMATS, export_claims
from graph.exports.sidecars import WRITERS, export_view
from graph.exports.views import VIEWS
rows = [*people(), *cases(), *proceedings(), *roles(), *others()]
book = Casebook(MemoryRows.of(rows[::int(sys.argv[2])]), [], profile="public", today=DAY)
out = pathlib.Path(sys.argv[3])
for kind in FORMATS: export_claims(book, out / f"claims.{kind}")
for view in VIEWS:
    for kind in ("json", "csv", "parquet") if view == "involvements" else WRITERS:
        export_view(book, out / f"{view}.{kind}", view=view, tool="1")
for path in sorted(out.iterdir()): print(path.name, hashlib.sha256(path.read_bytes()).hexdigest())
"""


def test_two_processes_and_another_order_of_rows_give_the_same_bytes(tmp_path: Path) -> None:
    """Claims and views, each format: another hash seed, the records the other way round."""
    seen = []
    for seed, step in (("1", "1"), ("2", "-1")):
        out = tmp_path / seed
        out.mkdir()
        done = subprocess.run(
            [sys.executable, "-c", _ELSEWHERE, str(Path(__file__).parent), step, str(out)],
            capture_output=True, text=True, check=False, env={"PYTHONHASHSEED": seed, "PYTHONPATH": ":".join(sys.path)},
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        seen.append(done.stdout)
    assert seen[0] == seen[1]
    assert len(seen[0].splitlines()) > 100
