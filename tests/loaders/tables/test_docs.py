"""docs/tables.md shows tables that are read and messages that are given."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

from graph.errors import Problem
from graph.reading import Original
from loaders.tables.judgements import COLUMNS, read_judgements
from ontology import UNSOURCED, tables

if TYPE_CHECKING:
    from tests.loaders.conftest import Read

PAGE = (Path(__file__).parents[3] / "docs" / "tables.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"```csv\n(.*?)```", PAGE, re.DOTALL)


def test_the_example_dataset_is_read_without_a_fault(read: Read) -> None:
    names = ["sources", "people", "cases", "proceedings", "roles"]

    records, problems = read({f"{name}.csv": text for name, text in zip(names, EXAMPLES, strict=False)})

    assert problems == []
    assert [r.table for r in records] == ["sources", "people", "people", "cases", "proceedings", "roles"]


def test_the_example_judgement_is_read_without_a_fault(tmp_path: Path) -> None:
    path = tmp_path / "judgements.csv"
    path.write_text(EXAMPLES[5], encoding="utf-8")
    problems: list[Problem] = []

    assert [j.verdict for j in read_judgements(Original(path.name, path, ""), problems)] == ["unsure"]
    assert problems == []
    assert f"`{','.join(COLUMNS)}`" in PAGE


def test_every_table_stands_in_the_page_with_its_key() -> None:
    said = dict(re.findall(r"^\| `(\w+)` \| .* \| (.*) \|$", PAGE, re.MULTILINE))

    assert {name: key.replace(" or ", ", ").split(", ") for name, key in said.items()} == {
        name: list(spec.key) for name, spec in tables().items()
    }
    assert all(f"`{name}`" in PAGE for name in UNSOURCED)


def test_the_messages_on_the_page_are_those_that_are_given(read: Read) -> None:
    _, problems = read({
        "people.csv": "person_id,birth_date,source_ids\np1,16.02.2021,s1\n",
        "roles.csv": "case_id,person_id,role,source_ids\nc1,p1,палач,s1\n",
        "other.tsv": "x",
    })  # fmt: skip

    for problem in problems[:2]:
        assert str(problem).partition(": ")[2] in PAGE
