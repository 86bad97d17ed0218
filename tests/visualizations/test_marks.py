from __future__ import annotations

import xml.etree.ElementTree as ET

import pytest

from ontology import vocabulary
from visualizations.marks import kind_of_role, legend, mark, mark_css, mark_svg, marks

PAPER, DARK = "#fffefb", "#12151a"


def _luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    r, g, b = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts)
    return 0.2126 * r + 0.7152 * g + 0.0722 * b


def contrast(a: str, b: str) -> float:
    """WCAG 2.2 contrast ratio."""
    high, low = sorted((_luminance(a), _luminance(b)), reverse=True)
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("kind", list(marks()))
def test_marks_stand_out_on_both_themes(kind: str) -> None:
    assert contrast(mark(kind).light, PAPER) >= 3
    assert contrast(mark(kind).light, "#f7f6f2") >= 3
    assert contrast(mark(kind).dark, DARK) >= 3


def test_no_two_kinds_of_one_group_have_the_same_shape() -> None:
    for group in {m.group for m in marks().values()}:
        shapes = [m.path for m in marks().values() if m.group == group]
        assert len(set(shapes)) == len(shapes)


def test_kinds_that_stand_in_one_network_differ_in_shape() -> None:
    shapes = [m.path for m in marks().values() if m.group in ("official", "thing")]
    assert len(set(shapes)) == len(shapes)


def test_every_official_role_has_a_mark() -> None:
    kinds = {t: kind_of_role(t) for t, w in vocabulary("role").items() if w.more["official"] == "yes"}
    assert kinds["presiding_judge"] == "judge"
    assert kinds["expert_witness"] == "expert"
    assert set(kinds.values()) <= set(marks())


def test_every_listing_state_has_a_mark() -> None:
    assert {m.kind for m in marks().values() if m.group == "state"} == set(vocabulary("listing_state"))


def test_a_listed_mark_has_an_outline_and_another_has_none() -> None:
    assert "stroke" in mark_svg("judge", 0, 0, 8, listed=True)
    assert "stroke" not in mark_svg("judge", 0, 0, 8)


def test_a_mark_is_xml_whatever_its_tooltip_says() -> None:
    read = ET.fromstring(mark_svg("judge", 1.5, -2, 8, tip='"><script>&\x00\ud800'))
    assert "".join(read.itertext()).startswith('"><script>&')
    assert not [part for part in read.iter() if part.tag.endswith("script")]


def test_legend_and_style_rules_come_from_the_same_table() -> None:
    assert legend(["judge"], "ru").count(mark("judge").path) == 1
    assert all(f"--m-{kind}:" in mark_css() for kind in marks())


def test_an_unknown_kind_is_refused() -> None:
    with pytest.raises(LookupError, match=r"styles\.csv"):
        mark("executioner")
