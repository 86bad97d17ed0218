"""Small courts written by hand."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeAlias

import pytest

from graph.casebook import Casebook

Sitting: TypeAlias = tuple[str, str, dict[str, str]]
Court: TypeAlias = Callable[..., Casebook]


@pytest.fixture
def docket(world: Any) -> Court:
    """Makes a casebook of sittings `(date, court, {person: role})`, each a matter of its own with one conviction.

    `cases` adds cells to a case by its number (`m0`, `m1` ...), `acts` to its proceeding, `people` to people, `roles`
    to every role of a person; `more` adds whole tables.
    """

    def make(
        sittings: Sequence[Sitting],
        *,
        cases: dict[str, dict[str, Any]] | None = None,
        acts: dict[str, dict[str, Any]] | None = None,
        people: dict[str, dict[str, Any]] | None = None,
        roles: dict[str, dict[str, Any]] | None = None,
        more: dict[str, list[dict[str, Any]]] | None = None,
    ) -> Casebook:
        cases, acts, people, roles = cases or {}, acts or {}, people or {}, roles or {}
        names = sorted({p for _, _, taken in sittings for p in taken})
        tables: dict[str, list[dict[str, Any]]] = {
            "people": [{"person_id": p, "name": p.title(), "category": "official", **people.get(p, {})} for p in names],
            "bodies": [
                {"body_id": c, "name": c.title(), "kind": "court"} for c in sorted({c for _, c, _ in sittings if c})
            ],
            "cases": [],
            "proceedings": [],
            "roles": [],
        }
        for n, (day, court, taken) in enumerate(sittings):
            case, who = f"m{n}", f"defendant{n}"
            tables["people"].append({"person_id": who, "name": who.title(), **people.get(who, {})})
            tables["cases"].append({"case_id": case, "person_id": who, **cases.get(case, {})})
            act = {"proceeding_id": case + "-fi", "case_id": case, "stage": "first_instance", "outcome": "convicted"}
            tables["proceedings"].append(
                {
                    **act,
                    **({"body_id": court} if court else {}),
                    **({"decision_date": day} if day else {}),
                    **acts.get(case, {}),
                }
            )
            tables["roles"] += [
                {
                    "proceeding_id": case + "-fi",
                    "case_id": case,
                    "person_id": p,
                    "role": r,
                    "basis": "stated",
                    **roles.get(p, {}),
                }
                for p, r in taken.items()
            ]
        for name, rows in (more or {}).items():
            tables.setdefault(name, []).extend(rows)
        made: Casebook = world({"d": tables})
        return made

    return make
