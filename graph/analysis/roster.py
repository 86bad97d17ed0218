"""A real roster: who held office in which court from when to when, with which share of the work."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from graph import dates
from graph.analysis import poisson_binomial
from graph.analysis.docket import Docket
from graph.analysis.even_draw import Draws
from graph.errors import BadData, Problem
from ontology import vocabulary

_COLUMNS = ("court", "person", "role", "from", "to", "weight")
_ALWAYS = (date.min, date.max)


@dataclass(frozen=True, slots=True)
class Post:
    """Somebody held office, from and to included; `weight` is the share of the work relative to the others."""

    court: str
    person: str
    role: str
    since: date
    until: date
    weight: float


def read_roster(path: Path) -> list[Post]:
    """The posts of a CSV file with the columns court, person, role, and where known from, to, weight.

    Raises:
        BadData: a column is missing, a cell blank, a date or weight that cannot be; every fault is named.
    """
    problems: list[Problem] = []
    posts: list[Post] = []
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = csv.DictReader(file)
            for column in _COLUMNS[:3]:
                if column not in (rows.fieldnames or ()):
                    problems.append(
                        Problem(path.name, 1, column, None, "is missing; a roster needs court, person, role")
                    )
            if not problems:
                posts = [p for row in rows if (p := _post(row, path.name, rows.line_num, problems))]
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        problems.append(Problem(path.name, None, None, None, f"cannot be read: {error.__class__.__name__}"))
    if problems:
        raise BadData(problems, nothing="nothing was counted")
    return posts


def _post(row: dict[str, str | None], file: str, line: int, problems: list[Problem]) -> Post | None:
    cell = {c: (row.get(c) or "").strip() for c in _COLUMNS}
    found = len(problems)
    for column in _COLUMNS[:3]:
        if not cell[column]:
            problems.append(Problem(file, line, column, None, "is blank; write the id"))
    span = list(_ALWAYS)
    for i, (column, day) in enumerate((("from", dates.first_day), ("to", dates.last_day))):
        if cell[column]:
            try:
                span[i] = day(dates.checked(cell[column]))
            except ValueError as error:
                problems.append(Problem(file, line, column, cell[column], str(error)))
    weight = 1.0
    try:
        weight = float(cell["weight"] or 1)
    except ValueError:
        weight = -1.0
    if not 0 < weight < float("inf"):
        problems.append(Problem(file, line, "weight", cell["weight"], "is no weight; write a number above 0"))
    if cell["role"] and cell["role"] not in vocabulary("role"):
        problems.append(Problem(file, line, "role", cell["role"], "is not in ontology/vocab/role.csv"))
    if len(problems) > found:
        return None
    return Post(cell["court"], cell["person"], cell["role"], span[0], span[1], weight)


def roster_draws(docket: Docket, posts: Sequence[Post]) -> Draws:
    """As `even_draw.even_draws`, but among those of the roster who held office on the day, by their weights.

    All matters of an official in office are tested. With k officials of the roster in a sitting the chance is k times
    the share of the weight, at most 1. Sittings without a day, and officials who are not on the roster, are not used.
    """
    person = {p: i for i, p in enumerate(docket.people)}
    group = {g: i for i, g in enumerate(docket.groups)}
    court = {c: i for i, c in enumerate(docket.courts)}
    usable = (docket.day >= 0) & (docket.last_day == docket.day)
    lines: list[tuple[float, ...]] = []
    for place, role in sorted({(p.court, p.role) for p in posts}):
        if place not in court or role not in group:
            continue
        mine = (docket.court[docket.sitting] == court[place]) & (docket.group == group[role]) & usable[docket.sitting]
        sittings = np.unique(docket.sitting[mine])
        staff = [p for p in posts if (p.court, p.role) == (place, role)]
        weight = _weights(staff, docket.day[sittings])
        total = weight.sum(axis=0)
        names = sorted({p.person for p in staff} & set(person))
        weights = {name: weight[[p.person == name for p in staff]].sum(axis=0) for name in names}
        sat = {name: np.isin(sittings, docket.sitting[mine & (docket.person == person[name])]) for name in names}
        there = {name: sat[name] & (weights[name] > 0) for name in names}
        # who sat without being on the roster was not drawn from it
        taken = np.sum(list(there.values()), axis=0) if names else np.zeros(len(sittings))
        for name in names:
            own, had = np.minimum(1.0, taken * weights[name] / np.maximum(total, 1e-12)), there[name]
            if not had.any():
                continue
            inside = own[own > 0]
            first, last = sittings[had][0], sittings[had][-1]
            p = poisson_binomial.upper_tail(int(had.sum()), inside)
            lines.append(
                (person[name], group[role], court[place], len(sittings), had.sum(), first, last, had.sum(), len(inside),
                 inside.sum(), p, np.exp(np.log(inside).sum()))
            )  # fmt: skip
    table = np.array(lines, dtype=np.float64).reshape(-1, 12)
    whole = [np.asarray(table[:, i], dtype=np.int64) for i in range(9)]
    who, what, where, sittings_, seen, first_, last_, tested, draws = whole
    exact = np.ones(len(table), dtype=np.bool_)
    return Draws(
        who, what, where, sittings_, seen, first_, last_, tested, draws, table[:, 9], table[:, 10], table[:, 11], exact
    )


def _weights(staff: Sequence[Post], day: NDArray[np.int64]) -> NDArray[np.float64]:
    """The weight of each post (a row) at each sitting, 0 where it was not held."""
    epoch = date(1970, 1, 1).toordinal()
    return np.array(
        [
            np.where((day >= p.since.toordinal() - epoch) & (day <= p.until.toordinal() - epoch), p.weight, 0.0)
            for p in staff
        ]
    )
