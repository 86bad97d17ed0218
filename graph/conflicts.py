"""Where records of one thing differ: each field with all its versions side by side."""

from __future__ import annotations

from collections.abc import Sequence
from collections.abc import Set as AbstractSet

from graph.answers import Answer, Row
from graph.casebook import Casebook
from graph.versions import members, table_versions

COLUMNS = ("thing", "table", "field", "versions", "records", "sources")


def conflicts(casebook: Casebook, things: Sequence[str] | None = None) -> Answer:
    """The fields on which records differ, of `things` or of everything, by table, thing and field.

    A thing may be given by any of its ids; what is said of it elsewhere (a role, a transfer) is shown with it, so are a
    person's own cases and the proceedings of a case: that sources differ on a sentence is about who serves it.
    `versions` are `{value, records, sources, status}`, `records` the ids that go by this thing's. The field itself is
    null in every other answer; a list of charges holds all entries, and the first wording of a title or name stands.

    Shape: one row per field of a thing.
    """
    wanted = None if things is None else set().union(*(members(casebook, thing) for thing in things))
    own = set() if wanted is None else _own(casebook, wanted)
    rows = [
        _row(casebook, found)
        for found in casebook.conflicts.iter_rows(named=True)
        if wanted is None or _about(found, wanted) or not own.isdisjoint(found["things"])
    ]
    asked = {} if things is None else {"things": list(things)}
    return Answer("conflicts", asked, COLUMNS, [row for row in rows if row["versions"]])


def _own(casebook: Casebook, ids: AbstractSet[str]) -> set[str]:
    """The cases against people, and the proceedings of these and of other cases, among `ids`."""
    cases = set(casebook.at_table("cases", "person_id", ids)["thing"])
    all_cases = set(ids).union(*(members(casebook, case) for case in cases))
    return cases | set(casebook.at_table("proceedings", "case_id", all_cases)["thing"])


def _about(found: Row, wanted: AbstractSet[str]) -> bool:
    """Whether a conflict is about one of the things, or of a row whose key has one of them."""
    if found["thing"] in wanted or not wanted.isdisjoint(found["things"]):
        return True
    return any(part in wanted for thing in found["things"] for part in _parts(thing))


def _parts(thing: str) -> list[str]:
    dataset, _, key = thing.partition("/")
    return [f"{dataset}/{part}" for part in key.split("|")]


def _row(casebook: Casebook, found: Row) -> Row:
    said = table_versions(casebook, found["table"], found["things"], found["field"])
    return {
        "thing": found["thing"],
        "table": found["table"],
        "field": found["field"],
        "versions": said,
        "records": found["things"],
        "sources": casebook.source_list(source for version in said for source in version["sources"]),
    }
