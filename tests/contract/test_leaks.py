"""Nothing of a record that is not public leaves the workspace: canary words in every column, searched in every file."""

from __future__ import annotations

import getpass
import io
import re
import socket
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import polars as pl
import pytest

from graph.exports.views import VIEWS
from ontology import Column, tables, vocabulary
from tests.contract.conftest import Command
from tests.contract.worlds import Tables, World, written
from tests.thorough import more

CANARY = "zqcanary"
CLAIMS = ("trig", "nq", "ttl", "jsonld", "csv", "xlsx", "cypher")
GRAPHS = ("json", "parquet", "gexf", "csv", "graphml")


def open_tables() -> Tables:
    """A small public dataset."""
    people = [
        {
            "person_id": p,
            "name": f"Name {p}",
            "category": "official" if p[0] == "o" else "political_prisoner",
            "source_ids": "s1",
        }
        for p in ("o1", "o2", "p1", "p2")
    ]
    return {
        "sources": [{"source_id": s, "url": f"https://example.org/{s}", "title": f"Title {s}", "publisher": s} for s in ("s1", "s2")],
        "people": people,
        "bodies": [{"body_id": b, "name": f"Court {b}", "kind": "court", "source_ids": "s1"} for b in ("b1", "b2")],
        "cases": [
            {"case_id": c, "person_id": p, "trial_id": "t", "title": f"Case {c}", "articles": "RU-CC 275", "source_ids": "s1"}
            for c, p in (("c1", "p1"), ("c2", "p2"))
        ],
        "proceedings": [
            {"proceeding_id": f"v{c}", "case_id": c, "stage": "first_instance", "body_id": "b1", "decision_date": "2024-01-01",
             "outcome": "convicted", "source_ids": "s1"}
            for c in ("c1", "c2")
        ],
        "roles": [
            {"proceeding_id": f"v{c}", "case_id": c, "person_id": o, "role": r, "body_id": "b1", "basis": "stated", "source_ids": "s1|s2"}
            for c in ("c1", "c2") for o, r in (("o1", "presiding_judge"), ("o2", "prosecutor"))
        ],
        "tenures": [{"person_id": "o1", "body_id": "b1", "post": "judge", "source_ids": "s1"}],
        "sanctions": [
            {"person_id": "o1", "body_id": "", "authority": "EU", "programme": "EU-2024-1485", "list_date": "2024", "source_ids": "s1"}
        ],
        "list_checks": [{"authority": "EU", "programme": "EU-2024-1485", "scope": "official", "as_of": "2024"}],
        "exchanges": [{"exchange_id": "x1", "name": "Deal", "date": "2024-08-01", "source_ids": "s1"}],
        "exchange_participants": [{"exchange_id": "x1", "person_id": "p1", "released_by": "RU", "source_ids": "s1"}],
        "exchange_mentions": [{"mention_id": "m1", "exchange_id": "x1", "person_id": "p2", "kind": "offered", "source_ids": "s1"}],
        "classifications": [{"person_id": "p1", "category": "spy", "by": "FSB", "source_ids": "s1"}],
        "recognitions": [{"person_id": "p1", "body": "Memorial", "status": "prisoner_of_conscience", "source_ids": "s1"}],
        "citations": [{"table": "people", "key": "o1", "column": "name", "source_id": "s1", "quote": "a quote"}],
    }  # fmt: skip


def canary(column: Column, visibility: str) -> str:
    """A value that the column takes, with the canary in it where it can hold a text."""
    word = f"{CANARY}-{visibility}-{column.table}-{column.name}".replace("_", "")
    plain = {
        "date": "2001-09-11", "year": "1933", "int": "31337", "country": "TV", "countries": "TV", "lang": "la",
        "articles": "RU-CC 999.9", "sha256": "f" * 64,
    }  # fmt: skip
    if column.type == "word":
        return next(t for t, w in vocabulary(column.range).items() if w.more.get("in_tables") != "no")
    if column.type == "url":
        return f"https://{word.lower()}.example/"
    return plain.get(column.type, word)


def hidden(visibility: str) -> Tables:
    """A record of every table that is not for all, with a canary wherever one can stand; references go to one another."""
    own = {
        "sources": "source_id", "people": "person_id", "bodies": "body_id", "cases": "case_id", "proceedings": "proceeding_id",
        "exchanges": "exchange_id",
    }  # fmt: skip
    ids = {name: canary(tables()[name].columns[column], visibility) for name, column in own.items()}
    found: Tables = {}
    for name, spec in tables().items():
        row = {}
        for column in spec.columns.values():
            if (column.meta and column.type == "word") or column.type == "file":
                continue
            row[column.name] = ids[column.range] if column.type in ("ref", "refs") else canary(column, visibility)
        row["visibility"] = visibility
        if name == "sanctions":
            row["body_id"] = ""
        if name == "citations":
            row.update(table="people", key=ids["people"], column="name")
        found[name] = [row]
    return found


def both(first: Tables, *others: Tables) -> Tables:
    """The rows of all, in order, with every column."""
    out: Tables = {}
    for name in first:
        rows = [row for some in (first, *others) for row in some.get(name, ())]
        columns = dict.fromkeys(c for row in rows for c in row)
        out[name] = [{c: row.get(c, "") for c in columns} for row in rows]
    return out


def pointing(visibility: str) -> Tables:
    """Public records that speak of what is not public: by person, body, case, source."""
    ids = {name: rows[0] for name, rows in hidden(visibility).items()}
    person, body, source = ids["people"]["person_id"], ids["bodies"]["body_id"], ids["sources"]["source_id"]
    return {
        "people": [{"person_id": f"twin{visibility}", "name": f"{CANARY} by a hidden source", "source_ids": source}],
        "roles": [
            {"proceeding_id": "vc1", "case_id": "c1", "person_id": person, "role": "judge", "basis": "stated", "source_ids": "s1",
             "name_as_written": f"{CANARY} as written"},
            {"proceeding_id": "vc1", "case_id": "c1", "person_id": "o1", "role": "secretary", "body_id": body, "basis": "stated",
             "source_ids": f"s1|{source}"},
        ],
        "exchange_mentions": [
            {"mention_id": f"n{visibility}", "exchange_id": "x1", "person_id": person, "name": f"{CANARY} said", "kind": "offered",
             "quote": f"{CANARY} quoted", "source_ids": "s1"}
        ],
        "classifications": [{"person_id": person, "category": "spy", "by": f"{CANARY} who says", "source_ids": "s1"}],
        "citations": [
            {"table": "people", "key": person, "column": "name", "source_id": "s1", "quote": f"{CANARY} of a hidden record"},
            {"table": "people", "key": "o1", "column": "name", "source_id": source, "quote": f"{CANARY} of a hidden source"},
        ],
        "exchange_participants": [{"exchange_id": "x1", "person_id": person, "released_by": "RU", "source_ids": "s1"}],
        "cases": [{"case_id": f"cx{visibility}", "person_id": person, "title": f"{CANARY} case", "source_ids": "s1"}],
    }  # fmt: skip


def judgements(visibility: str) -> list[dict[str, str]]:
    """Judgements that touch what is hidden: its id is the least, so that a careless join would go by it."""
    person = hidden(visibility)["people"][0]["person_id"]
    body = hidden(visibility)["bodies"][0]["body_id"]
    common = {
        "decided_on": "2026-01-01",
        "by": f"{CANARY} reviewer",
        "why": f"{CANARY} why",
        "evidence": f"{CANARY} evidence",
    }
    return [
        {"kind": "person", "left": f"a-dark/{person}", "right": "open/o1", "verdict": "same", **common},
        {"kind": "person", "left": f"a-dark/{person}", "right": "open/o2", "verdict": "unsure", **common},
        {"kind": "body", "left": f"a-dark/{body}", "right": "open/b1", "verdict": "same", **common},
    ]


def leaving(
    command: Command,
    folder: Path,
    *,
    few: bool = False,
    official: str = "open/o1",
    case: str = "open/c1",
    court: str = "open/b1",
    deal: str = "open/x1",
) -> list[Path]:
    """Every kind of file that leaves the workspace, made with the profile that stands where none is named.

    Each view is made in every format; with `few` in one, by turns.
    """
    folder.mkdir()
    calls: list[tuple[str, ...]] = [("export", f"claims.{kind}") for kind in CLAIMS]
    for turn, view in enumerate(VIEWS):
        for kind in (GRAPHS[turn % len(GRAPHS)],) if few else GRAPHS:
            calls.append(("export", f"{view}.{kind}", "--view", view, "--min-matters", "1"))
    calls += [("bundle", "bundle.zip")]
    calls += [("analyse", name, "--plot", f"{name}.svg") for name in ("recurring", "gaps", "exchanges", "coverage")]
    for kind in ("html", "svg", "gexf"):
        calls += [("network", "-o", f"network.{kind}", "--min-shared", "1")]
    calls += [
        ("matrix", "-o", "matrix.html"), ("court-view", court, "-o", "court.html"), ("timeline", official, "-o", "timeline.html"),
        ("timeline", case, "-o", "case.svg"), ("exchange-view", deal, "-o", "deal.html"), ("report", "-o", "report.html"),
    ]  # fmt: skip
    for call in calls:
        named = {official, case, court, deal}
        said = command.run(*(str(folder / part) if "." in part and part not in named else part for part in call))
        refused = "go to ." in said.err or "is a flat table" in said.err
        assert said.code == 0 or refused, (call, said)
    return sorted(p for p in folder.rglob("*") if p.is_file())


def texts(path: Path, data: bytes | None = None) -> Iterator[tuple[str, str]]:
    """Everything readable in a file, also inside archives and columnar files, with where it stands."""
    raw = path.read_bytes() if data is None else data
    yield str(path.name), raw.decode("utf-8", "replace")
    yield f"{path.name} (utf-16)", raw.decode("utf-16-le", "replace")
    if zipfile.is_zipfile(io.BytesIO(raw)):
        with zipfile.ZipFile(io.BytesIO(raw)) as archive:
            for name in archive.namelist():
                yield f"{path.name}!name", name
                for where, text in texts(Path(name), archive.read(name)):
                    yield f"{path.name}!{where}", text
    if path.suffix == ".parquet":
        yield f"{path.name} (rows)", str(pl.read_parquet(io.BytesIO(raw)).to_dicts())


@pytest.fixture(scope="module")
def leaky(tmp_path_factory: pytest.TempPathFactory) -> Command:
    """A workspace with everything of a world public, and the same again hidden, in two datasets."""
    folder = tmp_path_factory.mktemp("leaky")
    mixed = both(open_tables(), hidden("internal"), hidden("partner"), pointing("internal"), pointing("partner"))
    dark = both(hidden("internal"), hidden("partner"))
    made = World({"open": mixed, "a-dark": dark}, [*judgements("internal"), *judgements("partner")])
    command = Command(folder / "ws")
    said = command.load(written(made, folder))
    assert said.code == 0, said
    return command


def test_inside_the_workspace_everything_is_there_and_marked(leaky: Command) -> None:
    person = hidden("internal")["people"][0]["person_id"]
    rows = leaky.ask("who", f"open/{person}")["rows"]
    assert rows
    assert not any(row["public"] for row in rows)


@pytest.fixture(scope="module", params=[True, *more(False)], ids=["few", "all"])
def left(request: pytest.FixtureRequest, leaky: Command, tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """All that left the workspace; `tests/test_exposure.py` looks at every view in every format each time."""
    return leaving(leaky, tmp_path_factory.mktemp("left") / "out", few=request.param)


def test_what_leaves_has_the_public_part(left: list[Path]) -> None:
    told = {path.name for path in left for _, text in texts(path) if "Name o1" in text}
    assert {"claims.trig", "claims.nq", "claims.xlsx", "claims.csv", "network.html", "bundle.zip"} <= told


def test_no_file_that_leaves_has_a_canary_in_it(left: list[Path]) -> None:
    found = [
        (where, text[max(0, at.start() - 60) : at.end() + 60])
        for path in left
        for where, text in texts(path)
        for at in list(re.finditer(CANARY, text, re.IGNORECASE))[:1]
    ]
    assert found == []


def test_answers_for_the_public_have_no_canary_in_them(leaky: Command) -> None:
    person = hidden("internal")["people"][0]["person_id"]
    for call in (
        ["officials", "--min-matters", "1"], ["who", "open/o1"], ["court", "open/b1"], ["case", "open/c1"], ["exchange", "open/x1"],
        ["sources", "open/o1"], ["conflicts"], ["who", "Name"],
    ):  # fmt: skip
        answer = leaky.run(*call, "--profile", "public", "--json")
        assert answer.code == 0
        assert CANARY not in (answer.out + answer.err).lower(), call
    asked = leaky.ask("who", f"open/{person}", "--profile", "public")
    assert asked["rows"] == []
    offered = leaky.run("who", CANARY, "--profile", "public", "--json")
    assert f"{CANARY}-" not in offered.out.lower()


def test_nothing_of_the_team_leaves(leaky: Command, left: list[Path]) -> None:
    words = [str(leaky.workspace), str(left[0].parent), f"{getpass.getuser()}@", f"@{socket.gethostname()}", "tester"]
    for path in left:
        for where, text in texts(path):
            assert [w for w in words if w in text] == [], where


@pytest.mark.thorough
def test_what_leaves_does_not_depend_on_what_is_hidden(
    tmp_path: Path, leaky_twins: Callable[[], tuple[Command, Command]]
) -> None:
    """The same public data with and without hidden records beside them give the same bytes but for hashes and loads."""
    bare, rich = leaky_twins()
    first = {p.name: p for p in leaving(bare, tmp_path / "bare", few=True)}
    second = {p.name: p for p in leaving(rich, tmp_path / "rich", few=True)}
    assert sorted(first) == sorted(second)
    different = [name for name in first if plainly(first[name]) != plainly(second[name])]
    assert different == []


def plainly(path: Path) -> list[tuple[str, str]]:
    """What a file says, without hashes of data and sizes of files."""
    packed = zipfile.is_zipfile(path)
    readable = [(w, t) for w, t in texts(path) if "utf-16" not in w and not (packed and w == path.name)]
    return [(w, re.sub(r"\b[0-9a-f]{12,64}\b|\d+(?= bytes)", "#", t)) for w, t in readable]


@pytest.fixture
def leaky_twins(tmp_path: Path) -> Callable[[], tuple[Command, Command]]:
    """Two workspaces: public data alone, and with hidden records at the end of every table."""

    def make() -> tuple[Command, Command]:
        made = []
        for name, extra in (("one", ()), ("two", (hidden("internal"), hidden("partner")))):
            rows = both(open_tables(), *extra)
            folder = tmp_path / name
            folder.mkdir()
            command = Command(folder / "ws")
            assert command.load(written(World({"open": rows}), folder)).code == 0
            made.append(command)
        return made[0], made[1]

    return make
