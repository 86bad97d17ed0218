"""The command as a stranger calls it, and worlds that it has loaded."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NamedTuple, TypeAlias

import pytest
from click.testing import CliRunner

import cli
from tests.contract.worlds import World, world, written

Json: TypeAlias = dict[str, Any]


class Said(NamedTuple):
    """What a call gave."""

    code: int
    out: str
    err: str


class Command:
    """The command on one workspace."""

    def __init__(self, workspace: Path) -> None:
        self.workspace = workspace

    def run(self, *arguments: str) -> Said:
        """What `repgraph ARGUMENTS` gives; an exception that is no exit is the test's failure."""
        result = CliRunner().invoke(cli.main, ["--workspace", str(self.workspace), *arguments], prog_name="repgraph")
        if result.exception and not isinstance(result.exception, SystemExit):
            raise result.exception
        return Said(result.exit_code, result.stdout, result.stderr)

    def ask(self, *arguments: str) -> Json:
        """The answer as JSON, in the shape that every answer has."""
        said = self.run(arguments[0], "--json", *arguments[1:])
        assert said.code == 0, said
        answer: Json = json.loads(said.out)
        assert list(answer) == ["question", "parameters", "columns", "rows", "notes", "left_out"]
        assert answer["question"] == arguments[0]
        assert all(list(row) == answer["columns"] for row in answer["rows"])
        assert all(isinstance(n, str) for n in answer["notes"])
        assert all(type(n) is int for n in answer["left_out"].values())
        assert answer["rows"] or answer["notes"], "nothing found is said in a note"
        return answer

    def load(self, paths: Sequence[Path]) -> Said:
        return self.run("load", *map(str, paths))


class Played(NamedTuple):
    """A world, where its files are, and the command on a workspace that has loaded them."""

    world: World
    folders: dict[str, Path]
    judgements: Path
    command: Command


@pytest.fixture(scope="session")
def played(tmp_path_factory: pytest.TempPathFactory) -> Callable[[int], Played]:
    """The world of a seed, loaded once a session."""
    done: dict[int, Played] = {}

    def play(seed: int) -> Played:
        if seed not in done:
            folder = tmp_path_factory.mktemp(f"world{seed}")
            made = world(seed)
            paths = written(made, folder)
            command = Command(folder / "workspace")
            said = command.load(paths)
            assert said.code == 0, said
            done[seed] = Played(made, {n: folder / n for n in made.datasets}, folder / "judgements.csv", command)
        return done[seed]

    return play
