"""Bundles: a selection that stands alone, the same bytes each time, checked on another machine."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import random
import stat
import zipfile
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from graph import bundles
from graph.bundles import verify_bundle, write_bundle
from graph.custody import retract
from graph.errors import BadData, NotFound
from graph.judging import judge
from graph.workspace import Workspace
from loaders.loading import load_paths
from tests.graph.tiny import Tables, changed, live, problems, record, take, tiny


class Place(NamedTuple):
    workspace: Workspace
    folder: Path


def _dataset() -> Tables:
    found = changed(tiny(), "sources", 0, file="page.html")
    found["cases"][2] |= {"title": "=HYPERLINK(1)"}
    return found


@pytest.fixture
def place(tmp_path: Path) -> Place:
    workspace = Workspace.create(tmp_path / "w")
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "page.html").write_bytes(b"<p>saved")
    take(workspace, tmp_path / "in", _dataset())
    judge(workspace, "tiny/p1", "tiny/p2", "different", why="two birthdays", by="anna secret")
    return Place(workspace, tmp_path)


def _members(file: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(file) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def _written(place: Place, *questions: str, **options: Any) -> dict[str, bytes]:
    write_bundle(place.workspace, place.folder / "b.zip", questions, **options)
    return _members(place.folder / "b.zip")


def _rows(data: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(data.decode())))


def test_the_same_workspace_and_selection_give_the_same_bytes(place: Place) -> None:
    for name in ("one.zip", "two.zip"):
        write_bundle(place.workspace, place.folder / name, ["case tiny/c1"])

    assert (place.folder / "one.zip").read_bytes() == (place.folder / "two.zip").read_bytes()


def test_a_bundle_says_what_it_is_and_holds_everything_named(place: Place) -> None:
    members = _written(place)
    about = json.loads(members["bundle.json"])

    assert about["members"] == {n: hashlib.sha256(d).hexdigest() for n, d in members.items() if n != "bundle.json"}
    assert (about["records"], about["judgements"], about["profile"], about["selection"]) == (18, 1, "public", [])
    assert about["data"] == place.workspace.data_hash
    assert about["pages"] == [
        {"source": "tiny/s1", "file": "pages/tiny/page.html", "sha256": hashlib.sha256(b"<p>saved").hexdigest()}
    ]
    assert members["pages/tiny/page.html"] == b"<p>saved"
    assert {"README.md", "README.ru.md", "claims.trig", "judgements.csv", "manifest-extract.jsonl"} <= members.keys()


def test_a_table_has_the_cells_of_its_records_and_no_formula(place: Place) -> None:
    rows = _rows(_written(place)["tables/tiny/cases.csv"])

    assert [r["title"] for r in rows] == ["Case 1", "Case 2", "'=HYPERLINK(1)"]
    assert rows[0]["source_ids"] == "s1|s2"


def test_a_selection_holds_what_its_answer_rests_on_and_all_that_refers(place: Place) -> None:
    members = _written(place, "who Yakov Judge")

    assert [r["case_id"] for r in _rows(members["tables/tiny/cases.csv"])] == ["c3"]
    assert {r["person_id"] for r in _rows(members["tables/tiny/people.csv"])} == {"p3", "j1", "j2"}
    assert json.loads(members["bundle.json"])["judgements"] == 0


def test_the_manifest_lines_in_it_name_neither_people_nor_times(place: Place) -> None:
    members = _written(place)
    found = [json.loads(line) for line in members["manifest-extract.jsonl"].splitlines()]

    assert [(one["line"], one["command"], one["hash"]) for one in found] == [
        (line.line, line.command, line.hash) for line in place.workspace.lines()[1:]
    ]
    assert {key for one in found for key in one} == {
        "line",
        "hash",
        "command",
        "dataset",
        "loader",
        "tool",
        "mapping",
        "files",
    }
    assert {key for one in found for file in one["files"] for key in file} == {"name", "sha256"}


def test_who_judged_goes_by_a_pseudonym_unless_names_are_asked_for(place: Place) -> None:
    assert place.workspace.pseudonym("anna secret").encode() in _written(place)["judgements.csv"]
    assert all(b"anna secret" not in data for data in _written(place).values())
    assert b"anna secret" in _written(place, with_names=True)["judgements.csv"]


@pytest.mark.parametrize("questions", [(), ("case tiny/c1",), ("court Invented District Court", "who Polina")])
def test_a_bundle_is_whole_and_loads_elsewhere(place: Place, questions: tuple[str, ...]) -> None:
    members = _written(place, *questions)

    assert verify_bundle(place.folder / "b.zip").rows == []
    load_paths(place.folder / "elsewhere", [place.folder / "b.zip"])

    there = Workspace.open(place.folder / "elsewhere")
    assert live(there) <= live(place.workspace)
    assert there.data_hash == json.loads(members["bundle.json"])["data"]
    assert problems(there) == []
    pages = [c["name"] for line in there.lines() for c in line.body.get("copies", [])]
    assert pages == (["page.html"] if "pages/tiny/page.html" in members else [])


def test_a_selection_takes_nothing_from_a_workspace_that_holds_more(place: Place) -> None:
    _written(place, "case tiny/c1")
    before = live(place.workspace)

    again = load_paths(place.workspace.path, [place.folder / "b.zip"])
    assert live(place.workspace) == before
    assert any(note.endswith("nothing has changed, nothing was written") for note in again.notes)

    take(place.workspace, place.folder / "in", changed(_dataset(), "people", 0, note="known since"))
    back = load_paths(place.workspace.path, [place.folder / "b.zip"])
    assert [(r["change"], r["thing"], r["field"]) for r in back.rows] == [("replaced", "tiny/p1", "note")]
    assert any("records that are not in the bundle stay as they are" in note for note in back.notes)
    assert live(place.workspace) == before
    assert problems(place.workspace) == []


def test_a_hidden_record_protects_a_child_in_a_bundle_too(place: Place) -> None:
    told = _dataset()
    told["people"].append({"person_id": "p3", "birth_date": "2020-01-01", "source_ids": "s2", "visibility": "internal"})
    take(place.workspace, place.folder / "in", changed(told, "people", 2, name="", name_ru="", note="Polina"))

    members = _written(place)

    assert b"p3" in members["claims.trig"]
    assert [name for name, data in members.items() if b"Polina" in data] == []


def test_a_page_that_its_source_names_no_more_stays(place: Place) -> None:
    take(place.workspace, place.folder / "in", changed(_dataset(), "sources", 0, file=""))

    assert not any(name.startswith("pages/") for name in _written(place))


def test_the_name_of_a_file_that_is_no_table_stays(place: Place) -> None:
    write_bundle(place.workspace, place.folder / "anna secret.zip")
    load_paths(place.folder / "elsewhere", [place.folder / "anna secret.zip"])

    write_bundle(Workspace.open(place.folder / "elsewhere"), place.folder / "again.zip")

    assert b"anna" not in (place.folder / "again.zip").read_bytes()


def test_every_changed_byte_of_a_member_is_found_and_nothing_of_it_is_loaded(place: Place) -> None:
    members = _written(place, "case tiny/c1")
    rng, file = random.Random(5), place.folder / "changed.zip"
    for name in sorted(members.keys() - {"bundle.json"}) * 4:
        data = bytearray(members[name])
        data[rng.randrange(len(data))] ^= rng.randrange(1, 256)
        _zip(file, members | {name: bytes(data)})

        assert {r["where"] for r in verify_bundle(file).rows} == {name}
    with pytest.raises(BadData, match="its bytes were changed"):
        load_paths(place.folder / "nowhere", [file])
    assert not (place.folder / "nowhere").exists()


def _zip(path: Path, members: dict[str, bytes], *, about: bool = False) -> Path:
    if about:
        told = json.loads(members["bundle.json"])
        told["members"] = {n: hashlib.sha256(d).hexdigest() for n, d in members.items() if n != "bundle.json"}
        members = members | {"bundle.json": json.dumps(told).encode()}
    with zipfile.ZipFile(path, "w") as out:
        for name, data in members.items():
            out.writestr(name, data)
    return path


def test_a_table_that_says_something_else_than_the_claims_is_found_though_its_hash_fits(place: Place) -> None:
    members = _written(place)
    members["tables/tiny/roles.csv"] = members["tables/tiny/roles.csv"].replace(b"j1", b"j2")

    found = verify_bundle(_zip(place.folder / "forged.zip", members, about=True)).rows

    assert found == [{"where": "tables/tiny/roles.csv", "what": "does not say what claims.trig says"}]


def test_a_missing_and_an_added_member_are_found(place: Place) -> None:
    members = _written(place)
    del members["README.md"]

    found = verify_bundle(_zip(place.folder / "other.zip", members | {"extra.exe": b"MZ"})).rows

    assert [(r["where"], r["what"]) for r in found] == [
        ("README.md", "is missing"),
        ("extra.exe", "is not named in bundle.json: it was added"),
    ]


@pytest.mark.parametrize(
    "name", ["../evil", "/etc/passwd", "a/../../b", "pages/x/..", "C:evil", "a\\..\\b", "./x", "a//b"]
)
def test_a_name_that_leads_out_is_refused(place: Place, name: str) -> None:
    file = _zip(place.folder / "evil.zip", _written(place) | {name: b"evil"}, about=True)

    assert "whose name leads out of it; do not unpack it" in verify_bundle(file).rows[0]["what"]
    with pytest.raises(BadData):
        load_paths(place.folder / "nowhere", [file])
    assert not (place.folder / "evil").exists()


@pytest.mark.parametrize("questions", [(), ("case tiny/c1",)])
def test_what_speaks_of_something_retracted_is_left_out_so_that_the_rest_loads(
    place: Place, questions: tuple[str, ...]
) -> None:
    retract(place.workspace, record(place.workspace, "people", "j1"), why="withdrawn")

    answer = write_bundle(place.workspace, place.folder / "b.zip", questions)

    assert "tables/tiny/cases.csv" in _members(place.folder / "b.zip")
    assert answer.left_out == ({} if questions else {"speak_of_what_was_retracted": 3})
    load_paths(place.folder / "elsewhere", [place.folder / "b.zip"])
    assert problems(Workspace.open(place.folder / "elsewhere")) == []


def test_a_link_is_refused(place: Place) -> None:
    file = place.folder / "link.zip"
    with zipfile.ZipFile(file, "w") as out:
        info = zipfile.ZipInfo("pages/tiny/page.html")
        info.external_attr = (stat.S_IFLNK | 0o777) << 16
        out.writestr(info, "/etc/passwd")
        out.writestr("bundle.json", _written(place)["bundle.json"])

    assert "has a link pages/tiny/page.html" in [r["what"] for r in verify_bundle(file).rows]


def test_a_bomb_is_refused_unread(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bundles, "LARGEST", 1_000_000)
    file = place.folder / "bomb.zip"
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as out:
        out.writestr("bundle.json", b"{}")
        out.writestr("bomb", bytes(2_000_000))

    assert "would unpack to" in verify_bundle(file).rows[0]["what"]


@pytest.mark.parametrize("data", [b"", b"PK\x05\x06", b"no zip at all"])
def test_what_is_no_zip_is_said_to_be_none(place: Place, data: bytes) -> None:
    (place.folder / "no.zip").write_bytes(data)

    assert "cannot be unpacked" in verify_bundle(place.folder / "no.zip").rows[0]["what"]


@pytest.mark.parametrize(
    "about",
    [
        b"[]",
        b"{}",
        b'{"repgraph":"bundle","format":9,"members":{},"pages":[]}',
        b"\xff",
        b'{"repgraph":"bundle","format":1,"members":[],"pages":[]}',
    ],
)
def test_a_description_that_is_none_is_refused(place: Place, about: bytes) -> None:
    found = verify_bundle(_zip(place.folder / "odd.zip", {"bundle.json": about})).rows

    assert found[0]["where"] == "bundle.json"


def test_a_question_of_another_kind_or_about_nobody_is_refused(place: Place) -> None:
    with pytest.raises(ValueError, match="selects nothing; write one of who, case, court, exchange, sources"):
        _written(place, "officials all")
    with pytest.raises(NotFound):
        _written(place, "who Zzyzx Qwfp")
    assert not (place.folder / "b.zip").exists()


def test_hidden_records_leave_no_trace_in_a_public_bundle(place: Place) -> None:
    hidden = changed(_dataset(), "roles", 3, note="canary-note", visibility="internal")
    hidden["sources"].append(
        {
            "source_id": "s9",
            "url": "https://canary-url.example/",
            "title": "canary-title",
            "file": "canary.html",
            "visibility": "partner",
        }
    )
    (place.folder / "in" / "canary.html").write_bytes(b"canary-page")
    take(place.workspace, place.folder / "in", hidden)

    members = _written(place)
    assert all(b"canary" not in data and "canary" not in name for name, data in members.items())
    assert any(b"canary" in data for data in _written(place, profile="internal").values())


def test_a_purged_bundle_keeps_its_claims_alone(place: Place, tmp_path: Path) -> None:
    from graph.purging import purge
    from loaders import known_loaders

    _written(place)
    load_paths(tmp_path / "elsewhere", [place.folder / "b.zip"])
    there = Workspace.open(tmp_path / "elsewhere")

    purge(there, "tiny/s2", known_loaders(), why="at risk", with_referring=True)

    assert problems(there) == []
    assert all(b"press.example/s2" not in p.read_bytes() for p in there.path.rglob("*") if p.is_file())
