"""The commands as a user runs them: what they print, what they answer with, what a script can rely on."""

from __future__ import annotations

import csv
import io
import json
import os
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result

import cli
from graph.workspace import Workspace
from loaders.shipped import paths as shipped
from tests.graph.tiny import changed, record, take, tiny, write

ROOT = Path(__file__).parents[1]
SERVER = {"push"}
"""Commands whose example needs a server."""
SLOW = {"validate"}
"""Takes ten seconds; `tests/graph/test_validation.py` holds the same of the shipped data each time."""


def run(*arguments: str, text: str | None = None) -> Result:
    return CliRunner().invoke(cli.main, list(arguments), input=text, prog_name="repgraph")


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder to work in, with a workspace of the tiny dataset named by the environment."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("REPGRAPH_WORKSPACE", str(tmp_path / "w"))
    take(Workspace.create(tmp_path / "w"), tmp_path / "tiny", tiny())
    return tmp_path


def _commands(
    command: click.Command, context: click.Context, path: tuple[str, ...] = ()
) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    if path:
        yield path, command
    if isinstance(command, click.Group):
        for name in command.list_commands(context):
            below = command.get_command(context, name)
            assert below is not None
            yield from _commands(below, click.Context(below, info_name=name, parent=context), (*path, name))


COMMANDS = dict(_commands(cli.main, click.Context(cli.main, info_name="repgraph")))


def _example(path: tuple[str, ...]) -> str:
    found = [line.split("Example: ", 1)[1] for line in (COMMANDS[path].help or "").splitlines() if "Example: " in line]
    assert len(found) == 1, path
    return found[0].strip()


@pytest.mark.parametrize("path", COMMANDS, ids=" ".join)
def test_every_command_has_help_with_one_example_of_itself(path: tuple[str, ...]) -> None:
    result = run(*path, "--help")

    assert result.exit_code == 0
    assert f"repgraph {' '.join(path)}" in _example(path)
    assert "Usage: repgraph" in result.output


@pytest.mark.parametrize(
    "paths",
    [
        pytest.param([path for path in COMMANDS if path[0] not in SERVER | SLOW], id="quick"),
        pytest.param([path for path in COMMANDS if path[0] in SLOW], id="slow", marks=pytest.mark.thorough),
    ],
)
def test_every_example_works_on_the_demo_data(
    paths: list[tuple[str, ...]], demo_workspace: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copytree(demo_workspace, tmp_path / "demo")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("REPGRAPH_WORKSPACE", str(tmp_path / "demo"))
    shutil.copytree(shipped()[0], tmp_path / "my-tables")
    failed = []
    for path in paths:
        text, example = None, _example(path)
        if example.startswith("echo "):
            said, example = example.split(" | ")
            text = shlex.split(said)[1]
        words = shlex.split(example.split(" >")[0])
        if path == ("template",):
            words[-1] += "-empty"
        result = run(*words[1:], text=text)
        if result.exit_code != 0 or (not result.stdout and not result.stderr):
            failed.append(f"{example}: exit {result.exit_code}: {result.output[-300:]} {result.exception!r}")
    assert failed == []


# --- exit codes and errors -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("who", "Nobody Whatsoever"), 0, "nothing"),
        (("status",), 0, "manifest lines"),
        (("verify",), 0, "originals, manifest, judgements and state agree"),
        (("retract", "feedbeef", "--why", "x"), 1, "repgraph: 'feedbeef' is no record that stands"),
        (("judge", "tiny/p1", "tiny/nobody", "same", "--why", "x"), 1, "repgraph: 'tiny/nobody' is no person"),
        (("asof", "2001-01-01", "who", "Judge"), 1, "repgraph: nothing was known at 2001-01-01"),
        (("asof", "soon", "who", "Judge"), 2, "repgraph: 'soon' is not a day"),
        (("judge", "tiny/p1", "tiny/p2", "perhaps", "--why", "x"), 2, "'perhaps' is not one of"),
        (("retract", "feedbeef"), 2, "Missing option '--why'"),
        (("load", "not-there"), 2, "does not exist"),
        (("bundle", "b.zip", "--question", "officials all"), 2, "selects nothing"),
        (("--workspace", "elsewhere", "status"), 1, "is not a workspace; make one with"),
        (("status", "--workspace", "elsewhere"), 1, "is not a workspace; make one with"),
        (("nonsense",), 2, "No such command 'nonsense'"),
        (("ask", "nonsense"), 2, "repgraph: there is no question 'nonsense'"),
        (("ask", "cases_of"), 2, "add --param person="),
        (("ask", "in_role", "--param", "role=jugde"), 2, "is not in ontology/vocab/role.csv"),
        (("officials", "--since", "May"), 2, "repgraph: 'May' is not a date"),
    ],
)
def test_the_exit_code_and_the_line_say_how_it_ended(
    place: Path, arguments: tuple[str, ...], code: int, said: str
) -> None:
    result = run(*arguments)

    assert result.exit_code == code
    assert said.casefold() in result.stderr.casefold()
    assert "Traceback" not in result.output


def test_a_process_ends_with_the_same_codes(place: Path) -> None:
    codes = [
        subprocess.run(
            [sys.executable, str(ROOT / "cli.py"), *words],
            capture_output=True,
            check=False,
            cwd=place,
            env={**os.environ},
        ).returncode
        for words in (["head"], ["retract", "x", "--why", "y"], ["retract"])
    ]

    assert codes == [0, 1, 2]


def test_all_faults_of_a_load_are_lines_and_the_code_is_one(place: Path) -> None:
    bad = changed(tiny(), "cases", 0, arrest_date="2022-13")
    bad["roles"][0]["person_id"] = "nobody"
    result = run("load", str(write(place / "tiny", bad)))

    assert result.exit_code == 1
    assert result.stdout == ""
    assert [line.split(" ")[1] for line in result.stderr.splitlines() if ".csv" in line] == [
        "cases.csv:2:",
        "roles.csv:2:",
    ]
    assert result.stderr.splitlines()[-1] == "repgraph: 2 problems; nothing was loaded"


# --- what is printed -----------------------------------------------------------------------------------------------


def test_json_is_the_contract(place: Path) -> None:
    found = json.loads(run("who", "Yulia Judge", "--json").stdout)

    assert list(found) == ["question", "parameters", "columns", "rows", "notes", "left_out"]
    assert found["question"] == "who"
    assert {row["case"] for row in found["rows"]} == {"tiny/c1", "tiny/c2", "tiny/c3"}
    assert all(set(row) == set(found["columns"]) for row in found["rows"])


def test_csv_and_a_pipe_have_the_same_cells(place: Path) -> None:
    wide = list(csv.reader(io.StringIO(run("officials", "--min-matters", "1", "--csv").stdout)))
    narrow = [line.split("\t") for line in run("officials", "--min-matters", "1").stdout.splitlines()]

    assert wide[0] == narrow[0]
    assert [row[0] for row in wide] == [row[0] for row in narrow]


def test_data_go_to_stdout_and_notes_to_stderr(place: Path) -> None:
    result = run("status", "--json")

    json.loads(result.stdout)
    assert "manifest lines" in result.stderr


def test_the_options_of_all_commands_stand_before_or_after(place: Path) -> None:
    before = run("--workspace", str(place / "w"), "--lang", "ru", "who", "Judge", "--json")
    after = run("who", "Judge", "--json", "--lang", "ru", "--workspace", str(place / "w"))

    assert before.exit_code == after.exit_code == 0
    assert before.stdout == after.stdout


# --- custody as a user does it ---------------------------------------------------------------------------------------


def test_a_load_prints_the_difference_and_a_diff_writes_nothing(place: Path) -> None:
    write(place / "tiny", changed(tiny(), "cases", 0, title="Renamed"))

    shown = run("load", "tiny", "--diff", "--json")
    loaded = run("load", "tiny", "--json")
    again = run("load", "tiny", "--json")

    for result in (shown, loaded):
        assert [(r["field"], r["before"], r["after"]) for r in json.loads(result.stdout)["rows"]] == [
            ("title", "Case 1", "Renamed")
        ]
    assert "loaded as line 3" in loaded.stderr
    assert "nothing has changed, nothing was written" in again.stderr
    assert len(Workspace.open(place / "w").lines()) == 3


def test_load_makes_a_workspace_where_there_is_none_and_says_so(place: Path) -> None:
    result = run("load", "tiny", "--workspace", "new")

    assert "made the workspace new" in result.stderr
    assert run("verify", "--workspace", "new").exit_code == 0


def test_taking_back_and_bringing_back(place: Path) -> None:
    found = record(Workspace.open(place / "w"), "roles", "v3|c3|j2|judge")

    assert run("retract", found, "--why", "withdrawn", "--by", "anna").exit_code == 0
    assert json.loads(run("who", "Yakov Judge", "--json").stdout)["rows"] == []
    assert len(json.loads(run("asof", "2", "who", "Yakov Judge", "--json").stdout)["rows"]) == 1
    assert "withdrawn" in run("history", "tiny/v3|c3|j2|judge").stdout
    assert run("restore", found).exit_code == 0
    assert len(json.loads(run("who", "Yakov Judge", "--json").stdout)["rows"]) == 1
    assert run("purge", found, "--why", "at risk").exit_code == 0
    assert run("restore", found).exit_code == 1
    verified = run("verify")
    assert (verified.exit_code, "1 records were purged (at risk)" in verified.stderr) == (0, True)


def test_judgements_go_out_as_a_csv_that_comes_in_again(place: Path) -> None:
    assert run("judge", "tiny/p1", "tiny/p2", "same", "--why", "one name", "--by", "anna").exit_code == 0
    out = run("judgements", "--csv").stdout
    columns = out.splitlines()[0].split(",")[:-1]  # the last one is the manifest line
    rows = [dict(zip(columns, row, strict=False)) for row in list(csv.reader(io.StringIO(out)))[1:]]
    with (place / "judgements.csv").open("w", newline="") as file:
        writer = csv.DictWriter(file, columns)
        writer.writeheader()
        writer.writerows(rows)

    again = run("load", "judgements.csv")

    assert again.exit_code == 0
    assert "0 judgements, 1 stood already" in again.stderr


def test_a_contradiction_is_refused_and_explained(place: Path) -> None:
    run("judge", "tiny/p1", "tiny/p2", "same", "--why", "a")
    run("judge", "tiny/p2", "tiny/p3", "same", "--why", "b")

    result = run("judge", "tiny/p1", "tiny/p3", "different", "--why", "c")

    assert result.exit_code == 1
    assert "tiny/p1 same tiny/p2 because a" in result.stderr


def test_tampering_is_printed_and_the_code_is_one(place: Path) -> None:
    file = next((place / "w" / "originals").iterdir())
    file.chmod(0o600)
    file.write_bytes(file.read_bytes() + b"x")

    result = run("verify")

    assert result.exit_code == 1
    assert f"originals/{file.name}: its bytes were changed" in result.stdout


@pytest.mark.parametrize("words", [["status"], ["who", "Petrov"], ["analyse", "gaps"]])
@pytest.mark.parametrize("table", ["sources", "roles"])
def test_damaged_rows_are_said_in_one_line(place: Path, words: list[str], table: str) -> None:
    from graph.workspace import Workspace

    for file in (Workspace.open(place / "w").state / "rows" / table).iterdir():
        file.chmod(0o600)
        file.write_bytes(file.read_bytes()[:300])

    result = run(*words)

    assert result.exit_code == 1
    assert "the rows of this workspace cannot be read" in result.stderr
    assert result.stderr.count("run `repgraph rebuild`") == 1


def test_a_damaged_manifest_line_is_named_by_verify(place: Path) -> None:
    file = place / "w" / "manifest.jsonl"
    file.write_bytes(file.read_bytes().replace(b'{"command":"load"', b'{"command":"lo'))

    result = run("verify")

    assert result.exit_code == 1
    assert "manifest.jsonl:2: " in result.stdout


def test_the_head_kept_elsewhere_is_checked(place: Path) -> None:
    kept = run("head").stdout.strip()

    assert run("verify", "--head", kept).exit_code == 0
    assert run("verify", "--head", "0" * 64).exit_code == 1


def test_a_bundle_is_checked_where_there_is_no_workspace(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert run("bundle", "b.zip", "--question", "case tiny/c3").exit_code == 0
    monkeypatch.setenv("REPGRAPH_WORKSPACE", str(place / "none"))

    assert run("verify", "b.zip").exit_code == 0
    (place / "b.zip").write_bytes((place / "b.zip").read_bytes().replace(b"Polina", b"Palina"))
    assert run("verify", "b.zip").exit_code == 1


def test_a_new_workspace_is_not_made_over_something_else(place: Path) -> None:
    result = run("init", "tiny")

    assert result.exit_code == 1
    assert "choose another folder" in result.stderr


@pytest.mark.parametrize(
    "words",
    ["recurring --court Nowhere", "chain --case Nowhere", "careers --person Nobody", "exchanges --exchange None"],
)
def test_an_analysis_of_something_unknown_is_an_answer_with_a_note(place: Path, words: str) -> None:
    found = run("analyse", *words.split(), "--json")
    told = json.loads(found.stdout)
    assert (found.exit_code, told["rows"]) == (0, [])
    assert told["notes"][0].startswith("nothing matches")


@pytest.mark.parametrize(
    "words", ["gaps --role judgge", "recurring --top -1", "exchanges --days -3", "gaps --lists ZZZ"]
)
def test_a_value_that_an_analysis_does_not_know_is_one_line_and_wrong_usage(place: Path, words: str) -> None:
    found = run("analyse", *words.split())
    assert (found.exit_code, found.stdout, found.stderr.count("\n")) == (2, "", 1)
