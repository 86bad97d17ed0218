"""Small worlds for a server: two datasets that know one judge, and a look at all that a server holds."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeAlias

from graph.neo4j_store import Neo4jStore

Tables: TypeAlias = dict[str, list[dict[str, Any]]]
HOSTILE = "'}) DETACH DELETE n //\\u0027 `x` $rows \\ \" {{ }} <script>; \u202e\u2028\x07 ' OR 1=1 \U0001f9ff"


def first() -> Tables:
    """One trial of two defendants; the judge in it by two sources that name her in two ways."""
    return {
        "people": [
            {"person_id": "judge", "name": "Anna Ivanova", "name_ru": "Анна Иванова", "aliases": "A. Ivanova|Ivanova"},
            {"person_id": "d1", "name": "First Defendant", "citizenships": "RU|DE"},
            {"person_id": "d2", "name": "Second Defendant"},
        ],
        "bodies": [{"body_id": "court", "name": "Invented Court", "kind": "court", "country": "RU"}],
        "cases": [
            {"case_id": "c1", "person_id": "d1", "trial_id": "t", "articles": "RU-CC 275|RU-CC 207.3(2)(a)"},
            {"case_id": "c2", "person_id": "d2", "trial_id": "t", "arrest_date": "2022-03"},
        ],
        "proceedings": [
            {"proceeding_id": "h1", "case_id": "c1", "stage": "first_instance", "body_id": "court",
             "decision_date": "2022-07-08", "outcome": "convicted", "sentence_months": 84},
            {"proceeding_id": "h2", "case_id": "c1", "stage": "appeal", "body_id": "court", "decision_date": "2022-07"},
        ],
        "roles": [
            {"proceeding_id": "h1", "case_id": "c1", "person_id": "judge", "role": "presiding_judge", "basis": "stated",
             "name_as_written": "Иванова А.", "body_id": "court", "src": "s1"},
            {"proceeding_id": "h1", "case_id": "c1", "person_id": "judge", "role": "presiding_judge", "basis": "stated",
             "src": "s2"},
            {"proceeding_id": "h2", "case_id": "c1", "person_id": "judge", "role": "judge", "basis": "stated"},
            {"case_id": "c2", "person_id": "judge", "role": "judge", "basis": "whole_case"},
        ],
        "sanctions": [{"person_id": "judge", "authority": "EU", "programme": "EU-2024-1485", "list_date": "2024-05-27"}],
        "classifications": [{"person_id": "d1", "category": "political_prisoner", "by": "Memorial", "date": "2022"}],
    }  # fmt: skip


def second() -> Tables:
    """Another dataset that knows the same judge, and one more case of hers."""
    return {
        "people": [{"person_id": "ivanova", "name_ru": "Иванова Анна"}, {"person_id": "d3", "name": "Third Defendant"}],
        "cases": [{"case_id": "c3", "person_id": "d3"}],
        "roles": [{"case_id": "c3", "person_id": "ivanova", "role": "judge", "basis": "stated"}],
    }


def held(store: Neo4jStore) -> Sequence[str]:
    """Everything on the server but its stamps, in an order that does not depend on when it came."""
    nodes = store.rows("MATCH (n) WHERE NOT n:Push RETURN labels(n) AS labels, n {.*, stamp: null} AS properties")
    edges = store.rows(
        "MATCH (a)-[r]->(b) RETURN type(r) AS type, labels(a) AS of, a.id AS start, b.id AS end, "
        "r {.*, stamp: null} AS properties"
    )
    return sorted([repr(_sorted(line)) for line in nodes] + [repr(_sorted(line)) for line in edges])


def _sorted(value: Any) -> Any:
    if isinstance(value, dict):
        return [(k, sorted(v) if k in ("labels", "of") else _sorted(v)) for k, v in sorted(value.items())]
    return value


def one(store: Neo4jStore, text: str, **parameters: Any) -> Any:
    """The single value of a query."""
    (row,) = store.rows(text, **parameters)
    (value,) = row.values()
    return value
