"""A view made again from its sidecar: the same bytes, or exactly what differs."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

import loaders.claims
import loaders.tables
from benchmarks.generate import world
from graph.errors import Refused, RepgraphError, WorkspaceError
from graph.exports.claims import export_claims
from graph.exports.sidecars import export_view, reproduce
from graph.loading import load
from graph.workspace import Workspace, tool_version


def workspace(folder: Path, tables: Path) -> Workspace:
    """A workspace with the tables in `tables` as the dataset `w`."""
    made = Workspace.create(folder)
    load(made, [tables], loaders.tables, dataset="w")
    return made


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    folder = tmp_path_factory.mktemp("here")
    return workspace(folder / "ws", world(folder / "w", cases=30, seed=5))


@pytest.fixture(scope="module")
def there(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """The same tables, loaded on another day in another place, after a first version that was different."""
    folder = tmp_path_factory.mktemp("there")
    found = workspace(folder / "ws", world(folder / "old", cases=30, seed=5, changed=0.1))
    load(found, [world(folder / "w", cases=30, seed=5)], loaders.tables, dataset="w", accept_drop=True)
    return found


@pytest.mark.parametrize("kind", ["csv", "gexf", "graphml", "json", "parquet"])
def test_a_colleague_gets_the_same_bytes(here: Workspace, there: Workspace, tmp_path: Path, kind: str) -> None:
    path = tmp_path / f"view.{kind}"
    options: dict[str, Any] = {"min_matters": 2, "lang": "ru", "since": "2018"}
    export_view(here.casebook(profile="public"), path, view="official-matter", tool=tool_version(), **options)
    again = tmp_path / "again"
    again.mkdir()
    answer = reproduce(Path(f"{path}.sidecar.json"), there, again / path.name)
    assert all(row["same"] for row in answer.rows)
    for made in again.iterdir():
        assert made.read_bytes() == (tmp_path / made.name).read_bytes()
    assert len(answer.rows) == (2 if kind in ("csv", "parquet") else 1)


def test_a_workspace_filled_from_exported_claims_gives_the_same_bytes(here: Workspace, tmp_path: Path) -> None:
    """The world has a child; what is said of children does not leave."""
    export_claims(here.casebook(profile="public"), tmp_path / "claims.trig")
    copy = Workspace.create(tmp_path / "copy")
    load(copy, [tmp_path / "claims.trig"], loaders.claims, dataset="w")
    export_view(here.casebook(profile="public"), tmp_path / "v.csv", view="person-exchange", tool=tool_version())
    (tmp_path / "again").mkdir()
    reproduce(tmp_path / "v.csv.sidecar.json", copy, tmp_path / "again" / "v.csv")
    assert (tmp_path / "again" / "v.csv").read_bytes() == (tmp_path / "v.csv").read_bytes()


def test_a_sidecar_has_no_name_path_or_time_of_the_machine(here: Workspace, tmp_path: Path) -> None:
    export_view(here.casebook(profile="public"), tmp_path / "v.csv", view="official-case", tool="1")
    text = (tmp_path / "v.csv.sidecar.json").read_text(encoding="utf-8")
    for word in (str(tmp_path), str(here.path), "2026-", "root"):
        assert word not in text.replace("2026-01-15", "")


@pytest.fixture
def sidecar(here: Workspace, tmp_path: Path) -> Path:
    export_view(here.casebook(profile="public"), tmp_path / "v.csv", view="official-case", tool=tool_version())
    return tmp_path / "v.csv.sidecar.json"


def test_other_data_are_refused_and_the_tables_named(sidecar: Path, tmp_path: Path) -> None:
    """One case more, and the people and roles that come with it."""
    other = workspace(tmp_path / "other", world(tmp_path / "w", cases=30, seed=6))
    with pytest.raises(Refused, match=r"rests on other data than this workspace holds: sources has \d+ records"):
        reproduce(sidecar, other, tmp_path / "again.csv")
    assert not (tmp_path / "again.csv").exists()


def test_a_changed_record_is_told_from_a_new_one(here: Workspace, sidecar: Path) -> None:
    said = json.loads(sidecar.read_text(encoding="utf-8"))
    said["data"]["tables"]["cases"]["sha256"] = "0" * 64
    sidecar.write_text(json.dumps(said), encoding="utf-8")
    with pytest.raises(
        Refused, match="cases has 30 records as there, but not the same ones|cases has 31 records as there"
    ):
        reproduce(sidecar, here)


def test_other_bytes_of_the_same_data_name_the_versions(here: Workspace, sidecar: Path) -> None:
    said = json.loads(sidecar.read_text(encoding="utf-8"))
    said["files"][0]["sha256"] = "0" * 64
    said["made_with"]["repgraph"] = "0.0.1"
    sidecar.write_text(json.dumps(said), encoding="utf-8")
    with pytest.raises(
        Refused, match=r"the data are the same and the bytes are not; it was made with .*repgraph 0\.0\.1"
    ):
        reproduce(sidecar, here)


def test_another_file_in_the_way_is_not_touched(here: Workspace, sidecar: Path) -> None:
    (sidecar.parent / "v.csv").write_text("mine")
    with pytest.raises(Refused, match="is another file than the sidecar speaks of"):
        reproduce(sidecar, here)
    assert (sidecar.parent / "v.csv").read_text() == "mine"


def test_a_lost_file_is_made_again_beside_the_sidecar(here: Workspace, sidecar: Path) -> None:
    before = (sidecar.parent / "v.csv").read_bytes()
    (sidecar.parent / "v.csv").unlink()
    reproduce(sidecar, here)
    assert (sidecar.parent / "v.csv").read_bytes() == before


@pytest.mark.parametrize(
    "change",
    [
        {"what": "something else"},
        {"parameters": {}},
        {"parameters": {"view": "official-case", "format": "csv", "profile": "public", "resolved": 1}},
        {"parameters": {"view": "nothing", "format": "csv", "profile": "public", "resolved": True}},
        {"parameters": {"view": "official-case", "format": "csv", "profile": "boss", "resolved": True}},
        {"parameters": {"view": "official-case", "format": "csv", "profile": "public", "resolved": True, "tool": "x"}},
        {"parameters": {"view": "official-case", "format": "csv", "profile": "public", "resolved": True, "court": [1]}},
        {"files": []},
        {"files": [{"name": "../../etc/passwd.csv", "sha256": "0"}]},
        {"files": [{"name": "..", "sha256": "0"}]},
        {"files": "x"},
        {"data": None},
        {"data": {"tables": {"people": {"records": "1; rm", "sha256": ""}}, "judgements": {}}},
        {"made_with": "x"},
    ],
)
def test_a_forged_sidecar_is_refused_in_one_line(here: Workspace, sidecar: Path, change: dict[str, Any]) -> None:
    said = json.loads(sidecar.read_text(encoding="utf-8")) | change
    sidecar.write_text(json.dumps(said), encoding="utf-8")
    with pytest.raises(RepgraphError) as refused:
        reproduce(sidecar, here)
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize("text", ["", "{", "[]", "null", "[" * 100_000, '{"what": 1}', "\x00"])
def test_what_is_no_sidecar_is_refused_in_one_line(here: Workspace, tmp_path: Path, text: str) -> None:
    (tmp_path / "x.sidecar.json").write_text(text, encoding="utf-8")
    with pytest.raises(WorkspaceError, match=r"x\.sidecar\.json is no sidecar of a view"):
        reproduce(tmp_path / "x.sidecar.json", here)


def test_a_sidecar_that_is_not_there_is_said(here: Workspace, tmp_path: Path) -> None:
    with pytest.raises(WorkspaceError, match="cannot be read"):
        reproduce(tmp_path / "none.sidecar.json", here)
