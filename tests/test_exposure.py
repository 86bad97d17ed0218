"""Nothing that leaves says who worked where, and nothing that is not public leaves as public."""

from __future__ import annotations

import socket
import zipfile
from collections.abc import Iterator
from pathlib import Path

import polars as pl
import pytest

import cli
from graph.exports.claims import FORMATS
from graph.exports.views import VIEWS
from graph.judging import judge
from graph.workspace import Workspace
from tests.graph.tiny import Tables, changed, take, tiny
from tests.test_cli import run

USER, HOST, PLACE, BY, CANARY = (
    "zelda-the-user",
    "zelda-the-host",
    "zelda-the-place",
    "zelda-the-judge",
    "canary-internal",
)


def _dataset() -> Tables:
    """One hidden role, one hidden person with a hidden case, and a hidden source."""
    found = changed(tiny(), "roles", 3, visibility="internal", note=CANARY)
    found["people"].append(
        {
            "person_id": CANARY,
            "name": "Canary-Internal Person",
            "aliases": CANARY,
            "source_ids": "s1",
            "visibility": "partner",
        }
    )
    found["cases"].append({"case_id": f"{CANARY}-c", "person_id": CANARY, "title": CANARY, "source_ids": "s1"})
    found["sources"].append({"source_id": f"{CANARY}-s", "url": f"https://{CANARY}.example/", "visibility": "internal"})
    found["exchanges"] = [
        {"exchange_id": "x1", "name": "Invented exchange", "date": "2024-08", "parties": "RU|DE", "source_ids": "s1"}
    ]
    found["exchange_participants"] = [
        {"exchange_id": "x1", "person_id": p, "released_by": "RU", "received_by": "DE", "source_ids": "s1"}
        for p in ("p1", CANARY)
    ]
    return found


@pytest.fixture(scope="module")
def outputs(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Everything that can leave a workspace, in one folder."""
    with pytest.MonkeyPatch.context() as monkeypatch:
        yield _outputs(tmp_path_factory.mktemp("exposure"), monkeypatch)


def _outputs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in ("LOGNAME", "USER", "LNAME", "USERNAME"):
        monkeypatch.setenv(name, USER)
    monkeypatch.setattr(socket, "gethostname", lambda: HOST)
    monkeypatch.setenv("HOSTNAME", HOST)
    folder = tmp_path / PLACE
    workspace = Workspace.create(folder)
    take(workspace, tmp_path / "in", _dataset())
    judge(workspace, "tiny/p1", "tiny/p2", "different", why="two birthdays", by=BY)
    assert USER in workspace.manifest.path.read_text(encoding="utf-8")
    out = tmp_path / "out"
    out.mkdir()
    monkeypatch.chdir(out)
    monkeypatch.setenv("REPGRAPH_WORKSPACE", str(folder))
    made: list[tuple[str, ...]] = [("export", f"claims.{kind}") for kind in FORMATS]
    made += [
        ("export", "--view", view, "--min-matters", "1", f"{view}.{kind}")
        for view in VIEWS
        for kind in ("graphml", "gexf", "csv", "parquet", "json")
    ]
    made += [
        ("bundle", "bundle.zip"),
        ("bundle", "selected.zip", "--question", "who Yulia"),
        ("network", "-o", "network.html", "--min-shared", "1"),
    ]
    known = cli.main.commands
    made += [
        ("network", "-o", "network.gexf", "--min-shared", "1"),
        ("network", "-o", "network.svg", "--min-shared", "1"),
    ]
    pictures = {
        "timeline": "Yulia Judge",
        "court-view": "Invented District Court",
        "exchange-view": "Invented exchange",
    }
    made += [(name, about, "-o", f"{name}.html") for name, about in pictures.items() if name in known]
    made += [("matrix", "-o", "matrix.html")] if "matrix" in known else []
    made += [("report", "-o", "report.html")] if "report" in known else []
    for words in made:
        result = run(*words)
        if "is a flat table and no graph" not in result.output:
            assert result.exit_code == 0, (words, result.output, result.exception)
    return out


def _texts(file: Path) -> str:
    """All that is in a file, unpacked."""
    if file.suffix in (".zip", ".xlsx"):
        with zipfile.ZipFile(file) as archive:
            return "\n".join(
                [*archive.namelist(), *(archive.read(n).decode(errors="replace") for n in archive.namelist())]
            )
    if file.suffix == ".parquet":
        metadata = pl.read_parquet_metadata(file)
        return str(metadata) + pl.read_parquet(file).write_json() + file.read_bytes().decode(errors="replace")
    return file.read_bytes().decode(errors="replace")


def test_no_output_names_user_host_folder_or_judge_nor_what_is_hidden(outputs: Path) -> None:
    found = {
        (file.name, word)
        for file in sorted(outputs.rglob("*")) if file.is_file()
        for word in (USER, HOST, PLACE, BY, CANARY, "Canary-Internal", str(outputs.parent))
        if word.casefold() in f"{file.name}\n{_texts(file)}".casefold()
    }  # fmt: skip

    assert len(list(outputs.iterdir())) > 20
    assert found == set()


def test_the_search_would_find_them(outputs: Path) -> None:
    assert run("bundle", "internal.zip", "--with-names", "--profile", "internal").exit_code == 0

    text = _texts(outputs / "internal.zip")
    assert BY in text
    assert CANARY in text
