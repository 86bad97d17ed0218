"""Network pages against what pyvis makes by itself: file, time to the first picture, frames while panning, memory.

Run: `python -m benchmarks.pictures [--big]`. Each line is one page in a fresh Chromium without a GPU; "ready" is the
time from opening the file to the first drawn frame (for pyvis: to the end of stabilisation, at most `PATIENCE`
seconds). `--big` adds 5,000 officials with 36,000 links.
"""

from __future__ import annotations

import argparse
import os
import platform
import shutil
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playwright.sync_api import sync_playwright

from graph.workspace import Workspace
from loaders.loading import load_paths
from loaders.shipped import paths
from tests.visualizations.invented import picture, projection
from visualizations.network import network_of
from visualizations.network_model import NetworkPicture
from visualizations.network_page import network_page

FLAGS = (
    "--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync"
).split()
PATIENCE = 120.0
# Budgets of the design: bytes, seconds, frames a second, MB of the renderer.
BUDGETS = {
    "200 nodes": (900_000, 0.5, 60, 150),
    "2,000 / 14k": (2_500_000, 1.0, 45, 350),
    "5,000 / 36k": (5_000_000, 2.0, 20, 500),
}


@dataclass(frozen=True, slots=True)
class Figures:
    """What was measured of one page. `ready` is None where patience ended first."""

    made: float
    size: int
    ready: float | None
    frames: float | None
    memory: float


def main() -> None:
    """Print one table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--big", action="store_true", help="also 5,000 officials with 36,000 links")
    parser.add_argument("--patience", type=float, default=PATIENCE)
    options = parser.parse_args()
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    if not chromium:
        sys.exit("there is no chromium here; install it to measure the pages")
    print(
        f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}, load {os.getloadavg()[0]:.1f}, no GPU"
    )
    print(f"{'page':<24}{'made s':>8}{'MB':>7}{'ready s':>9}{'pan fps':>9}{'RAM MB':>8}   against pyvis")
    worlds = {
        "shipped data": _shipped(),
        "200 nodes": picture(officials=60, matters=140),
        "500 / 3.3k": projection(500, 3300),
        "2,000 / 14k": projection(2000, 14000),
    }
    if options.big:
        worlds["5,000 / 36k"] = projection(5000, 36000)
    kept: list[bool] = []
    for name, world in worlds.items():
        ours = _measure(chromium, _ours(world), ours=True, patience=options.patience)
        plain = None
        if len(world.nodes) <= 2000:
            plain = _measure(chromium, _pyvis(world), ours=False, patience=options.patience)
            _line(f"pyvis   {name}", plain, "")
        _line(f"repgraph {name}", ours, _ratio(ours, plain, options.patience))
        kept.append(_kept(name, ours))
    if not all(kept):
        sys.exit("a page takes more than twice a budget; on a busy machine, look at the ratios")


def _shipped() -> NetworkPicture:
    """The network of the two shipped datasets, as `repgraph demo` draws it."""
    with tempfile.TemporaryDirectory() as folder:
        load_paths(Path(folder) / "workspace", paths())
        return network_of(Workspace.open(Path(folder) / "workspace").casebook(profile="public"))


def _ours(world: NetworkPicture) -> tuple[str, float]:
    start = time.perf_counter()
    text = network_page(world)
    return text, time.perf_counter() - start


def _pyvis(world: NetworkPicture) -> tuple[str, float]:
    """The page that pyvis makes with its default settings and everything inline."""
    from pyvis.network import Network

    start = time.perf_counter()
    net: Any = Network(cdn_resources="in_line", height="800px", width="100%")
    for node in world.nodes:
        net.add_node(node.id, label=node.name.first("en"), size=5 + node.matters)
    # set directly: add_edge is quadratic, and the comparison is of pages
    net.edges = [{"from": e.source, "to": e.target} for e in world.edges]
    text = str(net.generate_html())
    hook = "<script>network.once('stabilizationIterationsDone',()=>{network.once('afterDrawing',()=>{window.drawn=performance.now()})});</script>"
    return text.replace("drawGraph();", "drawGraph(); window.network=network;").replace(
        "</body>", hook + "</body>"
    ), time.perf_counter() - start


def _measure(chromium: str, made: tuple[str, float], *, ours: bool, patience: float) -> Figures:
    text, seconds = made
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        path = Path(folder) / "page.html"
        path.write_text(text, encoding="utf-8", newline="\n")
        browser = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        page = browser.new_page(viewport={"width": 1280, "height": 800})
        page.route("http*://**", lambda route: route.abort())
        page.goto(path.as_uri(), wait_until="load" if ours else "commit")
        ready: float | None = None
        try:
            if ours:  # the policy of our pages lets nobody wait for an expression
                page.wait_for_selector("html[data-ready=yes]", state="attached", timeout=patience * 1000)
            else:
                page.wait_for_function("window.drawn", timeout=patience * 1000)
            ready = (
                page.evaluate("performance.getEntriesByName('ready')[0].startTime" if ours else "window.drawn") / 1000
            )
        except Exception as error:  # noqa: BLE001 - whatever the driver calls its end of patience
            print(f"  no picture after {patience:.0f} s ({str(error).splitlines()[0]})")
        frames = _frames(page, "#graph" if ours else "#mynetwork") if ready is not None else None
        memory = _memory(browser)
        browser.close()
    return Figures(seconds, len(text.encode()), ready, frames, memory)


def _frames(page: Any, where: str) -> float:
    """Frames a second while the picture is dragged for two seconds."""
    box = page.query_selector(where).bounding_box()
    x, y = box["x"] + 40, box["y"] + 40
    page.mouse.move(x, y)
    page.mouse.down()
    page.evaluate(
        "window.n=0; window.go=true; window.t0=performance.now(); (function f(){ if(go){ n++; requestAnimationFrame(f);} })()"
    )
    end = time.perf_counter() + 2
    step = 0
    while time.perf_counter() < end:
        step += 1
        page.mouse.move(x + 120 * ((step % 20) / 20), y + 60 * ((step % 13) / 13))
    found: float = page.evaluate("(() => { go=false; return n * 1000 / (performance.now() - t0); })()")
    page.mouse.up()
    return found


def _memory(browser: Any) -> float:
    """Memory of the largest renderer, in MB: what is shared with other processes counts in part (PSS)."""
    del browser
    most = 0.0
    for status in Path("/proc").glob("[0-9]*/status"):
        try:
            command = (status.parent / "cmdline").read_bytes()
            if b"--type=renderer" in command:
                rollup = (status.parent / "smaps_rollup").read_text()
                line = next(s for s in rollup.splitlines() if s.startswith("Pss:"))
                most = max(most, int(line.split()[1]) / 1024)
        except (OSError, StopIteration):
            continue
    return most


def _line(name: str, figures: Figures, more: str) -> None:
    ready = f"{figures.ready:.2f}" if figures.ready is not None else "never"
    frames = f"{figures.frames:.0f}" if figures.frames is not None else "-"
    print(
        f"{name:<24}{figures.made:>8.2f}{figures.size / 1e6:>7.2f}{ready:>9}{frames:>9}{figures.memory:>8.0f}   {more}"
    )


def _ratio(ours: Figures, plain: Figures | None, patience: float) -> str:
    if plain is None or ours.ready is None:
        return "not measured"
    sign, other = ("", plain.ready) if plain.ready is not None else ("> ", patience)
    return f"ready {sign}{other / ours.ready:.0f} x sooner"


def _kept(name: str, figures: Figures) -> bool:
    """Whether a page keeps within twice its budgets; what is over a budget is said."""
    if name not in BUDGETS:
        return True
    if figures.ready is None:
        return False
    size, ready, frames, memory = BUDGETS[name]
    over = {
        "file": figures.size / size, "ready": figures.ready / ready, "fps": frames / max(figures.frames or 0.1, 0.1),
        "memory": figures.memory / memory,
    }  # fmt: skip
    for what, ratio in over.items():
        if ratio > 1:
            print(f"  {what}: {ratio:.2f} x the budget")
    return max(over.values()) <= 2


if __name__ == "__main__":
    main()
