"""Any sequence of changes: the state is what the originals say, and every moment answers as it did then."""

from __future__ import annotations

import shutil
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from graph.answers import as_json
from graph.asking import Moment, recurring
from graph.custody import rebuild, restore, retract
from graph.errors import BadData, Refused
from graph.judging import judge
from graph.loading import held_records
from graph.purging import purge
from graph.workspace import Workspace
from loaders import known_loaders
from tests.graph.tiny import Tables, changed, live, problems, take, tiny, without

VERDICTS = st.sampled_from(["same", "different", "unsure"])
EDITS = st.sampled_from(["as it was", "title", "basis", "one role less", "one person more", "another source"])


def edited(edit: str, turn: int) -> Tables:
    """A version of the tiny dataset."""
    if edit == "title":
        return changed(tiny(), "cases", turn % 3, title=f"Version {turn}")
    if edit == "basis":
        return changed(tiny(), "roles", turn % 4, basis="allegation")
    if edit == "one role less":
        return without(tiny(), "roles", turn % 4)
    if edit == "another source":
        return changed(tiny(), "cases", turn % 3, source_ids="s2")
    found = tiny()
    if edit == "one person more":
        found["people"].append({"person_id": f"x{turn % 2}", "name": f"Extra {turn % 2}", "source_ids": "s2"})
    return found


class Custody(RuleBasedStateMachine):
    """A workspace, and what it said at each of its lines."""

    def __init__(self) -> None:
        super().__init__()
        self.place = Path(tempfile.mkdtemp(prefix="repgraph-machine-"))
        self.workspace = Workspace.create(self.place / "w")
        self.said: dict[int, Any] = {}
        self.turn = 0

    def teardown(self) -> None:
        for at, (stood, answered) in self.said.items():
            assert live(self.workspace, at) == stood, at
            assert answered in (None, self._answer(at)), at
        shutil.rmtree(self.place)

    def _answer(self, at: int | None = None) -> str:
        return as_json(recurring(Moment(self.workspace, at), {"min_matters": 1}))

    @initialize()
    def first(self) -> None:
        take(self.workspace, self.place / "in", tiny())

    @rule(edit=EDITS)
    def reload(self, edit: str) -> None:
        self.turn += 1
        try:
            take(self.workspace, self.place / "in", edited(edit, self.turn))
        except BadData as error:  # a file that brings a purged record back is refused whole
            assert {p.remedy for p in error.problems} == {"is a record that was purged; delete the row"}

    @rule(which=st.integers(0, 100))
    def retract(self, which: int) -> None:
        roles = sorted(r for r in self.workspace.rows().table("roles")["record"])
        if roles:
            retract(self.workspace, roles[which % len(roles)], why="in doubt")

    @precondition(lambda self: bool(held_records(self.workspace.lines())))
    @rule(which=st.integers(0, 100))
    def restore(self, which: int) -> None:
        held = sorted(held_records(self.workspace.lines()))
        restore(self.workspace, held[which % len(held)])

    @rule(verdict=VERDICTS, pair=st.sampled_from([("p1", "p2"), ("p2", "p3"), ("p1", "p3"), ("j1", "j2")]))
    def judge(self, verdict: str, pair: tuple[str, str]) -> None:
        with suppress(Refused):  # a contradiction; nothing may have changed
            judge(self.workspace, f"tiny/{pair[0]}", f"tiny/{pair[1]}", verdict, why="looked at")

    @rule(which=st.integers(0, 100))
    def purge(self, which: int) -> None:
        classless = sorted(self.workspace.rows().table("roles")["record"])
        if len(classless) < 3 or any(line.command == "purge" for line in self.workspace.lines()):
            return
        gone = classless[which % len(classless)]
        purge(self.workspace, gone, known_loaders(), why="at risk")
        # from here on the earlier moments are told without it
        self.said = {at: ({p for p in stood if p[0] != gone}, None) for at, (stood, _) in self.said.items()}

    @rule()
    def rebuild(self) -> None:
        rebuild(self.workspace, known_loaders())

    @invariant()
    def the_state_is_what_the_originals_say(self) -> None:
        assert problems(self.workspace) == []
        line = self.workspace.head.line
        if line not in self.said:
            self.said[line] = (live(self.workspace), self._answer())


class TestCustody(Custody.TestCase):  # type: ignore[misc,valid-type]  # hypothesis makes the class
    settings = settings(
        max_examples=3,
        stateful_step_count=7,
        deadline=None,
        phases=(Phase.generate,),
        suppress_health_check=list(HealthCheck),
    )
