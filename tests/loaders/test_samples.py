"""Each loader has a sample and, written by hand, what it gives."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from graph.errors import Problem
from graph.reading import Original
from loaders import BUILT_IN

HERE = Path(__file__).parent


@pytest.mark.parametrize("loader", BUILT_IN, ids=lambda loader: str(loader.NAME))
def test_a_sample_gives_what_is_expected(loader: object) -> None:
    name = str(getattr(loader, "NAME"))  # noqa: B009 - a loader is a module, which parametrize hands on as an object
    folder = HERE / name
    found = next(iter(folder.glob("sample*")), None)
    assert found is not None, f"{folder} has no sample"
    reader = next(each for each in BUILT_IN if name == each.NAME)
    problems: list[Problem] = []

    files = [Original(p.name, p, "the-hash") for p in reader.files(found)]
    records = list(reader.read(files, "invented", problems))

    assert problems == []
    assert [{"table": r.table, "row": r.row, "cells": json.loads(json.dumps(r.cells))} for r in records] == json.loads(
        (folder / "expected.json").read_text(encoding="utf-8")
    )
    assert {(r.dataset, r.file) for r in records} == {("invented", "the-hash")}
