"""The report: one page, no request, every table with its sources, no child's name."""

from __future__ import annotations

from pathlib import Path

import pytest

from graph.casebook import Casebook
from graph.workspace import Workspace
from visualizations.report import opened, report, report_sheet


@pytest.fixture(scope="module")
def book(demo_workspace: Path) -> Casebook:
    return Workspace.open(demo_workspace).casebook(profile="public")


def test_the_report_is_one_page_with_a_policy_and_the_same_bytes(book: Casebook) -> None:
    page = report(book)
    assert page == report(book)
    assert page.startswith("<!doctype html>")
    assert "Content-Security-Policy" in page
    assert 'src="http' not in page


def test_tables_cite_sources_that_are_listed(book: Casebook) -> None:
    sheet = report_sheet(book)
    assert sheet.tables[0].title == "Patterns against chance"
    assert len(sheet.references) > 100
    assert all(ref.url for ref in sheet.references)


def test_the_report_speaks_russian(book: Casebook) -> None:
    sheet = report_sheet(book, lang="ru")
    assert sheet.title == "Что найдено"
    assert any("Менделеева" in str(cell) for table in sheet.tables for row in table.rows for cell in row)


def test_a_number_opens_to_what_it_counts() -> None:
    assert opened(2, ["a", "<b>"]) == "<details><summary>2</summary><ul><li>a</li><li>&lt;b&gt;</li></ul></details>"
    assert opened(0, []) == "0"


def test_what_the_data_cannot_say_is_on_the_page(book: Casebook) -> None:
    page = report(book)
    assert "uneven is not chosen" in page
    assert "not looked up is not not listed" in page


def test_readers_see_names_where_numbers_open(book: Casebook) -> None:
    page = report(book)
    assert "court Basmanny District Court (with" in page
    assert "Volodymyr Balukh" in page
    assert '<a href="#table-2">' in page  # a count at the top leads to its rows
    opened_matters = str(report_sheet(book).tables[1].rows[0][3])
    assert "(cases-ru/belotserkovskaya-c)" in opened_matters
    assert "Veronika Belotserkovskaya" in opened_matters
