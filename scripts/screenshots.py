"""The pictures of `docs/pictures`, taken of the shipped data's pages in Chromium. Run: `python -m scripts.screenshots`.

Look at each of them before committing: they are what a reader sees first.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

from playwright.sync_api import sync_playwright

from graph.asking import Moment
from graph.workspace import Workspace
from loaders.loading import load_paths
from loaders.shipped import paths
from visualizations import drawing

FOLDER = Path(__file__).resolve().parents[1] / "docs" / "pictures"
FLAGS = "--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking".split()


class Shot(NamedTuple):
    """A picture: its file, the page it shows, in which language, at which fragment, how wide and high."""

    name: str
    page: str
    lang: str = "en"
    at: str = ""
    width: int = 1440
    height: int = 900
    phone: bool = False
    paper: bool = False


SHOTS = (
    Shot("network-light", "network"),
    Shot("network-dark-ru", "network", "ru", "#theme=dark"),
    Shot("network-official", "official"),
    Shot("network-table", "network", at="#view=table"),
    Shot("network-exchange", "around"),
    Shot("network-phone", "network", width=390, height=844, phone=True),
    Shot("network-print", "network", width=1000, height=900, paper=True),
    Shot("exchange", "exchange", height=1300),
    Shot("matrix", "matrix", height=1000),
    Shot("court", "court", height=1000),
    Shot("timeline-dark", "timeline", at="#theme=dark", height=1000),
)


def main() -> None:
    """Take them all, or those named on the command line."""
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    if not chromium:
        sys.exit("there is no chromium here; install it to take pictures")
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        workspace = Workspace.create(Path(folder) / "workspace")
        load_paths(workspace.path, paths())
        pages = _pages(Workspace.open(workspace.path))
        browser = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        for shot in SHOTS:
            if len(sys.argv) < 2 or shot.name in sys.argv[1:]:
                file = Path(folder) / f"{shot.name}.html"
                file.write_text(pages[shot.page](shot.lang), encoding="utf-8", newline="\n")
                _take(browser, shot, file)
        browser.close()


def _pages(workspace: Workspace) -> dict[str, Callable[[str], str]]:
    """The pages by name, each a function of the language."""
    place = Moment(workspace)

    def page(function: Callable[..., str], *words: str, **given: Any) -> Callable[[str], str]:
        return lambda lang: function(place, workspace, ".html", *words, profile="public", lang=lang, **given)

    return {
        "network": page(drawing.network),
        "official": page(drawing.network, official="cases-ru/lenskaya-elena"),
        "around": page(drawing.network, exchange="2024-08-01"),
        "exchange": page(drawing.exchange_view, "2024-08-01"),
        "matrix": page(drawing.matrix),
        "court": page(drawing.court_view, "cases-ru/basmanny-dc"),
        "timeline": page(drawing.timeline, "cases-ru/lenskaya-elena", of=None),
    }


def _take(browser: Any, shot: Shot, file: Path) -> None:
    context = browser.new_context(
        viewport={"width": shot.width, "height": shot.height}, color_scheme="light", reduced_motion="reduce",
        is_mobile=shot.phone, has_touch=shot.phone, device_scale_factor=2 if shot.phone else 1,
    )  # fmt: skip
    page = context.new_page()
    page.goto(file.as_uri() + shot.at)
    if "network" in page.evaluate("document.body.className"):
        page.wait_for_selector("html[data-ready=yes]", state="attached")
    if shot.paper:
        page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
        page.emulate_media(media="print")
    page.wait_for_timeout(300)
    page.screenshot(path=FOLDER / f"{shot.name}.png", timeout=120_000)
    context.close()
    print(f"{shot.name}.png")


if __name__ == "__main__":
    main()
