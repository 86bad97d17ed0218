"""The pages in a real browser: no request, no violation, nothing hostile runs, everything by keyboard, on paper, on a phone."""

from __future__ import annotations

import csv
import io
import json
import xml.etree.ElementTree as ET
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.thorough import more
from tests.visualizations.conftest import small_world
from tests.visualizations.hostile import HOSTILE
from tests.visualizations.invented import attacked, picture, projection
from visualizations.court_view import court_view
from visualizations.exchange_view import exchange_view
from visualizations.matrix import matrix
from visualizations.network import network_of
from visualizations.network_model import Chance
from visualizations.network_page import network_page
from visualizations.sheets import sheet_page
from visualizations.timeline import timeline

pytestmark = pytest.mark.browser
GLYPH = "M0-10 10 0 0 10-10 0Z"
LONG = max(HOSTILE, key=len)
"""Tested for the width of a page, not for what it runs."""
TOGETHER = " ".join(text for text in HOSTILE if text != LONG)
"""All hostile texts as one; by itself each is thorough, but for two that end a script and name what every object has."""
USUAL = (HOSTILE[1], HOSTILE[17], LONG)


class Visit:
    """One page open in the browser, with all that it asked for and complained of."""

    def __init__(self, page: Any) -> None:
        self.page = page
        self.requests: list[str] = []
        self.complaints: list[str] = []
        self.failures: list[str] = []
        page.on("requestfailed", lambda r: self.failures.append(r.failure or ""))
        page.on("request", lambda r: self.requests.append(r.url))
        page.on("console", lambda m: self.complaints.append(m.text))
        page.on("pageerror", lambda e: self.complaints.append(str(e)))

    def remote(self) -> list[str]:
        """Requests other than the file itself, and images that the page made of its own data."""
        return [r for r in self.requests if not r.startswith(("data:", "blob:"))][1:]

    def shown(self) -> list[str]:
        found: list[str] = self.page.evaluate("repgraph.view().nodes.map(n => n.thing)")
        return found


Opener = Callable[..., Visit]


@pytest.fixture
def visit(browser: Any, tmp_path: Path) -> Iterator[Opener]:
    """Opens a page's text as a file in a folder whose name has blanks and Cyrillic letters."""
    yield from _visits(browser, tmp_path)


@pytest.fixture(scope="module")
def searched(browser: Any, invented: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """One page for the tests that only type into its search."""
    for open_page in _visits(browser, tmp_path_factory.mktemp("searched")):
        yield open_page(invented).page


def _visits(browser: Any, folder: Path) -> Iterator[Opener]:
    contexts = []

    def open_page(text: str, *, at: str = "", width: int = 1280, height: int = 800, scripts: bool = True) -> Visit:
        path = folder / "папка с пробелом" / "сеть 1.html"
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8", newline="\n")
        context = browser.new_context(
            viewport={"width": width, "height": height}, java_script_enabled=scripts, reduced_motion="reduce",
            color_scheme="light",
        )  # fmt: skip
        contexts.append(context)
        visited = Visit(context.new_page())
        visited.page.goto(path.as_uri() + at)
        if scripts and 'id="graph"' in text:
            visited.page.wait_for_selector("html[data-ready=yes]", state="attached")
        return visited

    yield open_page
    for context in contexts:
        context.close()


@pytest.fixture(scope="module")
def invented() -> str:
    return network_page(picture())


@pytest.fixture(scope="module")
def sheets() -> dict[str, str]:
    world = small_world()
    return {
        "official": sheet_page(timeline(world, official="inv/judge")),
        "case": sheet_page(timeline(world, case="inv/c-ann", lang="ru")),
        "court": sheet_page(court_view(world, "inv/court")),
        "exchange": sheet_page(exchange_view(world, "inv/deal")),
        "matrix": sheet_page(matrix(world, min_matters=1)),
    }


def test_a_network_page_asks_for_nothing_and_breaks_no_policy(visit: Opener, invented: str) -> None:
    seen = visit(invented)
    seen.page.mouse.move(500, 400)
    seen.page.wait_for_timeout(100)
    assert seen.remote() == []
    assert seen.complaints == []


@pytest.mark.parametrize("name", ["official", "case", "court", "exchange", "matrix"])
def test_a_sheet_asks_for_nothing_and_breaks_no_policy(visit: Opener, sheets: dict[str, str], name: str) -> None:
    seen = visit(sheets[name])
    assert seen.remote() == []
    assert seen.complaints == []


def test_the_policy_holds_back_what_is_not_ours(visit: Opener, invented: str) -> None:
    """A script and an image slipped into the file are stopped by the browser: the policy is in force."""
    evil = "<script>window.pwned=1</script><img src='https://example.org/x.png'>"
    seen = visit(invented.replace("</footer>", evil + "</footer>"))
    assert seen.page.evaluate("window.pwned") is None
    assert seen.failures == ["csp"], "the image was asked for by the page and held back by the policy"
    assert any("Content Security Policy" in c for c in seen.complaints)


@pytest.mark.parametrize(
    "text", [pytest.param(TOGETHER, id="all"), HOSTILE[1], HOSTILE[17], *more(*(t for t in HOSTILE if t not in USUAL))]
)
def test_nothing_hostile_runs(visit: Opener, text: str) -> None:
    seen = visit(network_page(attacked(text)))
    page = seen.page
    for node in range(6):
        page.evaluate(f"repgraph.open({{ node: {node} }}, true)")
        for button in page.query_selector_all("#panel .value"):
            button.click()
        spot = page.evaluate(f"repgraph.network.canvasToDOM(repgraph.network.getPositions([{node}])[{node}])")
        box = page.query_selector("#graph").bounding_box()
        page.mouse.move(box["x"] + spot["x"], box["y"] + spot["y"])
    for edge in range(5):
        page.evaluate(f"repgraph.open({{ edge: {edge} }})")
    page.fill("#search", text[:60])
    page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    page.click("[data-view-button=table]")
    page.hover("#tables")
    assert page.evaluate("window.pwned") is None
    assert page.evaluate("document.querySelectorAll('img, iframe, object, embed').length") == 0
    assert (
        page.evaluate("[...document.querySelectorAll('*')].some(e => [...e.attributes].some(a => /^on/i.test(a.name)))")
        is False
    )
    assert page.evaluate("[...document.links].every(a => /^(https?:|file:)/.test(a.href))") is True
    assert page.evaluate(
        "[...document.links].filter(a => a.protocol !== 'file:').every(a => a.rel === 'noopener noreferrer')"
    )
    assert seen.remote() == []
    assert seen.complaints == []


@pytest.mark.parametrize(
    "text", [pytest.param(TOGETHER, id="all"), HOSTILE[7], *more(*(HOSTILE[n] for n in (0, 10, 13, 14)))]
)
def test_saved_files_of_hostile_text_are_sound(visit: Opener, text: str) -> None:
    page = visit(network_page(attacked(text))).page
    ET.fromstring(page.evaluate("files.svg(repgraph.view())"))
    ET.fromstring(page.evaluate("files.gexf(repgraph.view())"))
    for row in csv.reader(io.StringIO(page.evaluate("files.csv(repgraph.rows())").lstrip("\ufeff"))):
        assert not any(cell.lstrip(" \ufeff").startswith(("=", "+", "-", "@", "\t", "\r")) for cell in row)


def test_every_format_can_be_saved(visit: Opener, invented: str, tmp_path: Path) -> None:
    page = visit(invented).page
    for kind, start in (("png", b"\x89PNG"), ("svg", b"<svg"), ("csv", b"\xef\xbb\xbf"), ("gexf", b"<?xml")):
        with page.expect_download() as waiting:
            page.click(f"[data-save={kind}]")
        waiting.value.save_as(tmp_path / kind)
        assert (tmp_path / kind).read_bytes().startswith(start)
    assert GLYPH in (tmp_path / "svg").read_text(encoding="utf-8")


def test_positions_are_the_same_in_two_visits(visit: Opener, invented: str) -> None:
    first, second = (visit(invented).page.evaluate("JSON.stringify(repgraph.network.getPositions())") for _ in range(2))
    assert first == second


def test_physics_is_off(visit: Opener, invented: str) -> None:
    page = visit(invented).page
    assert page.evaluate("repgraph.network.physics.options.enabled") is False
    before = page.evaluate("JSON.stringify(repgraph.network.getPositions())")
    page.wait_for_timeout(300)
    assert page.evaluate("JSON.stringify(repgraph.network.getPositions())") == before


def test_the_summary_on_the_server_is_that_of_the_browser(visit: Opener, invented: str) -> None:
    with_scripts = visit(invented).page.inner_text("#count")
    assert visit(invented, scripts=False).page.inner_text("#count") == with_scripts


def test_the_legend_is_the_filter(visit: Opener, invented: str) -> None:
    seen = visit(invented)
    judges = {n.id for n in picture().nodes if n.kind == "judge"}
    assert judges & set(seen.shown())
    seen.page.uncheck("[data-kind=judge]")
    assert not judges & set(seen.shown())
    assert "show=" in seen.page.evaluate("location.hash")


def test_the_cut_can_be_moved(visit: Opener, invented: str) -> None:
    seen = visit(invented)
    before = set(seen.shown())
    seen.page.fill("#least", "1")
    more = set(seen.shown())
    assert before < more
    assert len(more) == len(picture().nodes)
    seen.page.fill("#least", "6")
    few = {n for n in seen.shown() if n.startswith("inv/o")}
    assert few == {n.id for n in picture().nodes if n.id.startswith("inv/o") and n.matters >= 6}


def test_years_places_and_listing_states_filter(visit: Opener, invented: str) -> None:
    seen = visit(invented)
    seen.page.select_option("#state", "listed")
    officials = {n for n in seen.shown() if n.startswith("inv/o")}
    assert officials == {n.id for n in picture().nodes if n.listed and n.matters > 1}
    seen.page.click("#reset")
    seen.page.select_option("#place", "Dolinsk")
    matters = {n for n in seen.shown() if n.startswith("inv/m")}
    assert matters <= {n.id for n in picture().nodes if "Dolinsk" in n.places}
    seen.page.click("#reset")
    seen.page.fill("#from", "2023")
    assert all(n.years and n.years[1] >= 2023 for n in picture().nodes if n.id in seen.shown() and n.kind == "matter")


@pytest.mark.parametrize(
    ("typed", "found"),
    [("Ручьев", "Ruchyov"), ("ruchev", "Ruchyov"), ("Rucheov", None), ("ЮРКОВ", "Yurkov"), ("jurkov", "Yurkov"),
     ("tsvetov", "Tsvetov"), ("Цветов Тимур", "Tsvetov"), ("заречн", "Zarechny"), ("qwrt", None), ("Шумилин", "Shumilin")],
)  # fmt: skip
def test_names_are_found_in_both_scripts(searched: Any, typed: str, found: str | None) -> None:
    searched.fill("#search", "")
    searched.fill("#search", typed)
    names = [e.inner_text() for e in searched.query_selector_all("#hits button")]
    if found is None:
        assert names == []
        assert searched.inner_text("#found") == "nothing found"
    else:
        assert names
        assert all(found in n for n in names)


def test_somebody_below_the_cut_is_shown_when_asked_for(visit: Opener, invented: str) -> None:
    rare = next(n for n in picture().nodes if not n.core)
    seen = visit(invented)
    assert rare.id not in seen.shown()
    seen.page.evaluate("id => repgraph.open({ node: repgraph.positions().findIndex(p => p[0] === id) }, true)", rare.id)
    assert rare.id in seen.shown()
    assert str(rare.name.en) in seen.page.inner_text("#panel")


def test_pressing_a_link_shows_the_source_with_page_words_and_copy(visit: Opener, invented: str) -> None:
    page = visit(invented).page
    page.evaluate("repgraph.open({ edge: 0 })")
    assert "page 3" in page.inner_text("#panel .evidence")
    assert "The verdict was read by the judge." in page.inner_text("#panel .evidence q")
    links = page.eval_on_selector_all("#panel .evidence a", "links => links.map(a => [a.href, a.rel])")
    assert links[0][0].startswith("https://example.org/")
    assert links[1][0].startswith("https://archive.example.org/")
    assert all(rel == "noopener noreferrer" for _, rel in links)


def test_pressing_a_value_shows_its_source(visit: Opener, invented: str) -> None:
    page = visit(invented).page
    page.click("#panel .list button")
    value = page.query_selector("#panel dd .value")
    value.click()
    assert value.get_attribute("aria-expanded") == "true"
    assert "Court register entry" in page.inner_text("#panel dd .evidence")
    value.click()
    assert page.query_selector("#panel dd .evidence") is None


def until(page: Any, sign: str) -> None:
    """Wait for an expression of the page to be true; its policy forbids Playwright's own `wait_for_function` to look twice."""
    for _ in range(500):
        if page.evaluate(sign):
            return
        page.wait_for_timeout(20)
    pytest.fail(f"in vain: {sign}")


def test_a_click_on_the_canvas_opens_a_node_and_a_link(visit: Opener, invented: str) -> None:
    page = visit(invented).page
    box = page.query_selector("#graph").bounding_box()
    spot = page.evaluate("repgraph.network.canvasToDOM(repgraph.network.getPositions([8])[8])")
    page.mouse.click(box["x"] + spot["x"], box["y"] + spot["y"])
    until(page, "repgraph.state.open !== null")
    assert page.evaluate("repgraph.state.open.node") == 8
    page.evaluate("repgraph.open(null)")
    middle = page.evaluate(
        "(() => { const e = repgraph.view().edges[3], m = { x: (e.a.x * 2 + e.b.x) / 3, y: (e.a.y * 2 + e.b.y) / 3 };"
        " return [e.id, repgraph.edgeAt(repgraph.network.canvasToDOM(m)).id, repgraph.network.canvasToDOM(m)]; })()"
    )
    page.mouse.click(box["x"] + middle[2]["x"], box["y"] + middle[2]["y"])
    until(page, "repgraph.state.open !== null")
    assert page.evaluate("repgraph.state.open.edge") == middle[1]


def test_colleagues_are_shown_against_chance_where_it_was_tested(visit: Opener, invented: str) -> None:
    page = visit(invented).page
    assert "by chance" in page.inner_text("#panel")
    untested = replace(picture(), chance={})
    assert "counted, not tested against chance" in visit(network_page(untested)).page.inner_text("#panel")
    shown = picture(officials=6, matters=40)
    every = replace(shown, chance={pair: Chance(n, n / 2, 2.0, 0.5) for pair, n in shown.shared.items()})
    assert "counted, not tested" not in visit(network_page(every)).page.inner_text("#panel"), "where each was tested"


def test_a_link_is_found_by_hovering_and_what_hides_it_takes_it_away(visit: Opener, invented: str) -> None:
    page = visit(invented).page
    spot = page.evaluate(
        "(() => { const e = repgraph.view().edges[3]; return { x: (e.a.x * 2 + e.b.x) / 3, y: (e.a.y * 2 + e.b.y) / 3 }; })()"
    )
    at = page.evaluate("spot => repgraph.network.canvasToDOM(spot)", spot)
    box = page.query_selector("#graph").bounding_box()
    page.mouse.move(box["x"] + at["x"], box["y"] + at["y"])
    page.wait_for_selector("#tip:not([hidden])")
    assert " — " in page.inner_text("#tip small")
    for box in page.query_selector_all("[data-kind]"):
        box.uncheck()
    assert page.evaluate("at => repgraph.edgeAt(at)", at) is None


def test_names_in_the_table_open_the_panel(visit: Opener, invented: str) -> None:
    page = visit(invented, at="#view=table").page
    page.click("#tables tbody tr .who button")
    assert page.is_visible("#panel .name")
    assert page.is_visible("#tables table")


def test_the_state_is_in_the_fragment_and_comes_back(visit: Opener, invented: str) -> None:
    first = visit(invented)
    first.page.uncheck("[data-kind=prosecutor]")
    first.page.fill("#least", "4")
    first.page.click("#panel .list button")
    first.page.click("[data-do=theme]")
    fragment = first.page.evaluate("location.hash")
    second = visit(invented, at=fragment)
    assert sorted(second.shown()) == sorted(first.shown())
    assert second.page.inner_text("#panel .name") == first.page.inner_text("#panel .name")
    assert second.page.evaluate("document.documentElement.dataset.theme") == "dark"
    assert second.page.input_value("#least") == "4"


@pytest.mark.parametrize(
    "fragment",
    [
        "#show=__proto__.x&least=1e9&from=-5&open=%00",
        "#open=nobody&link=99999&view=x",
        "#%",
        "#least=&weight=NaN&place=<b>",
    ],
)
def test_a_fragment_that_makes_no_sense_does_no_harm(visit: Opener, invented: str, fragment: str) -> None:
    seen = visit(invented, at=fragment)
    assert seen.complaints == []
    assert "Details" in seen.page.inner_text("#panel").title()


def test_the_keyboard_alone_reaches_everything(visit: Opener, invented: str) -> None:
    """Tab passes every control that can be seen; arrows walk the graph, Enter opens, Escape goes back."""
    page = visit(invented).page
    wanted = set(page.eval_on_selector_all(
        "button, select, input, summary, a[href], [tabindex='0']",
        """all => all.filter(e => e.checkVisibility({ visibilityProperty: true }) && getComputedStyle(e).display !== 'none')
        .map((e, i) => { e.dataset.walk = String(i); return e.dataset.walk; })""",
    ))  # fmt: skip
    reached = set()
    for _ in range(len(wanted) + 20):
        page.keyboard.press("Tab")
        reached.add(page.evaluate("document.activeElement.dataset.walk || ''"))
    assert wanted <= reached
    page.focus("#graph")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    assert page.evaluate("repgraph.state.open.node") is not None
    assert page.evaluate("document.activeElement.id") == "panel"
    assert page.inner_text("#spoken") != ""
    page.keyboard.press("Escape")
    assert page.evaluate("repgraph.state.open") is None
    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.id") == "search"
    page.keyboard.type("чалов")
    page.keyboard.press("Enter")
    assert "Chalov" in page.inner_text("#panel .name")


def test_without_scripts_picture_and_tables_are_there_and_no_dead_control(visit: Opener, invented: str) -> None:
    page = visit(invented, scripts=False).page
    assert page.is_visible("#still svg")
    assert page.is_visible("#tables table")
    assert not page.is_visible("header button")
    assert not page.is_visible("#filters")
    assert not page.is_visible("#graph")
    assert len(page.query_selector_all("#tables tbody tr")) > 100


def test_on_paper_there_is_a_drawing_and_the_tables_and_no_button(visit: Opener, invented: str) -> None:
    page = visit(invented).page
    page.uncheck("[data-kind=judge]")
    page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    page.emulate_media(media="print")
    assert page.is_visible("#still svg")
    assert GLYPH not in page.inner_html("#still"), "what is printed is what is shown"
    assert page.is_visible("#tables table")
    assert not page.is_visible("#graph canvas")
    assert not page.is_visible("header button")


def test_on_a_phone_nothing_runs_out_of_the_page(visit: Opener, invented: str, sheets: dict[str, str]) -> None:
    page = visit(invented, width=390, height=844).page
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert page.is_visible("#graph canvas")
    for text in sheets.values():
        assert visit(text, width=390, height=844).page.evaluate("document.documentElement.scrollWidth") <= 390


def test_a_network_of_pairs_is_cut_by_weight(visit: Opener) -> None:
    one = projection(60, 150)
    seen = visit(network_page(one))
    assert len(seen.page.evaluate("repgraph.view().edges")) == 150
    seen.page.fill("#weight", "2")
    assert len(seen.page.evaluate("repgraph.view().edges")) == sum(e.weight >= 2 for e in one.edges)


@pytest.mark.parametrize(
    ("view", "theme"),
    [("graph", "light"), ("table", "dark"), *more(("graph", "dark"), ("table", "light"))],
)
def test_axe_finds_nothing_serious_in_a_network_page(
    visit: Opener, invented: str, axe: str, view: str, theme: str
) -> None:
    page = visit(invented, at=f"#theme={theme}&view={view}&open=inv/o0000").page
    assert _violations(page, axe) == []


@pytest.mark.parametrize("theme", ["light", *more("dark")])
@pytest.mark.parametrize("name", ["official", "case", "court", "exchange", "matrix"])
def test_axe_finds_nothing_serious_in_a_sheet(
    visit: Opener, sheets: dict[str, str], axe: str, name: str, theme: str
) -> None:
    assert _violations(visit(sheets[name], at=f"#theme={theme}").page, axe) == []


def _violations(page: Any, axe: str) -> list[str]:
    page.evaluate(axe)
    found = json.loads(page.evaluate("axe.run().then(r => JSON.stringify(r.violations))"))
    return [
        f"{v['id']}: {v['nodes'][0]['html'][:120]} {v['nodes'][0].get('failureSummary', '')[:200]}"
        for v in found
        if v["impact"] in ("serious", "critical")
    ]


def test_the_shipped_network_opens_in_both_languages(visit: Opener, shipped: Any) -> None:
    one = network_of(shipped)
    for lang, word in (("en", "matters"), ("ru", "дел")):
        seen = visit(network_page(one, lang=lang))
        assert word in seen.page.inner_text("#count")
        assert seen.remote() == []
        assert seen.complaints == []
