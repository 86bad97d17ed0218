"""The load path: what changed is what is written, all faults at once, whole or not at all."""

from __future__ import annotations

import random
import shutil
from copy import deepcopy
from pathlib import Path
from typing import NamedTuple

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from graph import rows as columnar
from graph.custody import retract
from graph.errors import BadData, Refused
from graph.loading import check, load
from graph.workspace import Workspace
from loaders import tables
from loaders.loading import load_paths
from tests.graph.tiny import Tables, changed, content, lines, live, problems, record, take, tiny, without, write


class Place(NamedTuple):
    workspace: Workspace
    folder: Path


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Place(Workspace.create(tmp_path / "w"), tmp_path / "in")


@pytest.fixture
def loaded(place: Place) -> Place:
    take(place.workspace, place.folder, tiny())
    return place


def test_loading_twice_adds_nothing_and_writes_nothing(loaded: Place) -> None:
    before = loaded.workspace.manifest.path.read_bytes()

    again = take(loaded.workspace, loaded.folder, tiny())

    assert again.line is None
    assert again.counts == {"added": 0, "replaced": 0, "retracted": 0, "unchanged": 18}
    assert loaded.workspace.manifest.path.read_bytes() == before
    assert loaded.workspace.originals.left_over(loaded.workspace.named_originals()) == []


def test_a_changed_cell_replaces_one_record_and_the_difference_shows_it(loaded: Place) -> None:
    done = take(loaded.workspace, loaded.folder, changed(tiny(), "cases", 0, title="Renamed", arrest_date=""))

    assert done.counts == {"added": 0, "replaced": 1, "retracted": 0, "unchanged": 17}
    assert [
        (r["change"], r["table"], r["thing"], r["field"], r["before"], r["after"]) for r in done.difference.rows
    ] == [
        ("replaced", "cases", "tiny/c1", "title", "Case 1", "Renamed"),
        ("replaced", "cases", "tiny/c1", "arrest_date", "2022-01", None),
    ]
    assert [s["id"] for s in done.difference.rows[0]["sources"]] == ["tiny/s1", "tiny/s2"]
    assert problems(loaded.workspace) == []


def test_a_row_that_vanishes_is_retracted_and_keeps_its_history(loaded: Place) -> None:
    found = record(loaded.workspace, "roles", "v3|c3|j2|judge")

    done = take(loaded.workspace, loaded.folder, without(tiny(), "roles", 3))

    assert done.counts["retracted"] == 1
    assert {r["field"] for r in done.difference.rows} == {
        "proceeding_id",
        "case_id",
        "person_id",
        "role",
        "basis",
        "sources",
    }
    assert found not in {r for r, _ in live(loaded.workspace)}
    assert loaded.workspace.rows().history("roles").filter(record=found)["how"].to_list() == ["retracted"]
    assert problems(loaded.workspace) == []


def test_a_row_that_comes_back_stands_without_a_trace_of_its_absence(loaded: Place) -> None:
    said = content(loaded.workspace)
    found = record(loaded.workspace, "roles", "v3|c3|j2|judge")
    take(loaded.workspace, loaded.folder, without(tiny(), "roles", 3))
    take(loaded.workspace, loaded.folder, tiny())

    assert [v.since for v in loaded.workspace.store().records() if v.record.id == found] == [4]
    assert content(loaded.workspace).replace('"load": 4', '"load": 2') == said
    assert problems(loaded.workspace) == []


def test_a_row_put_in_at_the_top_changes_one_record(loaded: Place) -> None:
    more = tiny()
    more["people"].insert(0, {"person_id": "p0", "name": "Nobody Yet", "source_ids": "s1"})

    assert take(loaded.workspace, loaded.folder, more).counts == {
        "added": 1,
        "replaced": 0,
        "retracted": 0,
        "unchanged": 18,
    }


def test_loading_one_table_leaves_the_others(loaded: Place) -> None:
    roles = {"roles": changed(tiny(), "roles", 0, basis="allegation")["roles"]}
    folder = write(loaded.folder.with_name("part"), roles)

    done = load(loaded.workspace, [folder / "roles.csv"], tables, dataset="tiny")

    assert done.counts == {"added": 0, "replaced": 1, "retracted": 0, "unchanged": 3}
    assert problems(loaded.workspace) == []


def test_a_table_that_comes_later_is_told_row_by_row(loaded: Place) -> None:
    more = {"tenures": [{"person_id": "j1", "body_id": "court", "post": "judge", "source_ids": "s1"}]}

    checked = check(loaded.workspace, [write(loaded.folder, more)], tables, dataset="tiny").difference
    done = take(loaded.workspace, loaded.folder, more).difference

    assert [(r["change"], r["field"], r["after"]) for r in done.rows][:2] == [
        ("added", "person_id", "tiny/j1"),
        ("added", "body_id", "tiny/court"),
    ]
    assert checked.rows == done.rows


def test_identical_rows_count_once_also_in_the_store(place: Place) -> None:
    twice = tiny()
    twice["roles"].append(deepcopy(twice["roles"][0]))

    done = take(place.workspace, place.folder, twice)

    assert done.counts["added"] == 18
    found = record(place.workspace, "roles", "v1|c1|j1|presiding_judge")
    rows = [q for q in place.workspace.store().lines() if f"/record/{found}> <https://w3id.org/repgraph/ns#row>" in q]
    assert len(rows) == 1
    assert '"2"' in rows[0]
    assert take(place.workspace, place.folder, tiny()).line is None


def test_rows_that_are_looked_at_in_parts_give_the_same(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever the parts: what is new, replaced, gone, kept out, double, and what leads nowhere."""
    told = []
    for part in (1_000, 2):
        monkeypatch.setattr(columnar, "PART", part)
        workspace = Workspace.create(place.folder / f"w{part}")
        twice = tiny()
        twice["roles"].append(deepcopy(twice["roles"][0]))
        first = take(workspace, place.folder / "in", twice)
        retract(workspace, record(workspace, "cases", "c3"), why="test")
        other = without(changed(tiny(), "people", 3, name="Yulia Other"), "roles", 3)
        other["cases"][2]["title"] = "Said otherwise"
        other["sources"].append({"source_id": "s3", "url": "https://press.example/s3", "title": "Report s3"})
        second = take(workspace, place.folder / "in", other)
        bad = changed(other, "roles", 0, person_id="nobody")
        bad["proceedings"][1]["case_id"] = "c3"
        bad["proceedings"].append({**bad["proceedings"][0], "outcome": "acquitted"})
        with pytest.raises(BadData) as caught:
            take(workspace, place.folder / "in", bad)
        assert problems(workspace) == []
        said = (first.counts, second.counts, second.difference.rows, second.notes, str(caught.value))
        told.append((*said, sorted(workspace.store().lines())))

    assert told[0] == told[1]
    assert told[0][1] == {"added": 1, "replaced": 1, "retracted": 1, "unchanged": 15}
    assert "3 problems" in told[0][4]


def test_a_check_and_a_diff_write_nothing(loaded: Place) -> None:
    before = sorted(p.name for p in loaded.workspace.path.rglob("*"))
    folder = write(loaded.folder, changed(tiny(), "cases", 0, title="Renamed"))

    would = check(loaded.workspace, [folder], tables, dataset="tiny")

    assert would.difference.rows[0]["after"] == "Renamed"
    assert would.line is None
    assert sorted(p.name for p in loaded.workspace.path.rglob("*")) == before


def test_a_check_needs_no_workspace(tmp_path: Path) -> None:
    assert check(None, [write(tmp_path / "in", tiny())], tables, dataset="tiny").rows["cases"] == 3


def test_all_faults_are_told_at_once_and_nothing_is_loaded(loaded: Place) -> None:
    bad = changed(tiny(), "cases", 0, arrest_date="2022-13")
    bad["cases"][1]["articles"] = "article 1"
    bad["roles"][0]["person_id"] = "nobody"
    bad["roles"][1]["source_ids"] = ""
    before = lines(loaded.workspace)

    with pytest.raises(BadData) as caught:
        take(loaded.workspace, loaded.folder, bad)

    assert [(p.file, p.row, p.column) for p in caught.value.problems] == [
        ("cases.csv", 2, "arrest_date"),
        ("cases.csv", 3, "articles"),
        ("roles.csv", 2, "person_id"),
        ("roles.csv", 3, "source_ids"),
    ]
    assert str(caught.value).endswith("4 problems; nothing was loaded")
    assert lines(loaded.workspace) == before
    assert problems(loaded.workspace) == []


def test_a_table_that_lost_a_third_is_refused_unless_it_is_accepted(place: Place) -> None:
    many = tiny()
    many["people"] += [{"person_id": f"x{n}", "name": f"Extra {n}", "source_ids": "s1"} for n in range(7)]
    take(place.workspace, place.folder, many)

    with pytest.raises(Refused, match=r"tiny: people has 5 rows, before 12: .* load again with --accept-drop"):
        take(place.workspace, place.folder, tiny(), accept_drop=False)
    assert take(place.workspace, place.folder, tiny()).counts["retracted"] == 7


def test_a_small_table_is_no_exception_but_one_row_may_go(loaded: Place) -> None:
    fewer = tiny()
    fewer["roles"] = fewer["roles"][:3]
    assert take(loaded.workspace, loaded.folder, fewer, accept_drop=False).counts["retracted"] == 1

    fewer["roles"] = fewer["roles"][:1]
    with pytest.raises(Refused, match="roles has 1 rows, before 3"):
        take(loaded.workspace, loaded.folder, fewer, accept_drop=False)


def test_a_column_that_emptied_is_refused(loaded: Place) -> None:
    emptied = tiny()
    for row in emptied["cases"]:
        del row["articles"]

    with pytest.raises(Refused, match=r"cases.articles is filled in 0% of the rows, before 100%"):
        take(loaded.workspace, loaded.folder, emptied, accept_drop=False)


def test_a_saved_copy_is_kept_under_its_hash_and_a_missing_one_is_a_fault(place: Place) -> None:
    paged = changed(tiny(), "sources", 0, file="pages/s1.html")
    (place.folder / "pages").mkdir(parents=True)
    with pytest.raises(BadData, match=r"sources.csv:2: file: 'pages/s1.html' is not beside the tables"):
        take(place.workspace, place.folder, paged)

    (place.folder / "pages" / "s1.html").write_bytes(b"<p>page")
    take(place.workspace, place.folder, paged)

    copy = lines(place.workspace)[-1]["copies"][0]
    assert (copy["source"], copy["name"]) == ("tiny/s1", "pages/s1.html")
    assert place.workspace.originals.path(copy["sha256"]).read_bytes() == b"<p>page"
    assert problems(place.workspace) == []


def test_a_page_that_was_saved_later_is_a_change_of_its_own(loaded: Place) -> None:
    paged = changed(tiny(), "sources", 0, file="s1.html")
    (loaded.folder / "s1.html").write_bytes(b"one")
    take(loaded.workspace, loaded.folder, paged)
    (loaded.folder / "s1.html").write_bytes(b"two")

    assert take(loaded.workspace, loaded.folder, paged).line == 4
    assert take(loaded.workspace, loaded.folder, paged).line is None


@pytest.mark.parametrize("name", ["a/b", "a|b", "..", ".", "", " a", "a\nb"])
def test_a_name_that_no_dataset_can_have_is_refused(place: Place, name: str) -> None:
    with pytest.raises(ValueError, match="cannot be the name of a dataset"):
        take(place.workspace, place.folder, tiny(), name=name)


def test_a_large_file_is_read_beside_with_the_same_result(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import graph.loading

    small, large = Workspace.create(tmp_path / "small"), Workspace.create(tmp_path / "large")
    steps: list[str] = []
    for workspace, limit in ((small, 1 << 40), (large, 0)):
        monkeypatch.setattr(graph.loading, "LARGE", limit)
        load(
            workspace,
            [write(tmp_path / "in", tiny())],
            tables,
            dataset="tiny",
            progress=lambda step, done: steps.append(step),
        )
        take(workspace, tmp_path / "in", changed(tiny(), "cases", 0, title="Renamed"))

    assert set(small.store().lines()) == set(large.store().lines())
    assert {"reading", "checking", "writing"} <= set(steps)
    assert problems(large) == []


def test_faults_are_told_from_beside_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import graph.loading

    monkeypatch.setattr(graph.loading, "LARGE", 0)
    workspace = Workspace.create(tmp_path / "w")

    with pytest.raises(BadData, match=r"cases.csv:2: arrest_date: '2022-13'"):
        take(workspace, tmp_path / "in", changed(tiny(), "cases", 0, arrest_date="2022-13"))
    assert problems(workspace) == []
    assert live(workspace) == set()


def test_a_folder_with_modules_of_other_peoples_is_not_imported_from(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import graph.loading

    monkeypatch.setattr(graph.loading, "LARGE", 0)
    hostile = write(tmp_path / "in", tiny())
    (hostile / "polars.py").write_text("raise SystemExit('hostile')", encoding="utf-8")
    workspace = Workspace.create(tmp_path / "w")
    monkeypatch.chdir(hostile)

    assert load(workspace, [hostile], tables, dataset="tiny").line == 2


def test_more_differences_than_are_shown_are_counted(loaded: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    import graph.loading

    later = without(changed(tiny(), "cases", 0, title="Renamed", arrest_date="2022"), "roles", 3)
    later["people"].append({"person_id": "p9", "name": "Somebody New", "source_ids": "s1|s2"})
    folder = write(loaded.folder, later)
    whole = check(loaded.workspace, [folder], tables, dataset="tiny").difference
    assert not whole.left_out

    monkeypatch.setattr(graph.loading, "SHOWN", 3)
    cut = check(loaded.workspace, [folder], tables, dataset="tiny").difference

    assert cut.rows == whole.rows[:3]
    assert cut.left_out == {"more_rows": len(whole.rows) - 3}


def test_each_folder_is_a_dataset_of_its_own(tmp_path: Path) -> None:
    one, two = write(tmp_path / "one", tiny()), write(tmp_path / "two", tiny())

    answer = load_paths(tmp_path / "w", [one, two])

    assert answer.parameters == {"datasets": ["one", "two"]}
    assert {r["dataset"] for r in Workspace.open(tmp_path / "w").rows().table("cases").to_dicts()} == {"one", "two"}


# --- laws --------------------------------------------------------------------------------------------------------

_FEW = settings(max_examples=8, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])


@_FEW
@given(seed=st.integers(0, 10_000))
def test_the_order_of_rows_does_not_change_the_content(tmp_path: Path, seed: int) -> None:
    rng, hashes = random.Random(seed), set()
    for turn in range(2):
        dataset: Tables = tiny()
        for rows in dataset.values() if turn else ():
            rng.shuffle(rows)
        shutil.rmtree(tmp_path / "w", ignore_errors=True)
        workspace = Workspace.create(tmp_path / "w")
        take(workspace, tmp_path / "in", dataset)
        hashes.add((workspace.data_hash, frozenset(live(workspace))))

    assert len(hashes) == 1


def test_a_copy_of_a_judged_dataset_under_another_name_changes_sources_only(loaded: Place) -> None:
    from graph.asking import Moment, recurring
    from graph.judging import load_judgements
    from loaders.tables.judgements import read_judgements

    workspace = loaded.workspace
    before = recurring(Moment(workspace), {"min_matters": 1}).rows
    take(workspace, loaded.folder, tiny(), name="copy")
    kinds = {
        "person": ("people", "person_id"),
        "body": ("bodies", "body_id"),
        "case": ("cases", "case_id"),
        "proceeding": ("proceedings", "proceeding_id"),
    }
    file = loaded.folder.with_name("judgements.csv")
    file.write_text(
        "kind,left,right,verdict\n"
        + "".join(f"{k},tiny/{r[c]},copy/{r[c]},same\n" for k, (t, c) in kinds.items() for r in tiny()[t]),
        encoding="utf-8",
    )
    load_judgements(workspace, file, read_judgements)

    after = recurring(Moment(workspace), {"min_matters": 1}).rows

    for key in ("matters", "cases", "adverse", "favourable", "source_origins", "first", "last", "roles"):
        assert [r[key] for r in after] == [r[key] for r in before], key
    assert all(len(r["sources"]) == 2 * len(s["sources"]) for r, s in zip(after, before, strict=True))
    assert problems(workspace) == []
