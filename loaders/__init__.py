"""Source formats: one folder each, bytes in, records out; and which of them there are.

A loader is a module with the names of `graph.reading.Loader`. Other packages offer theirs under the entry
point `repgraph.loaders`.
"""

from __future__ import annotations

from importlib.metadata import entry_points

from graph.errors import Refused
from graph.reading import Loader
from loaders import claims, tables

BUILT_IN: tuple[Loader, ...] = (tables, claims)
"""The loaders of this package, in the order in which they are asked whether a file is theirs."""
GROUP = "repgraph.loaders"


def known_loaders() -> dict[str, Loader]:
    """All loaders by name: the built-in ones, then those of other packages by the name of their entry point.

    Raises:
        Refused: two loaders have one name, or an entry point leads to something that is no loader.
    """
    found = {loader.NAME: loader for loader in BUILT_IN}
    for point in sorted(entry_points(group=GROUP), key=lambda p: (p.name, p.value)):
        try:
            loader = point.load()
        except Exception as error:
            raise Refused(
                f"the loader {point.name!r} ({point.value}) cannot be imported: {error}; remove or fix it"
            ) from error
        lacking = [
            name for name in ("NAME", "TITLE", "files", "tables_in", "without", "read") if not hasattr(loader, name)
        ]
        if lacking:
            raise Refused(f"{point.value} is not a loader: it has no {', '.join(lacking)}; see graph/reading.py")
        if loader.NAME in found:
            raise Refused(f"{point.value} and another loader are both called {loader.NAME!r}; remove one of them")
        found[loader.NAME] = loader
    return found
