"""What a push puts on a server, what it leaves alone, and that any state of the server is mended."""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from datetime import date
from itertools import pairwise
from pathlib import Path

import pytest

from graph.bolt import pushing
from graph.bolt.script import export_cypher, lines, literal
from graph.casebook import Casebook
from graph.errors import StoreError
from graph.neo4j_store import Neo4jStore
from graph.rows import MemoryRows
from tests.graph.conftest import judged, records
from tests.graph.neo4j.conftest import emptied
from tests.graph.neo4j.worlds import HOSTILE, Tables, first, held, one, second
from tests.thorough import more

TODAY = date(2026, 11, 23)
SAME = "person a/judge same b/ivanova"

pytestmark = pytest.mark.neo4j


def casebook(a: Tables, *judgements: str, profile: str = "internal", b: Tables | None = None) -> Casebook:
    found = records("a", a) + records("b", second() if b is None else b)  # type: ignore[arg-type]
    return Casebook(MemoryRows.of(found), judged(*judgements), profile=profile, today=TODAY)


class Cut(Exception):
    """The push ends here, as if the line was cut."""


def cut_after(calls: int) -> Callable[[str, int], None]:
    left = [calls]

    def progress(_title: str, _done: int) -> None:
        left[0] -= 1
        if not left[0]:
            raise Cut

    return progress


# --- the model --------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def model(server: Neo4jStore) -> Neo4jStore:
    """A server with the small world, for the tests that only look; those that push come after them."""
    emptied(server)
    server.push(casebook(first()))
    return server


def test_two_sources_of_one_role_are_one_relationship_with_two_records(model: Neo4jStore) -> None:
    (row,) = model.rows("MATCH (:Person {id: 'a/judge'})-[r:JUDGED]->(:Proceeding {id: 'a/h1'}) RETURN r {.*} AS r")
    assert len(row["r"]["records"]) == 2
    assert row["r"]["sources"] == ["a/s1", "a/s2"]
    assert row["r"]["name_as_written"] == "Иванова А."
    assert row["r"]["role"] == "presiding_judge"


def test_two_hearings_of_one_case_stay_two(model: Neo4jStore) -> None:
    assert one(model, "MATCH (:Person {id: 'a/judge'})-[r:JUDGED]->(:Proceeding) RETURN count(r)") == 2
    assert one(model, "MATCH (:Proceeding)-[r:HEARD_AT]->(:Court {id: 'a/court'}) RETURN count(r)") == 2


def test_who_says_so_is_one_hop(model: Neo4jStore) -> None:
    text = "MATCH (i:Involvement {role: 'presiding_judge'})-[:CITES]->(s:Source) RETURN s.url AS url ORDER BY url"
    assert [row["url"] for row in model.rows(text)] == ["https://example.org/a/s1", "https://example.org/a/s2"]


def test_a_date_is_native_where_the_day_is_known_and_text_always(model: Neo4jStore) -> None:
    text = "MATCH (p:Proceeding) RETURN p.id AS id, toString(p.date) AS day, p.date_text AS text ORDER BY id"
    assert model.rows(text) == [
        {"id": "a/h1", "day": "2022-07-08", "text": "2022-07-08"},
        {"id": "a/h2", "day": None, "text": "2022-07"},
    ]
    assert one(model, "MATCH (p:Proceeding) WHERE p.date > date('2022-07-01') RETURN count(p)") == 1


def test_a_role_in_no_proceeding_points_at_the_case(model: Neo4jStore) -> None:
    text = "MATCH (:Person {id: 'a/judge'})-[r:JUDGED]->(c:CriminalCase) RETURN c.id AS case, r.counts AS counts"
    assert model.rows(text) == [{"case": "a/c2", "counts": False}]


def test_a_trial_of_two_defendants_is_one_matter(model: Neo4jStore) -> None:
    assert one(model, "MATCH (m:Matter {id: 'a/t'})<-[:TRIED_IN]-(c) RETURN count(c)") == 2


def test_names_are_found_in_the_other_script(model: Neo4jStore) -> None:
    from graph.names import fold

    with model.driver.session() as session:
        session.run("CALL db.awaitIndexes(60)").consume()
    text = "CALL db.index.fulltext.queryNodes('repgraph_people', $words) YIELD node RETURN collect(DISTINCT node.id)"
    assert "a/judge" in one(model, text, words=fold("Иванова"))


def test_a_resolved_person_is_one_node_on_which_all_records_hang(store: Neo4jStore) -> None:
    store.push(casebook(first(), SAME))
    assert one(store, "MATCH (p:Person) WHERE p.id IN ['a/judge', 'b/ivanova'] RETURN collect(p.id)") == ["a/judge"]
    assert one(store, "MATCH (:Person {id: 'a/judge'})<-[:STATES]-(r:PersonRecord) RETURN count(r)") == 2
    assert one(store, "MATCH (:Person {id: 'a/judge'})-[r:JUDGED]->() RETURN count(r)") == 4
    assert one(store, "MATCH (:Entry {thing: 'b/ivanova'})-[:SAME_AS]->(p) RETURN p.id") == "a/judge"


def test_a_doubt_joins_nothing_and_is_shown(store: Neo4jStore) -> None:
    store.push(casebook(first(), "person a/judge unsure b/ivanova"))
    text = (
        "MATCH (p:Person {id: 'a/judge'})<-[:SAME_AS]-(:Entry)--(j:Judgement {verdict: 'unsure'})"
        "--(:Entry)-[:SAME_AS]->(q:Person) RETURN q.id"
    )
    assert one(store, text) == "b/ivanova"


# --- what changes -----------------------------------------------------------------------------------------


def changed() -> Tables:
    """The next version: another court, a corrected name, a role less and one more."""
    tables = deepcopy(first())
    tables["people"][0]["name"] = "Anna B. Ivanova"
    tables["bodies"].append({"body_id": "other", "name": "Other Body", "kind": "prosecutor_office"})
    tables["bodies"][0]["kind"] = "other"
    tables["proceedings"][0]["body_id"] = "other"
    tables["roles"].pop(1)
    tables["roles"].append({"case_id": "c2", "person_id": "d1", "role": "witness", "basis": "stated"})
    tables["classifications"] = []
    return tables


@pytest.mark.parametrize("judgements", [(), *more(((SAME,),))])
def test_the_next_version_arrives_whole(store: Neo4jStore, judgements: tuple[str, ...]) -> None:
    store.push(casebook(first(), SAME))
    answer = store.push(casebook(changed(), *judgements))
    after = held(store)
    assert sum(row["removed"] for row in answer.rows) > 0
    store.push(casebook(changed(), *judgements), full=True)
    assert after == held(store)


def test_a_retraction_arrives(store: Neo4jStore) -> None:
    store.push(casebook(first()))
    less = {**first(), "sanctions": []}
    store.push(casebook(less))
    assert one(store, "MATCH (n:Listing) RETURN count(n)") == 0
    assert one(store, "MATCH ()-[r:LISTED_BY]->() RETURN count(r)") == 0
    assert one(store, "MATCH (n:Word {token: 'EU'}) RETURN count(n)") == 0


def test_a_judgement_taken_back_parts_what_it_joined(store: Neo4jStore) -> None:
    apart = casebook(first())
    store.push(apart)
    before = held(store)
    store.push(casebook(first(), SAME))
    assert held(store) != before
    store.push(apart)
    assert held(store) == before


@pytest.mark.parametrize("calls", [*more(1), 3, *more(9), 10, *more(11)])
def test_a_push_cut_in_the_middle_is_completed_by_the_next_and_equals_a_full_one(store: Neo4jStore, calls: int) -> None:
    with pytest.raises(Cut):
        store.push(casebook(first(), SAME), progress=cut_after(calls))
    store.push(casebook(changed()))
    mended = held(store)
    store.push(casebook(changed()), full=True)
    assert mended == held(store)


@pytest.mark.parametrize("calls", [*more(2), 12, *more(30, 45)])
def test_a_push_of_changes_cut_in_the_middle_is_completed_by_the_next(store: Neo4jStore, calls: int) -> None:
    store.push(casebook(first(), SAME))
    with pytest.raises(Cut):
        store.push(casebook(changed()), progress=cut_after(calls))
    store.push(casebook(changed()))
    mended = held(store)
    store.push(casebook(changed()), full=True)
    assert mended == held(store)


def test_what_somebody_removed_by_hand_comes_back(store: Neo4jStore) -> None:
    store.push(casebook(first()))
    whole = held(store)
    with store.driver.session() as session:
        session.run("MATCH (p:Person {id: 'a/judge'}) DETACH DELETE p").consume()
    store.push(casebook(first()))
    assert held(store) == whole


def test_a_full_push_removes_little_at_a_time_and_nothing_of_others(
    store: Neo4jStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A server holds a transaction in memory: what removes a hub with all its ties at once may not fit."""
    with store.driver.session() as session:
        session.run("CREATE (:Theirs {id: 'a/judge'})-[:CITES {key: 'theirs'}]->(:Theirs)").consume()
    store.push(casebook(first()), into=True)
    whole = held(store)
    monkeypatch.setattr(pushing, "_BATCH", 2)
    removed: list[int] = []

    def told(step: str, done: int) -> None:
        removed.extend([done] * (step == "removals"))

    store.push(casebook(first()), into=True, full=True, progress=told)

    assert removed[-1] > 20
    assert all(after - before <= 2 for before, after in pairwise([0, *removed]))
    assert held(store) == whole
    assert store.rows("MATCH (:Theirs)-[r:CITES]->(:Theirs) RETURN r.key AS key") == [{"key": "theirs"}]


# --- what stays away --------------------------------------------------------------------------------------


def test_hostile_text_is_text(store: Neo4jStore, tmp_path: Path) -> None:
    tables = first()
    tables["people"][0] |= {"name": HOSTILE, "aliases": HOSTILE, "note": HOSTILE}
    tables["classifications"][0] |= {"by": HOSTILE, "quote": HOSTILE * 300}
    hostile = casebook(tables)
    store.push(hostile)
    for name in ("people", "classifications"):
        assert store.table(name).equals(hostile.rows.table(name))
    assert store.where("people", "name", [HOSTILE])["thing"].to_list() == ["a/judge"]
    pushed = held(store)

    file = tmp_path / "graph.cypher"
    export_cypher(hostile, file)
    with store.driver.session() as session:
        session.run("MATCH (n) DETACH DELETE n").consume()
        for statement in lines(file):
            session.run(statement).consume()
    assert [line for line in held(store) if "Push" not in line] == [line for line in pushed if "Push" not in line]


def test_literals_are_read_back_as_they_were(store: Neo4jStore) -> None:
    values = [
        HOSTILE,
        "\\u0027",
        "\\\\u0027",
        "\\",
        "'",
        "\x00\x1f",
        "a\nb\r\tc",
        "",
        "ё",
        0,
        -1,
        True,
        None,
        [],
        ["a", None],
    ]
    for value in values:
        assert one(store, f"RETURN {literal(value)} AS value") == value  # type: ignore[arg-type]


def test_nothing_above_the_profile_leaves_a_trace(store: Neo4jStore) -> None:
    tables = first()
    tables["people"].append({"person_id": "canary-person", "name": "Canary", "visibility": "internal"})
    tables["roles"].append({"case_id": "c1", "person_id": "canary-person", "role": "witness", "note": "canary"})
    tables["bodies"][0] |= {"note": "canary", "visibility": "partner"}
    answer = store.push(casebook(tables, profile="public"))
    assert "canary" not in "".join(held(store)).lower()
    assert answer.left_out["hidden in people"] == 1


def test_a_push_of_less_takes_back_what_a_push_of_more_had_shown(store: Neo4jStore) -> None:
    tables = first()
    tables["roles"][0] |= {"note": "canary", "visibility": "internal"}
    store.push(casebook(tables))
    assert "canary" in "".join(held(store))
    store.push(casebook(tables, profile="public"))
    assert "canary" not in "".join(held(store))


def test_a_child_has_no_name_on_the_server(store: Neo4jStore) -> None:
    tables = first()
    tables["people"].append({"person_id": "kid", "name": "Canary Kid", "aliases": "Canary", "birth_year": 2015})
    tables["roles"].append({"case_id": "c1", "person_id": "kid", "role": "witness", "name_as_written": "Canary"})
    store.push(casebook(tables))
    assert "Canary" not in "".join(held(store))
    assert one(store, "MATCH (p:Person {id: 'a/kid'}) RETURN p.child") is True


def test_who_judged_goes_by_a_pseudonym(store: Neo4jStore) -> None:
    store.push(casebook(first(), SAME))
    assert "tester" not in "".join(held(store))
    store.push(casebook(first(), SAME), pseudonym=str)
    assert one(store, "MATCH (j:Judgement) RETURN j.by") == "tester"


def test_other_data_are_not_mixed_with_and_are_left_alone_where_that_is_allowed(store: Neo4jStore) -> None:
    with store.driver.session() as session:
        session.run("CREATE (:Person {name: 'somebody else'})-[:KNOWS]->(:Thing)").consume()
    with pytest.raises(StoreError, match=r"2 nodes there are not of repgraph; .* or mix with them by --into"):
        store.push(casebook(first()))
    assert one(store, "MATCH (n) RETURN count(n)") == 2
    store.push(casebook(first()), into=True)
    store.push(casebook(first()), into=True, full=True)
    assert store.table("people").height == 5
    assert one(store, "MATCH (:Person {name: 'somebody else'})-[:KNOWS]->(t:Thing) RETURN count(t)") == 1


def test_a_node_of_somebody_else_with_an_id_of_ours_is_not_taken_over(store: Neo4jStore) -> None:
    with store.driver.session() as session:
        session.run("CREATE (:Person {id: 'a/judge', name: 'somebody else'})").consume()
    with pytest.raises(StoreError, match="something that is there already has an id of ours"):
        store.push(casebook(first()), into=True)
    assert one(store, "MATCH (p:Person {id: 'a/judge'}) RETURN p.name") == "somebody else"


def test_the_push_of_another_workspace_is_replaced_only_on_demand(store: Neo4jStore) -> None:
    store.push(casebook(first()), origin="one")
    with pytest.raises(StoreError, match="holds the push of another workspace; replace it by --full"):
        store.push(casebook(first()), origin="two")
    store.push(casebook(first()), origin="two", full=True)
    store.push(casebook(first()), origin="two")
