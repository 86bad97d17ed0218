"""Layouts kept in a folder beside the data, so that a picture stands the same after an upgrade of the layout engine."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

from visualizations.layout import Point
from visualizations.network_model import NetworkPicture
from visualizations.network_page import positions


def kept_positions(picture: NetworkPicture, folder: Path, *, seed: int = 11) -> dict[str, Point]:
    """The places of a picture's nodes: those kept for the same nodes, links and seed, else new ones, which are kept.

    The file's name is a hash; a file that is damaged is made again.
    """
    path = folder / f"{_key(picture, seed)}.json"
    wanted = sorted(n.id for n in picture.nodes)
    found = _read(path)
    if found is not None and sorted(found) == wanted:
        return found
    made = positions(picture, seed=seed)
    folder.mkdir(parents=True, exist_ok=True)
    text = json.dumps(made, ensure_ascii=True, sort_keys=True, separators=(",", ":"))
    path.write_text(text + "\n", encoding="utf-8", newline="\n")
    return made


def _key(picture: NetworkPicture, seed: int) -> str:
    """What a layout depends on, hashed: sizes, labels and tiers follow from these fields."""
    nodes = sorted((n.id, n.kind, n.matters, n.cases, n.core, n.name.ru or n.name.en or "") for n in picture.nodes)
    links = sorted((e.source, e.target) for e in picture.edges)
    text = json.dumps([seed, list(picture.kinds_on), nodes, links], ensure_ascii=True)
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def _read(path: Path) -> dict[str, Point] | None:
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
        return {str(i): (int(x), int(y)) for i, (x, y) in found.items()}
    except (OSError, ValueError, TypeError, AttributeError):
        return None
