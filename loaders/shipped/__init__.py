"""The data that come with repgraph: two datasets of case tables and the judgements on them (README.md here).

Facts are as compiled; `loaders.tables` reads them like anybody's tables.
"""

from __future__ import annotations

from pathlib import Path

_HERE = Path(__file__).parent


def datasets() -> tuple[Path, ...]:
    """The folders of tables; a dataset's name is its folder's."""
    return (_HERE / "exchanges", _HERE / "cases-ru")


def judgements() -> Path:
    """The file of judgements on the two datasets."""
    return _HERE / "judgements.csv"


def paths() -> tuple[Path, ...]:
    """All that ships, in the order in which it is loaded: judgements come after what they are on."""
    return (*datasets(), judgements())
