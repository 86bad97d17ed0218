"""Which source formats there are."""

from __future__ import annotations

from pathlib import Path

import pytest

import loaders
from graph.errors import Refused
from loaders import BUILT_IN, known_loaders

NO_LOADERS = {"shipped"}  # data, read by `tables`


def test_no_folder_of_a_loader_is_left_out() -> None:
    assert loaders.__file__ is not None
    folders = {p.parent.name for p in Path(loaders.__file__).parent.glob("*/__init__.py")}

    assert {loader.NAME for loader in BUILT_IN} == folders - NO_LOADERS


def test_every_loader_has_a_title_of_its_own() -> None:
    titles = [loader.TITLE for loader in BUILT_IN]

    assert all(titles)
    assert len(set(titles)) == len(titles)


def install(folder: Path, monkeypatch: pytest.MonkeyPatch, module: str, code: str) -> None:
    """Another package with a loader, as pip would leave it."""
    (folder / f"{module}.py").write_text(code, encoding="utf-8")
    info = folder / f"{module}-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {module}\nVersion: 1.0\n", encoding="utf-8")
    (info / "entry_points.txt").write_text(f"[repgraph.loaders]\n{module} = {module}\n", encoding="utf-8")
    monkeypatch.syspath_prepend(str(folder))


LOADER = """
NAME, TITLE = {name!r}, "Invented"
def files(path): return []
def tables_in(files): return []
def without(file, rows): return b""
def read(files, dataset, problems): return iter(())
"""


def test_a_loader_of_another_package_is_known(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    install(tmp_path, monkeypatch, "invented_loader_one", LOADER.format(name="invented"))

    assert list(known_loaders()) == [*(loader.NAME for loader in BUILT_IN), "invented"]


def test_a_second_loader_of_one_name_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    install(tmp_path, monkeypatch, "invented_loader_two", LOADER.format(name="tables"))

    with pytest.raises(Refused, match="both called 'tables'; remove one"):
        known_loaders()


def test_an_entry_point_that_is_no_loader_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    install(tmp_path, monkeypatch, "invented_loader_three", "NAME = 'half'\n")

    with pytest.raises(Refused, match="it has no TITLE, files, tables_in, without, read"):
        known_loaders()


def test_a_loader_that_fails_to_import_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    install(tmp_path, monkeypatch, "invented_loader_four", "import a_module_that_is_not_there\n")

    with pytest.raises(Refused, match="'invented_loader_four' .* cannot be imported"):
        known_loaders()
