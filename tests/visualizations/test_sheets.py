from __future__ import annotations

import xml.etree.ElementTree as ET
from collections.abc import Mapping, Sequence

import pytest

from graph.casebook import Casebook
from graph.errors import NotFound
from graph.exchange import exchange
from graph.officials import officials
from tests.visualizations.conftest import small_world
from tests.visualizations.hostile import HOSTILE
from visualizations.court_view import court_view
from visualizations.exchange_view import called_text, exchange_view, sides
from visualizations.marks import mark
from visualizations.matrix import matrix
from visualizations.sheets import Axis, Sheet, levels, sheet_page, sheet_svg
from visualizations.timeline import timeline

SVG = "{http://www.w3.org/2000/svg}"
Rows = Sequence[Mapping[str, str]]


def _all(world: Casebook, lang: str = "en") -> list[Sheet]:
    return [
        timeline(world, official="inv/judge", lang=lang), timeline(world, case="inv/c-ann", lang=lang),
        timeline(world, court="inv/court", lang=lang), court_view(world, "inv/court", lang=lang),
        exchange_view(world, "inv/deal", lang=lang), matrix(world, min_matters=1, lang=lang),
    ]  # fmt: skip


def _texts(sheet: Sheet) -> str:
    return " ".join(t or "" for t in ET.fromstring(sheet_svg(sheet)).itertext())


def _marks(sheet: Sheet, kind: str, which: int = 0) -> int:
    return sum(p.get("d") == mark(kind).path for p in ET.fromstring(sheet_svg(sheet, which)).iter(f"{SVG}path"))


@pytest.mark.parametrize("lang", ["en", "ru"])
def test_every_sheet_is_a_page_and_a_drawing(world: Casebook, lang: str) -> None:
    for sheet in _all(world, lang):
        page = sheet_page(sheet)
        assert page.startswith(f'<!doctype html>\n<html lang="{lang}"')
        assert page.count("<h1>") == 1
        assert sheet_page(sheet) == page
        ET.fromstring(sheet_svg(sheet))


def test_each_act_of_an_official_is_a_mark_and_a_line_with_its_source(world: Casebook) -> None:
    """Two terms on one day, one conviction without a term, and the same act under an allegation: four acts."""
    sheet = timeline(world, official="inv/judge")
    assert _marks(sheet, "custody") == 2
    assert _marks(sheet, "no_term") == 2
    assert len(sheet.tables[0].rows) == 4
    assert all('href="#r1"' in str(row[-1]) for row in sheet.tables[0].rows)
    assert "EU-2024-1485 2024-05-27" in _texts(sheet)


def test_terms_are_summed_over_what_counts(world: Casebook) -> None:
    assert ("12 y", "terms imposed together") in timeline(world, official="inv/judge").figures_in_short


def test_an_act_for_the_defendant_has_its_own_mark(world: Casebook) -> None:
    assert _marks(timeline(world, official="inv/kind"), "favourable") == 1


def test_a_date_known_to_the_year_is_drawn_as_a_stretch(world: Casebook) -> None:
    stretches = [
        e
        for e in ET.fromstring(sheet_svg(timeline(world, official="inv/judge"))).iter(f"{SVG}line")
        if e.get("class") == "wire"
    ]
    assert len(stretches) == 2, "the conviction of 2023 and its allegation"


def test_the_course_of_a_case_goes_from_arrest_to_exchange(world: Casebook) -> None:
    sheet = timeline(world, case="inv/c-ann")
    said = _texts(sheet)
    for word in ("Arrested", "trial at first instance", "Pavel Polyanin", "Dolinsk exchange"):
        assert word in said
    assert _marks(sheet, "exchange") == 2, "the lane's sign and the day"


def test_what_is_not_known_is_not_found_and_said(world: Casebook) -> None:
    with pytest.raises(NotFound, match="ask `who`"):
        timeline(world, official="inv/ann")
    with pytest.raises(NotFound, match="no case"):
        timeline(world, case="inv/nothing")
    with pytest.raises(NotFound, match="no exchange"):
        exchange_view(world, "inv/nothing")
    with pytest.raises(ValueError, match="one of"):
        timeline(world)


def test_a_court_shows_its_officials_and_articles_by_year(world: Casebook) -> None:
    sheet = court_view(world, "inv/court")
    assert [f.title for f in sheet.figures] == ["Officials over time", "Matters by year and article"]
    said = " ".join(t or "" for t in ET.fromstring(sheet_svg(sheet, 1)).itertext())
    assert "RU-CC 207.3" in said
    assert "RU-CC 318" in said
    assert sheet.figures_in_short[0] == ("2", "Matters")


def test_the_two_sides_follow_who_let_whom_go(world: Casebook) -> None:
    rows = exchange(world, ["inv/deal"], asked="").rows
    left, right, unknown = sides([r for r in rows if r["part"] == "released"])
    assert [[r["person"] for r in side] for side in (left, right, unknown)] == [["inv/ann"], ["inv/bob"], []] or [
        [r["person"] for r in side] for side in (left, right)
    ] == [["inv/bob"], ["inv/ann"]]


def test_several_parties_make_two_sides() -> None:
    rows = [
        {"person": p, "released_by": [a], "received_by": [b]}
        for p, a, b in (("1", "RU", "US"), ("2", "RU", "DE"), ("3", "BY", "DE"), ("4", "US", "RU"), ("5", "SI", "RU"))
    ]
    left, right, _ = sides([*rows, {"person": "6", "released_by": None, "received_by": None}])
    assert [r["person"] for r in left] == ["1", "2", "3"]
    assert [r["person"] for r in right] == ["4", "5"]


def test_what_somebody_is_called_comes_with_who_says_so(world: Casebook) -> None:
    ann = next(r for r in exchange(world, ["inv/deal"], asked="").rows if r["person"] == "inv/ann")
    assert called_text(ann, "en") == "political prisoner (Memorial)"


def test_those_asked_for_and_not_released_have_a_table_of_their_own(world: Casebook) -> None:
    sheet = exchange_view(world, "inv/deal")
    table = next(t for t in sheet.tables if t.title == "Named and not released")
    assert [row[0] for row in table.rows] == ["Sidor Gordin"]
    assert ("1", "Named and not released") in sheet.figures_in_short


def test_the_matrix_keeps_not_found_and_not_looked_apart(world: Casebook) -> None:
    """Two officials: one listed by one programme, one not found there; all other fields nobody looked at."""
    sheet = matrix(world, min_matters=1)
    rows = officials(world, min_matters=1).rows
    fields = len(rows) * len({(s["authority"], s["programme"]) for r in rows for s in r["listings"]})
    assert len(rows) == 2
    assert (_marks(sheet, "listed"), _marks(sheet, "not_found")) == (1, 1)
    assert _marks(sheet, "not_looked") == fields - 2
    assert "looked up and not found as of 2026-07-13" in " ".join(str(c) for row in sheet.tables[0].rows for c in row)


def test_no_cell_says_not_sanctioned(world: Casebook) -> None:
    assert not any("not sanctioned" in sheet_page(s).lower() for s in _all(world))


def test_a_minor_is_on_no_sheet_by_name() -> None:
    world = small_world(
        people=[{"person_id": "kid", "name": "Canary Kid", "birth_date": "2015-01-01"}],
        cases=[{"case_id": "c-kid", "person_id": "kid", "trial_id": "t1", "title": "Case of Canary Kid"}],
        exchange_participants=[{"exchange_id": "deal", "person_id": "kid", "released_by": "RU", "received_by": "US"}],
        exchange_mentions=[{"mention_id": "m9", "exchange_id": "deal", "person_id": "kid", "name": "Canary Kid", "kind": "asked_for",
                            "by": "US", "date": "2024-02-02", "quote": "Canary Kid must come home"}],
    )  # fmt: skip
    for sheet in [*_all(world), timeline(world, case="inv/c-kid")]:
        assert "Canary" not in sheet_page(sheet)
        assert "Canary" not in sheet_svg(sheet)
    assert "a minor (not named)" in sheet_page(exchange_view(world, "inv/deal"))


def test_what_is_internal_is_on_no_public_sheet() -> None:
    secret = {"visibility": "internal"}
    more: dict[str, Rows] = {
        "people": [{"person_id": "canary", "name": "Canary Secret", "category": "official", **secret}],
        "roles": [{"proceeding_id": "p-ann", "case_id": "c-ann", "person_id": "canary", "role": "judge", "basis": "stated", **secret}],
    }  # fmt: skip
    for with_secret, without in zip(_all(small_world("public", **more)), _all(small_world("public")), strict=True):
        assert sheet_page(with_secret) == sheet_page(without)


@pytest.mark.parametrize("text", [t for t in HOSTILE if "\x00" not in t])
def test_hostile_names_stay_text(text: str) -> None:
    clean = text.replace("\ud800", "").replace("\udfff", "") or "x"
    world = small_world(
        people=[{"person_id": "bad", "name": clean, "name_ru": clean, "category": "official"}],
        roles=[{"proceeding_id": "p-ann", "case_id": "c-ann", "person_id": "bad", "role": "judge", "basis": "stated", "note": clean}],
        sanctions=[{"person_id": "bad", "authority": "GB", "list_date": "2024-05-27", "reason_summary": clean}],
        exchange_participants=[{"exchange_id": "deal", "person_id": "bad", "released_by": clean.replace("|", ""), "received_by": "RU"}],
    )  # fmt: skip
    for sheet in [*_all(world), timeline(world, official="inv/bad")]:
        page = sheet_page(sheet)
        assert page.count("<script") == 2
        assert "<img" not in page
        assert 'href="javascript' not in page
        for which in range(len(sheet.figures)):
            root = ET.fromstring(sheet_svg(sheet, which))
            assert not list(root.iter(f"{SVG}script"))
            assert not any(k.lower().startswith("on") for e in root.iter() for k in e.attrib)


def test_an_axis_holds_whole_years() -> None:
    axis = Axis.over(["2021-05", None, "2023"], left=0, right=300)
    assert axis is not None
    assert (axis.first, axis.last) == (2021, 2024)
    assert axis.span("2023")[0] > 199
    assert Axis.over([None], left=0, right=1) is None


def test_flags_that_would_run_into_each_other_stand_on_levels() -> None:
    assert levels([(0, 100), (50, 100), (120, 10), (160, 5)]) == [0, 1, 0, 0]


def test_shipped_sheets_are_drawn(shipped: Casebook) -> None:
    for sheet in (
        timeline(shipped, official="cases-ru/lenskaya-elena"), exchange_view(shipped, "exchanges/ex-2024-08-01", lang="ru"),
        matrix(shipped), court_view(shipped, "cases-ru/basmanny-dc", lang="ru"),
    ):  # fmt: skip
        assert len(sheet_page(sheet)) < 300_000
        assert sheet.references


def test_a_life_sentence_is_a_term_in_custody_and_a_suspended_one_is_not() -> None:
    world = small_world(
        proceedings=[
            {"proceeding_id": "p-life", "case_id": "c-ann", "stage": "retrial", "decision_date": "2024-01-01", "outcome": "convicted",
             "sentence_kind": "life"},
            {"proceeding_id": "p-susp", "case_id": "c-bob", "stage": "retrial", "decision_date": "2024-02-01", "outcome": "convicted",
             "sentence_kind": "suspended", "sentence_months": "36"},
        ],
        people=[{"person_id": "late", "name": "Oleg Ruchyov", "category": "official"}],
        roles=[
            {"proceeding_id": p, "case_id": c, "person_id": "late", "role": "judge", "basis": "stated"}
            for p, c in (("p-life", "c-ann"), ("p-susp", "c-bob"))
        ],
    )  # fmt: skip
    sheet = timeline(world, official="inv/late")
    assert (_marks(sheet, "custody"), _marks(sheet, "no_term")) == (1, 1)
    assert "Ann Vyazova (life" in _texts(sheet)


def test_only_judges_impose_terms(world: Casebook) -> None:
    labels = [label for _, label in timeline(world, official="inv/prosecutor").figures_in_short]
    assert "terms in these cases together" in labels
    assert "terms imposed together" not in labels
