"""What a stranger may call on a world that is loaded: many commands, by ids, names and misspellings of them."""

from __future__ import annotations

from collections.abc import Iterator

from graph.questions import questions
from tests.contract.conftest import Played


def calls(made: Played) -> Iterator[list[str]]:
    """Things by id and by parts and misspellings of their names, in all commands that a server answers."""
    datasets = made.world.datasets.items()
    things = {t: [f"{d}/{row[key]}" for d, tables in datasets for row in tables[t]] for t, key in _KEYS.items()}
    for command, table in (("who", "people"), ("case", "cases"), ("court", "bodies"), ("exchange", "exchanges")):
        for thing in things[table][::5]:
            yield [command, thing]
        for row in [row for _, tables in datasets for row in tables[table]][::4]:
            for name in (row.get("name", ""), row.get("name_ru", ""), row.get("title", "")):
                for text in {name, name.partition(" ")[0], name[:-2] + name[-1:]} - {""}:
                    yield [command, "--", text]
    for table in _KEYS:
        yield ["sources", things[table][0]]
        yield ["conflicts", things[table][-1]]
    yield ["conflicts"]
    yield ["officials", "--min-matters", "1"]
    yield ["officials", "--court", "Суд b1", "--min-matters", "1"]
    kinds = {"person": "people", "body": "bodies", "exchange": "exchanges", "thing": "proceedings"}
    for name, question in questions().items():
        (parameter,) = question.parameters
        # titles of a child's cases do not leave, so a server gives them without
        grown = [t for t in things[kinds[parameter.kind]] if not t.endswith("/kid")] if parameter.kind in kinds else []
        for value in grown[:5] if parameter.kind in kinds else ["judge"]:
            yield ["ask", name, "--param", f"{parameter.name}={value}"]


_KEYS = {
    "people": "person_id", "bodies": "body_id", "cases": "case_id", "proceedings": "proceeding_id",
    "exchanges": "exchange_id", "sources": "source_id",
}  # fmt: skip
