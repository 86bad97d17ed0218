"""A child carries no name, and no message shows one."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest

from graph.children import NAMES, is_child
from graph.records import Cell

if TYPE_CHECKING:
    from tests.loaders.conftest import Read

SECRET = "Canaria"


@pytest.mark.parametrize(
    ("person", "child"),
    [
        ({}, False),
        ({"category": "minor_family_member"}, True),
        ({"category": "minor_family_member", "birth_year": 1970}, True),
        ({"birth_date": "2008-11-22"}, False),
        ({"birth_date": "2008-11-23"}, False),
        ({"birth_date": "2008-11-24"}, True),
        ({"birth_date": "2008-10"}, False),
        ({"birth_date": "2008-11"}, True),
        ({"birth_date": "2008"}, True),
        ({"birth_date": "2008-03-01", "birth_year": 2008}, False),
        ({"birth_year": 2007}, False),
        ({"birth_year": 2008}, True),
        ({"birth_year": 2015}, True),
        ({"birth_date": "2030-01-01"}, True),
    ],
)
def test_who_may_be_under_18_today_is_a_child(person: dict[str, Cell], child: bool) -> None:
    assert is_child(person, date(2026, 11, 23)) is child


def test_who_was_born_on_a_leap_day_is_of_age_on_the_first_of_march() -> None:
    born: dict[str, Cell] = {"birth_date": "2008-02-29"}

    assert [is_child(born, date(2026, m, d)) for m, d in ((2, 28), (3, 1))] == [True, False]


@pytest.mark.parametrize("column", NAMES)
@pytest.mark.parametrize("age", ["category,minor_family_member", "birth_date,2015-01-01", "birth_year,2015"])
def test_a_childs_name_is_refused_and_goes_no_further(read: Read, column: str, age: str) -> None:
    says_age, value = age.split(",")

    records, problems = read({"people.csv": f"person_id,{column},{says_age},source_ids\np1,{SECRET},{value},s1\n"})

    assert [(p.row, p.column, p.value) for p in problems] == [(2, column, None)]
    assert "blank the names" in problems[0].remedy
    assert SECRET not in f"{problems}{[str(p) for p in problems]}{records}"
    assert records[0].key == ("p1",)


def test_a_child_without_a_name_is_read(read: Read) -> None:
    records, problems = read({"people.csv": "person_id,name,category,source_ids\np1,,minor_family_member,s1\n"})

    assert (len(records), problems) == (1, [])


@pytest.mark.parametrize(
    ("says_age", "value"),
    [("category", "minor_famly_member"), ("birth_date", "01.02.2015"), ("birth_year", "15"), ("birth_year", "2015")],
)
def test_no_message_shows_a_name_where_the_row_may_be_a_childs(read: Read, says_age: str, value: str) -> None:
    header = f"person_id,name,aliases,note,{says_age},sex,source_ids\n"
    row = f'{SECRET}\x07,"{SECRET}\nx","{SECRET}||a","{SECRET}\x07",{value},q,{SECRET}|\x07\n'

    _, problems = read({"people.csv": header + row})

    assert {p.column for p in problems} >= {"person_id", "name", "aliases", "note", "sex", "source_ids"}
    assert next(p.value for p in problems if p.column == "sex") == "q"
    assert SECRET not in f"{problems}{[str(p) for p in problems]}"


def test_a_row_that_slipped_is_not_quoted(read: Read) -> None:
    _, problems = read({"people.csv": f"person_id,category,source_ids\np1,minor_family_member,s1,{SECRET}\n"})

    assert SECRET not in f"{problems}"


def test_somebody_who_grew_up_is_named(read: Read) -> None:
    records, problems = read({"people.csv": "person_id,name,birth_date,source_ids\np1,Anna,2008-11-23,s1\n"})

    assert problems == []
    assert records[0].cells["name"] == "Anna"


def test_a_file_without_a_header_is_not_quoted(read: Read) -> None:
    _, problems = read({"people.csv": f"p1,{SECRET},2015\n"})

    assert ["has no header" in p.remedy for p in problems] == [True]
    assert SECRET not in f"{problems}"
