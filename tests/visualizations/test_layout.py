from __future__ import annotations

import os
import random
import subprocess
import sys
from pathlib import Path

from tests.visualizations.invented import picture
from visualizations.kept_layouts import kept_positions
from visualizations.layout import Box, arrange

ROOT = Path(__file__).resolve().parents[2]
SCRIPT = """
import random
from visualizations.layout import Box, arrange
rng = random.Random(1)
boxes = [Box(f"n{i}", 60, 30, i % 3) for i in range(150)]
links = [(f"n{rng.randrange(150)}", f"n{rng.randrange(150)}") for _ in range(220)]
print(sorted(arrange(boxes, links, seed=4).items()))
"""


def _boxes(count: int, tier: int = 0) -> list[Box]:
    return [Box(f"n{i:03}", 60, 30, tier) for i in range(count)]


def _overlaps(places: dict[str, tuple[int, int]], boxes: list[Box]) -> int:
    found = 0
    for i, a in enumerate(boxes):
        for b in boxes[i + 1 :]:
            (ax, ay), (bx, by) = places[a.id], places[b.id]
            found += abs(ax - bx) < (a.width + b.width) / 2 - 2 and abs(ay - by) < (a.height + b.height) / 2 - 2
    return found


def test_the_same_seed_gives_the_same_places_in_any_process() -> None:
    runs = [
        subprocess.run(
            [sys.executable, "-c", SCRIPT], cwd=ROOT, capture_output=True, check=True,
            env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": str(ROOT)},
        ).stdout
        for seed in ("0", "1234")
    ]  # fmt: skip
    assert runs[0] == runs[1]


def test_the_order_of_boxes_and_links_does_not_matter() -> None:
    links = [("n000", f"n{i:03}") for i in range(1, 30)] + [("n001", "n002"), ("n005", "n009")]
    mixed = list(links)
    random.Random(2).shuffle(mixed)
    first = arrange(_boxes(30), links, seed=1)
    assert first == arrange(_boxes(30)[::-1], [(b, a) for a, b in mixed], seed=1)


def test_the_callers_random_numbers_are_left_alone() -> None:
    random.seed(8)
    expected = random.random()
    random.seed(8)
    arrange(_boxes(30), [("n000", "n001"), ("n001", "n002"), ("n002", "n003")], seed=1)
    assert random.random() == expected


def test_boxes_hardly_overlap() -> None:
    rng = random.Random(6)
    boxes = _boxes(90)
    links = [(f"n{rng.randrange(90):03}", f"n{rng.randrange(90):03}") for _ in range(110)]
    assert _overlaps(arrange(boxes, links, seed=3), boxes) <= 3


def test_lonely_boxes_do_not_shrink_the_rest() -> None:
    """A dense core of 30 and 40 isolates: the core keeps at least a fifth of the picture's width."""
    links = [(f"n{i:03}", f"n{j:03}") for i in range(30) for j in range(i + 1, 30) if (i * j) % 7 == 1]
    places = arrange(_boxes(70), links, seed=1)
    core = [places[f"n{i:03}"][0] for i in range(30)]
    every = [x for x, _ in places.values()]
    assert max(core) - min(core) >= (max(every) - min(every)) / 5


def test_a_later_tier_stands_by_its_neighbour_and_moves_nothing() -> None:
    boxes = [*_boxes(10), Box("late", 20, 20, 1)]
    links = [(f"n{i:03}", f"n{i + 1:03}") for i in range(9)]
    alone = arrange(_boxes(10), links, seed=1)
    places = arrange(boxes, [*links, ("n004", "late")], seed=1)
    assert all(places[k] == v for k, v in alone.items())
    assert abs(places["late"][0] - places["n004"][0]) + abs(places["late"][1] - places["n004"][1]) < 250


def test_nothing_gives_nothing() -> None:
    assert arrange([], [], seed=1) == {}


def test_a_layout_is_kept_and_a_damaged_one_is_made_again(tmp_path: Path) -> None:
    world = picture(officials=12, matters=15)
    first = kept_positions(world, tmp_path, seed=2)
    (kept,) = tmp_path.iterdir()
    kept.write_text(kept.read_text(encoding="utf-8").replace(str(first["inv/m0000"][0]), "77777", 1), encoding="utf-8")
    assert kept_positions(world, tmp_path, seed=2) != first, "what is kept is used"
    kept.write_text("{", encoding="utf-8")
    assert kept_positions(world, tmp_path, seed=2) == first
    assert kept_positions(world, tmp_path, seed=3) != first
