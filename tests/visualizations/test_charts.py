"""Charts of the analyses: valid SVG, the same bytes, nothing hostile in them, PNG from the same marks."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from graph.analysis import ANALYSES
from graph.answers import Answer
from graph.casebook import Casebook
from graph.workspace import Workspace
from visualizations.charts import PLOTS, Chart, Mark, as_png, as_svg, plot, plotted, power_curve

SVG = "{http://www.w3.org/2000/svg}"
HOSTILE = "<script>alert(1)</script>\u202e\"'&$x$"


@pytest.fixture(scope="module")
def book(demo_workspace: Path) -> Casebook:
    return Workspace.open(demo_workspace).casebook()


def answer(name: str, book: Casebook) -> Answer:
    return ANALYSES[name].run(book, **({"drops": 3} if name == "structure" else {}))


def test_every_analysis_has_a_chart() -> None:
    assert set(PLOTS) == set(ANALYSES)


@pytest.mark.parametrize("name", PLOTS)
def test_the_chart_is_an_svg_that_parses_and_repeats(book: Casebook, name: str) -> None:
    found = answer(name, book)
    drawn = plot(found)
    root = ET.fromstring(drawn)
    assert root.tag == SVG + "svg"
    assert root.find(SVG + "title") is not None
    assert plot(found) == drawn
    assert b"http" not in drawn.replace(b"http://www.w3.org/2000/svg", b"")


@pytest.mark.parametrize("name", PLOTS)
def test_no_rows_are_drawn_as_words(name: str) -> None:
    columns = ("decisions",) if name == "none" else ()
    assert b"nothing to draw" in plot(Answer(name, {}, columns, []))


def test_names_are_escaped_and_never_reorder_the_page(book: Casebook) -> None:
    found = answer("gaps", book)
    rows = [{**row, "name": {"en": HOSTILE, "ru": None}} for row in found.rows[:3]]
    drawn = plot(replace(found, rows=rows)).decode()
    assert "<script" not in drawn
    assert "\u202e" not in drawn
    assert plot(replace(found, rows=rows), "png").startswith(b"\x89PNG")


def test_a_png_is_the_same_bytes_twice() -> None:
    chart = Chart(
        "t", 200, 100, [Mark("line", 0, 0, 50, 50), Mark("sign", 20, 20, sign="diamond"), Mark("text", 5, 90, text="a")]
    )
    assert as_png(chart) == as_png(chart)
    assert as_svg(chart).count("<polygon") == 1


def test_people_are_named_in_the_language_asked_for(book: Casebook) -> None:
    found = answer("gaps", book)
    row = {**found.rows[0], "name": {"en": "Latin", "ru": "Кириллица"}}
    assert "Кириллица" in plotted(replace(found, rows=[row]), ".svg", lang="ru").decode()
    assert "Latin" in plotted(replace(found, rows=[row]), ".svg").decode()


def test_a_chart_says_what_the_data_cover_and_that_not_all_is_drawn(book: Casebook) -> None:
    drawn = plot(answer("gaps", book)).decode()
    assert "at most 40 rows are drawn, of 150" in drawn
    assert ">known: 245 cases in 127 matters" in drawn


def test_another_form_is_refused() -> None:
    with pytest.raises(ValueError, match="drawn as svg or png, not gif"):
        plotted(Answer("gaps", {}, (), []), ".gif")


def test_the_power_curve_has_a_point_for_each_size() -> None:
    assert as_svg(power_curve([(5, 0.2), (15, 0.99)])).count("<circle") == 2
