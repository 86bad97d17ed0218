from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import xml.etree.ElementTree as ET
from dataclasses import replace
from pathlib import Path

import pytest

from graph.casebook import Casebook
from tests.visualizations.hostile import HOSTILE
from tests.visualizations.invented import attacked, picture
from visualizations.gexf import network_gexf
from visualizations.network import network_of
from visualizations.network_page import network_page, positions
from visualizations.network_svg import network_svg

ROOT = Path(__file__).resolve().parents[2]
SVG = "{http://www.w3.org/2000/svg}"
GEXF = "{http://gexf.net/1.3}"
SCRIPT = """
import sys, hashlib
from tests.visualizations.invented import picture
from visualizations.gexf import network_gexf
from visualizations.network_page import network_page, positions
p = picture()
for text in (network_page(p, lang="ru", seed=3), network_gexf(p, positions(p, seed=3))):
    print(hashlib.sha256(text.encode()).hexdigest())
"""


def test_the_same_picture_and_seed_give_the_same_bytes_in_any_process() -> None:
    runs = [
        subprocess.run(
            [sys.executable, "-c", SCRIPT], cwd=ROOT, capture_output=True, check=True,
            env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": str(ROOT), "LC_ALL": "C", "PYTHONUTF8": "0"},
        ).stdout
        for seed in ("0", "99")
    ]  # fmt: skip
    assert runs[0] == runs[1]


def test_the_order_of_nodes_and_links_does_not_matter() -> None:
    one = picture()
    other = replace(one, nodes=one.nodes[::-1], edges=one.edges[::-1])
    assert network_page(one) == network_page(other)


def test_another_seed_gives_another_layout() -> None:
    assert positions(picture(), seed=1) != positions(picture(), seed=2)


def test_no_page_loads_anything() -> None:
    page = network_page(picture())
    without_library = re.sub(r"<script>.*?</script>", "", page, flags=re.DOTALL)
    assert not re.search(r"<script[^>]+src", page)
    for sign in ("<link", "@import", "url(", "srcset", "<iframe", "<object", "<embed"):
        assert sign not in without_library
    assert 'src="' not in without_library


def test_templates_never_mark_data_as_safe_and_escape_by_themselves() -> None:
    for path in sorted((ROOT / "visualizations" / "static").glob("*.j2")):
        text = path.read_text(encoding="utf-8")
        assert "|safe" not in text.replace(" ", "")
        assert "autoescape" not in text


def test_a_page_has_one_heading_a_language_a_title_and_a_policy() -> None:
    page = network_page(picture(), lang="ru")
    assert page.startswith('<!doctype html>\n<html lang="ru"')
    assert page.count("<h1>") == 1
    assert re.search(r"<title>[^<]+</title>", page)
    policy = re.search(r'Content-Security-Policy" content="([^"]+)"', page)
    assert policy
    assert policy[1].startswith("default-src 'none'; script-src 'sha256-")
    assert "unsafe-eval" not in policy[1]


def test_the_table_has_every_official() -> None:
    one = picture()
    page = network_page(one)
    names = [n.name.en for n in one.nodes if n.kind in ("judge", "prosecutor", "investigator")]
    rows = re.findall(r'<span class="who">([^<]+)</span>', page)
    assert sorted(n for n in names if n) == sorted(r for r in rows if not r.endswith(" matter"))


def test_the_footer_says_what_the_page_rests_on() -> None:
    page = network_page(picture(), seed=7)
    foot = page[page.index('<footer class="foot">') :]
    for said in (
        "3f2a3f2a3f2a3f2a",
        "2025-02-14",
        "seed 7",
        "not a finding of guilt",
        "roles that do not count by their basis: 3",
    ):
        assert said in foot


def test_no_library_date_path_or_host_gets_into_a_file(shipped: Casebook) -> None:
    one = network_of(shipped)
    places = positions(one)
    for text in (network_page(one), network_svg(one, places), network_gexf(one, places)):
        for secret in (str(ROOT), str(Path.home()) + "/", "lastmodifieddate", "NetworkX"):
            assert secret not in text


def test_a_page_does_not_depend_on_user_or_host() -> None:
    """The same bytes under another user, host name, home and time zone: nothing of them can be inside."""
    runs = [
        subprocess.run(
            [sys.executable, "-c", SCRIPT], cwd=ROOT, capture_output=True, check=True,
            env={**os.environ, "PYTHONPATH": str(ROOT), "USER": who, "LOGNAME": who, "HOSTNAME": who, "TZ": zone},
        ).stdout
        for who, zone in (("canary-one", "UTC"), ("canary-two", "Asia/Vladivostok"))
    ]  # fmt: skip
    assert runs[0] == runs[1]


def test_the_picture_is_not_changed_by_drawing_it() -> None:
    one, same = picture(), picture()
    network_page(one)
    network_gexf(one, positions(one))
    assert one == same


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_leaves_svg_and_gexf_well_formed(text: str) -> None:
    one = attacked(text)
    places = positions(one)
    for lang in ("en", "ru"):
        root = ET.fromstring(network_svg(one, places, lang=lang))
        assert not list(root.iter(f"{SVG}script"))
    root = ET.fromstring(network_gexf(one, places))
    assert len(list(root.iter(f"{GEXF}node"))) == len(one.nodes)


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_adds_no_script_to_a_page(text: str) -> None:
    page = network_page(attacked(text))
    assert page.count("<script") == network_page(attacked("plain")).count("<script")
    assert page.count('http-equiv="Content-Security-Policy"') == 1
    page.encode("utf-8")
    for block in re.findall(r'<script type="application/json" id="\w+">(.*?)</script>', page, re.DOTALL):
        json.loads(block)


def test_parallel_links_survive_in_every_file() -> None:
    one = picture()
    places = positions(one)
    root = ET.fromstring(network_gexf(one, places))
    assert len(list(root.iter(f"{GEXF}edge"))) == len(one.edges)
    edges = json.loads(re.search(r'id="edges">(.*?)</script>', network_page(one), re.DOTALL)[1])  # type: ignore[index]
    assert len(edges) == len(one.edges)
    assert sum("smooth" in e for e in edges) == 1


def test_gexf_carries_our_positions_colours_and_sizes() -> None:
    one = picture()
    places = positions(one)
    node = next(ET.fromstring(network_gexf(one, places)).iter(f"{GEXF}node"))
    viz = "{http://gexf.net/1.3/viz}"
    x, y = places[node.attrib["id"]]
    position = node.find(f"{viz}position")
    assert position is not None
    assert (position.attrib["x"], position.attrib["y"]) == (str(x), str(-y))
    assert node.find(f"{viz}color") is not None
    assert node.find(f"{viz}size") is not None


def test_two_hundred_nodes_fit_into_nine_tenths_of_a_megabyte() -> None:
    one = picture(officials=60, matters=140)
    assert len(one.nodes) >= 190
    assert len(network_page(one).encode()) <= 900_000


def test_pages_can_be_written_where_the_path_is_not_plain(tmp_path: Path) -> None:
    path = tmp_path / "папка с пробелом" / "сеть.html"
    path.parent.mkdir()
    path.write_text(network_page(picture()), encoding="utf-8", newline="\n")
    assert path.stat().st_size > 500_000
