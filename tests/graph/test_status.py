"""What is loaded, and how many sources lack a copy."""

from __future__ import annotations

from pathlib import Path

from graph.status import status
from graph.workspace import Workspace
from tests.graph.tiny import changed, take, tiny


def test_a_new_workspace_has_no_dataset(tmp_path: Path) -> None:
    assert status(Workspace.create(tmp_path / "w")).rows == []


def test_a_dataset_is_told_with_its_counts_files_and_last_load(tmp_path: Path) -> None:
    workspace = Workspace.create(tmp_path / "w")
    take(workspace, tmp_path / "in", tiny())
    take(workspace, tmp_path / "in", changed(tiny(), "cases", 0, title="Renamed"))

    row = status(workspace).rows[0]

    assert (row["dataset"], row["loader"], row["records"], row["sources"], row["loads"], row["line"]) == (
        "tiny",
        "tables",
        18,
        2,
        2,
        3,
    )
    assert row["tables"] == ["sources 2", "people 5", "bodies 1", "cases 3", "proceedings 3", "roles 4"]
    assert row["files"] == [f"{t}.csv" for t in ("bodies", "cases", "people", "proceedings", "roles", "sources")]
    assert row["last_load"] == workspace.lines()[-1].time


def test_files_are_all_that_a_dataset_stands_on_also_after_a_table_alone(tmp_path: Path) -> None:
    workspace = Workspace.create(tmp_path / "w")
    take(workspace, tmp_path / "in", tiny())
    cases = {"cases": changed(tiny(), "cases", 0, title="Renamed")["cases"]}
    take(workspace, tmp_path / "alone", cases)

    row = status(workspace).rows[0]
    assert row["files"] == [f"{t}.csv" for t in ("bodies", "cases", "people", "proceedings", "roles", "sources")]


def test_a_source_with_a_saved_page_or_an_archive_address_lacks_no_copy(tmp_path: Path) -> None:
    workspace = Workspace.create(tmp_path / "w")
    take(workspace, tmp_path / "in", tiny())
    assert status(workspace).rows[0]["without_copy"] == 2

    (tmp_path / "in" / "s1.html").write_bytes(b"page")
    take(
        workspace,
        tmp_path / "in",
        changed(changed(tiny(), "sources", 0, file="s1.html"), "sources", 1, archive_url="https://archive.example/s2"),
    )

    answer = status(workspace)
    assert answer.rows[0]["without_copy"] == 0
    assert "0 sources have neither a saved copy nor an archive address" in answer.notes
