"""A tiny invented dataset as files, and a workspace of it: what the tests of custody load, change and take back."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Mapping
from copy import deepcopy
from pathlib import Path
from typing import Any, TypeAlias

from graph.answers import Answer, as_json
from graph.asking import Moment, ask_about, recurring, sources_of
from graph.custody import verify
from graph.loading import Loaded, load
from graph.workspace import Workspace
from loaders import known_loaders, tables
from ontology import tables as all_tables

Tables: TypeAlias = dict[str, list[dict[str, str]]]

_PEOPLE = {
    "p1": "Pyotr Invented",
    "p2": "Pavel Invented",
    "p3": "Polina Invented",
    "j1": "Yulia Judge",
    "j2": "Yakov Judge",
}
_RUSSIAN = {
    "p1": "Пётр Выдуманный",
    "p2": "Павел Выдуманный",
    "p3": "Полина Выдуманная",
    "j1": "Юлия Судьина",
    "j2": "Яков Судьин",
}


def tiny() -> Tables:
    """Three cases in one court: p1 and p2 tried together by j1, p3 alone by j1 and on appeal by j2."""
    found: Tables = {
        "sources": [
            {"source_id": s, "url": f"https://press.example/{s}", "title": f"Report {s}", "publisher": f"Paper {s}", "lang": "en"}
            for s in ("s1", "s2")
        ],
        "people": [
            {"person_id": p, "name": name, "name_ru": _RUSSIAN[p], "source_ids": "s1",
             "category": "official" if p[0] == "j" else "political_prisoner"}
            for p, name in _PEOPLE.items()
        ],
        "bodies": [{"body_id": "court", "name": "Invented District Court", "kind": "court", "country": "RU", "source_ids": "s1"}],
        "cases": [
            {"case_id": f"c{n}", "person_id": f"p{n}", "trial_id": "t12" if n < 3 else "", "articles": "RU-CC 207.3(1)",
             "arrest_date": f"2022-0{n}", "title": f"Case {n}", "source_ids": "s1|s2"}
            for n in (1, 2, 3)
        ],
        "proceedings": [
            {"proceeding_id": f"v{n}", "case_id": f"c{n}", "stage": "first_instance", "body_id": "court", "outcome": "convicted",
             "decision_date": "2023-04-05", "sentence_months": str(12 * n), "source_ids": "s1"}
            for n in (1, 2, 3)
        ],
        "roles": [
            {"proceeding_id": f"v{n}", "case_id": f"c{n}", "person_id": "j1", "role": "presiding_judge", "body_id": "court",
             "basis": "stated", "source_ids": "s1"}
            for n in (1, 2, 3)
        ],
    }  # fmt: skip
    found["roles"].append(
        {
            "proceeding_id": "v3",
            "case_id": "c3",
            "person_id": "j2",
            "role": "judge",
            "basis": "stated",
            "source_ids": "s2",
        }
    )
    return found


def write(folder: Path, dataset: Mapping[str, Iterable[Mapping[str, str]]]) -> Path:
    """The same folder, with these tables in it and no others."""
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.glob("*.csv"):
        old.unlink()
    for name, rows in dataset.items():
        filled = list(rows)
        needed = [c.name for c in all_tables()[name].columns.values() if c.need in ("key", "required")]
        columns = list(dict.fromkeys([*needed, *(c for row in filled for c in row)]))
        with (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, columns, lineterminator="\n")
            writer.writeheader()
            writer.writerows(filled)
    return folder


def changed(dataset: Tables, table: str, row: int, **cells: str) -> Tables:
    """A copy in which one row has other cells."""
    copy = deepcopy(dataset)
    copy[table][row] |= cells
    return copy


def without(dataset: Tables, table: str, row: int) -> Tables:
    """A copy without one row."""
    copy = deepcopy(dataset)
    del copy[table][row]
    return copy


def take(
    workspace: Workspace, folder: Path, dataset: Tables, *, name: str = "tiny", accept_drop: bool = True
) -> Loaded:
    """Load these tables as (the next version of) a dataset."""
    return load(workspace, [write(folder, dataset)], tables, dataset=name, accept_drop=accept_drop)


def problems(workspace: Workspace, *, kept: str | None = None) -> list[str]:
    """What `verify` finds, in words."""
    return [row["what"] for row in verify(workspace, known_loaders(), kept=kept).rows]


def live(workspace: Workspace, at: int | None = None) -> set[tuple[str, str]]:
    """Record ids and versions that stand."""
    rows = workspace.rows(at)
    return {pair for name in all_tables() for pair in rows.table(name).select("record", "version").iter_rows()}


def record(workspace: Workspace, table: str, local: str) -> str:
    """The id of the record about `tiny/local`; the first where there are several."""
    found = workspace.rows().where(table, "thing", [f"tiny/{local}"])["record"].to_list()
    return str(found[0])


def content(workspace: Workspace, at: int | None = None) -> str:
    """What the questions answer, as one text."""
    place = Moment(workspace, at)
    asked: list[Answer] = [
        *(ask_about(place, "person", name) for name in ("Judge", "Invented")),
        ask_about(place, "case", "tiny/c1"),
        ask_about(place, "body", "Invented District Court"),
        recurring(place, {"min_matters": 1}),
        sources_of(place, "tiny/c1"),
        sources_of(place, "tiny/p1"),
    ]
    return "".join(as_json(answer) for answer in asked)


def lines(workspace: Workspace) -> list[dict[str, Any]]:
    """The manifest's lines as they stand in the file."""
    return [json.loads(line) for line in workspace.manifest.path.read_text(encoding="utf-8").splitlines()]
