"""What leaves a workspace as files, from the words of a command: claims and views, under a profile."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from graph.answers import Answer
from graph.asking import Moment, filters
from graph.bolt.script import export_cypher
from graph.errors import NotFound
from graph.exports.claims import export_claims
from graph.exports.sidecars import export_view
from graph.exports.views import VIEWS
from graph.ingest import Progress
from graph.workspace import Workspace, tool_version


def views() -> Answer:
    """The views there are, each with what its nodes, edges and weights mean."""
    rows = [{"view": name, "about": view.about} for name, view in VIEWS.items()]
    return Answer("views", {}, ("view", "about"), rows)


def claims(
    workspace: Workspace,
    file: Path,
    *,
    profile: str,
    resolved: bool = True,
    with_names: bool = False,
    progress: Progress | None = None,
) -> Answer:
    """All claims as a file; its ending names the format. Who made a judgement goes by a pseudonym unless `with_names`."""
    casebook = workspace.casebook(profile=profile, resolved=resolved)
    write = export_cypher if file.suffix.lower() == ".cypher" else export_claims
    return write(casebook, file, pseudonym=str if with_names else workspace.pseudonym, progress=progress)


def view(
    workspace: Workspace,
    file: Path,
    name: str,
    given: Mapping[str, Any],
    *,
    profile: str,
    resolved: bool = True,
    lang: str = "en",
    min_weight: int = 1,
) -> Answer:
    """A view with its sidecar, under the filters of `officials` given as words.

    Raises:
        NotFound: no court has that name; the message offers the nearest.
    """
    casebook = workspace.casebook(profile=profile, resolved=resolved)
    if name in VIEWS and not VIEWS[name].filtered:
        given = {k: v for k, v in given.items() if k != "min_matters"}  # the command always gives its default
    asked, notes = filters(Moment(workspace), casebook, given)
    if asked.get("court") == []:
        raise NotFound(notes[0])
    answer = export_view(casebook, file, view=name, tool=tool_version(), lang=lang, min_weight=min_weight, **asked)
    return Answer(
        answer.question, answer.parameters, answer.columns, answer.rows, [*notes, *answer.notes], answer.left_out
    )
