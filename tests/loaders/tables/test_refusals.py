"""What a table refuses, cell by cell and as a whole: each with its place and what to do."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.loaders.conftest import Read

ROWS: Mapping[str, Mapping[str, str]] = {
    "sources": {"source_id": "s1", "url": "https://example.org/1"},
    "people": {"person_id": "p1", "name": "Anna Invented", "source_ids": "s1"},
    "bodies": {"body_id": "b1", "name": "Invented District Court", "source_ids": "s1"},
    "cases": {"case_id": "c1", "person_id": "p1", "source_ids": "s1"},
    "proceedings": {"proceeding_id": "a1", "case_id": "c1", "stage": "appeal", "source_ids": "s1"},
    "roles": {"proceeding_id": "a1", "case_id": "c1", "person_id": "p1", "role": "judge", "source_ids": "s1"},
    "exchanges": {"exchange_id": "e1", "source_ids": "s1"},
    "exchange_mentions": {"mention_id": "m1", "kind": "offered", "source_ids": "s1"},
    "list_checks": {"authority": "EU", "programme": "EU-2024-1485", "scope": "official"},
    "citations": {"table": "people", "key": "p1", "source_id": "s1"},
}


def table(table_name: str, /, **cells: str) -> dict[str, str]:
    """A file with one row that is right but for `cells`; semicolons, so that commas may stand in it."""
    row = {**ROWS[table_name], **cells}
    quoted = ('"' + cell.replace('"', '""') + '"' for cell in row.values())
    return {f"{table_name}.csv": ";".join(row) + "\n" + ";".join(quoted) + "\n"}


@pytest.mark.parametrize("name", ROWS)
def test_the_row_that_the_refusals_start_from_is_right(read: Read, name: str) -> None:
    records, problems = read(table(name))

    assert problems == []
    assert [r.cells for r in records] == [
        {k: (v,) if k == "source_ids" else v for k, v in ROWS[name].items()},
    ]


REFUSALS = [
    # table, column, what stands in it, what the message says to do
    ("people", "person_id", "", "fill it in"),
    ("people", "person_id", "a|b", "choose an id without it"),
    ("people", "person_id", "a\x07b", "invisible character U+0007, which an id may not; remove it"),
    ("people", "person_id", "a\u200bb", "U+200B"),
    ("people", "person_id", "a\u202eb", "U+202E"),
    ("people", "person_id", "a\xa0b", "U+00A0"),
    ("people", "person_id", "a\nb", "U+000A"),
    ("people", "name", "Anna\nInvented", "write it on one line"),
    ("people", "name", "Anna\x00", "control character U+0000; remove it"),
    ("people", "name", "Anna\x1f", "control character U+001F; remove it"),
    ("people", "note", "bell\x07", "control character U+0007; remove it"),
    ("people", "note", "old\rMac", "control character U+000D; remove it"),
    ("people", "note", "c1 \x85 control", "control character U+0085; remove it"),
    ("people", "aliases", "Anna||Hanna", "nothing between two |; remove one"),
    ("people", "aliases", "|", "leave the cell blank"),
    ("people", "sex", "female", "is not in ontology/vocab/sex.csv; write f"),
    ("people", "sex", "женский", "write f"),
    ("people", "category", "oficial", "write official"),
    ("people", "category", "палач", "correct it, or add the word there"),
    ("people", "birth_year", "71", "write YYYY"),
    ("people", "birth_year", "1971-02", "write YYYY"),
    ("people", "birth_year", "2101", "between 1800 and 2100"),
    ("people", "birth_year", "١٩٧١", "write YYYY"),
    ("people", "birth_date", "16.02.1971", "write 1971-02-16"),
    ("people", "birth_date", "16.02.1971 г.", "write 1971-02-16"),
    ("people", "birth_date", "02.1971", "write 1971-02"),
    ("people", "birth_date", "1971/2/16", "write 1971-02-16"),
    ("people", "birth_date", "16/02/1971", "write 1971-02-16"),
    ("people", "birth_date", "02/03/1971", "write YYYY, YYYY-MM or YYYY-MM-DD"),
    ("people", "birth_date", "1971-02-30", "does not exist"),
    ("people", "birth_date", "31.02.1971", "write YYYY, YYYY-MM or YYYY-MM-DD"),
    ("people", "birth_date", "1971-13", "does not exist"),
    ("people", "citizenships", "Russia", "write RU"),
    ("people", "citizenships", "Россия", "write RU"),
    ("people", "citizenships", "ru", "write RU"),
    ("people", "citizenships", "RU|UK", "write GB for the United Kingdom, UA for Ukraine"),
    ("people", "citizenships", "XX", "two capital letters"),
    ("people", "citizenships", "SU", "two capital letters"),
    ("people", "source_ids", "", "name the source_id of what says this row"),
    ("people", "source_ids", "s1||s2", "nothing between two |"),
    ("people", "visibility", "secret", "is not in ontology/vocab/visibility.csv"),
    ("people", "status", "retracted", "is not in ontology/vocab/record_status.csv"),
    ("people", "confidence", "Hihg", "write high"),
    ("sources", "url", "", "fill it in"),
    ("sources", "url", "example.org", "write http:// or https:// with a host"),
    ("sources", "url", "javascript:alert(1)", "write http:// or https:// with a host"),
    ("sources", "url", "data:text/html,x", "write http:// or https:// with a host"),
    ("sources", "url", "file:///etc/passwd", "write http:// or https:// with a host"),
    ("sources", "url", "http://", "with a host"),
    ("sources", "url", "https:///path", "with a host"),
    ("sources", "url", "https://example.org@evil.invalid/", "names a user before the host"),
    ("sources", "url", "https://example.org/a b", "write it %-encoded"),
    ("sources", "url", 'https://example.org/"><img onerror=x>', "write it %-encoded"),
    ("sources", "url", "https://example.org/\x07", "write it %-encoded"),
    ("sources", "url", "https://example.org/\u202egpj", "write it %-encoded"),
    ("sources", "lang", "Russian", "two letters of ISO 639-1"),
    ("sources", "lang", "RU", "two letters of ISO 639-1"),
    ("sources", "lang", "xx", "two letters of ISO 639-1"),
    ("sources", "sha256", "abc", "64 hexadecimal digits"),
    ("sources", "file", "../secret.html", "without .."),
    ("sources", "file", "a/../../b", "without .."),
    ("sources", "file", "/etc/passwd", "relative to the tables"),
    ("sources", "file", "C:\\page.html", "relative to the tables"),
    ("sources", "file", "C:page.html", "relative to the tables"),
    ("sources", "file", "~/page.html", "relative to the tables"),
    ("sources", "file", "pages//a.html", "has an empty part"),
    ("sources", "file", "a\x00.html", "rename the file"),
    ("bodies", "country", "RUS", "two capital letters"),
    ("cases", "person_id", "", "fill it in"),
    ("cases", "articles", "ст. 207.3 УК РФ", "RU-CC"),
    ("cases", "articles", "RU-CC 207.3|RU-CC", "RU-CC"),
    ("proceedings", "stage", "apeal", "write appeal"),
    ("proceedings", "sentence_months", "7 years", "digits only"),
    ("proceedings", "sentence_months", "-1", "digits only"),
    ("proceedings", "sentence_months", "8.5", "digits only"),
    ("proceedings", "sentence_months", "٨", "digits only"),
    ("proceedings", "fine_rub", "1234567890", "at most nine"),
    ("roles", "role", "палач", "is not in ontology/vocab/role.csv"),
    ("roles", "role", "судья", "write judge"),
    ("roles", "role", "defendant", "is not in ontology/vocab/role.csv"),
    ("roles", "case_id", "", "fill it in"),
    ("exchanges", "parties", "RU|SU", "two capital letters"),
    ("list_checks", "programme", "", "fill it in"),
    ("citations", "source_id", "", "fill it in"),
    ("citations", "quote_lang", "русский", "two letters of ISO 639-1"),
]


@pytest.mark.parametrize(("name", "column", "value", "remedy"), REFUSALS, ids=lambda value: ascii(value)[1:-1][:40])
def test_a_cell_that_cannot_be_is_refused_with_what_to_do(
    read: Read, name: str, column: str, value: str, remedy: str
) -> None:
    _, problems = read(table(name, **{column: value}))

    assert len(problems) == 1, problems
    (problem,) = problems
    assert (problem.file, problem.row, problem.column) == (f"{name}.csv", 2, column)
    assert remedy in problem.remedy
    assert problem.value == (value if value and "|" not in value else problem.value)
    assert "\x07" not in str(problem)


def test_all_faults_of_all_files_are_reported_in_one_go(read: Read) -> None:
    files = {
        "people.csv": "person_id,sex,birth_year,source_ids\np1,x,71,\np2,m,1971,s1\n,m,,s1\n",
        "roles.csv": "case_id,person_id,role,source_ids\nc1,p1,hangman,s1\n",
    }

    records, problems = read(files)

    assert [(p.file, p.row, p.column) for p in problems] == [
        ("people.csv", 2, "sex"), ("people.csv", 2, "birth_year"), ("people.csv", 2, "source_ids"),
        ("people.csv", 4, "person_id"), ("roles.csv", 2, "role"),
    ]  # fmt: skip
    # A person with a wrong cell is read all the same, else every role of theirs would seem to lead nowhere.
    assert [r.thing for r in records] == ["invented/p1", "invented/p2"]


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("16.02.1971", "1971-02-16"), ("02.1971", "1971-02"), ("16/02/1971", "1971-02-16"), ("1971/2/6", "1971-02-06"),
        ("1971-2-6", "1971-02-06"), ("1971-2", "1971-02"), ("1971-02-16 00:00:00", "1971-02-16"),
        ("1971-02-16T00:00", "1971-02-16"), ("16 февраля 1971 г.", "1971-02-16"), ("Feb. 16, 1971", "1971-02-16"),
    ],
)  # fmt: skip
def test_a_date_that_can_only_mean_one_day_is_offered(read: Read, written: str, meant: str) -> None:
    _, problems = read(table("people", birth_date=written))
    assert problems[0].remedy == f"is not in the form of a date here; write {meant}"


@pytest.mark.parametrize("written", ["02/03/1971", "1971-02-16T12:30", "1971-2-30", "spring 1971"])
def test_a_date_that_could_mean_another_is_not_offered(read: Read, written: str) -> None:
    _, problems = read(table("people", birth_date=written))
    assert (problems[0].column, problems[0].value) == ("birth_date", written)
    assert "is not in the form" not in problems[0].remedy


def test_who_writes_uk_for_an_authority_is_told_gb(read: Read) -> None:
    head = "person_id,body_id,authority,programme,list_date,source_ids"
    _, problems = read({"sanctions.csv": f"{head}\nj1,,UK,,2022,s1\n"})
    assert [p.remedy for p in problems] == ["is not in ontology/vocab/authority.csv; write GB"]


def test_a_message_reads_as_one_line_with_place_value_and_remedy(read: Read) -> None:
    _, problems = read(table("people", birth_date="16.02.1971"))

    assert str(problems[0]) == (
        "people.csv:2: birth_date: '16.02.1971' is not in the form of a date here; write 1971-02-16"
    )


@pytest.mark.parametrize(
    ("content", "row", "value", "remedy"),
    [
        ("", 1, None, "write the columns of people in line 1"),
        ("\nperson_id,source_ids\np1,s1\n", 1, None, "write the columns of people in line 1"),
        ("person_id,source_ids,nmae\np1,s1,x\n", 1, "nmae", "did you mean name?"),
        ("person_id,source_ids,Sex\np1,s1,m\n", 1, "Sex", "did you mean sex?"),
        ("person_id,source_ids,zzzz\np1,s1,m\n", 1, "zzzz", "there are person_id, name,"),
        ("person_id,source_ids,sex,sex\np1,s1,m,f\n", 1, "sex", "stands twice in the header (column 4)"),
        ("person_id,source_ids,\np1,s1,m\n", 1, None, "has no name for column 3"),
        ("name,source_ids\nA,s1\n", 1, None, "person_id: is not in the header; people cannot be read without it"),
        ("person_id,name\np1,A\n", 1, None, "source_ids: is not in the header; people cannot be read without it"),
        ("person_id,source_ids\np1,s1,x\n", 2, None, "has 3 cells, the header has 2"),
        ("person_id,source_ids\np1\n", 2, None, "has 1 cells, the header has 2"),
        ('person_id,source_ids\np0,s1\np1,"s1\n', 3, None, "opens a quotation mark that nothing closes"),
        ('person_id,source_ids\np1,"s"1\n', 2, None, "quotation mark out of place"),
        ("person_id,source_ids\np1," + "s" * 1_000_001 + "\n", 2, None, "more than 1000000 characters"),
    ],
)
def test_a_file_of_the_wrong_shape_is_refused(
    read: Read, content: str, row: int, value: str | None, remedy: str
) -> None:
    _, problems = read({"people.csv": content})

    assert [(p.row, p.value) for p in problems] == [(row, value)]
    assert remedy in str(problems[0])


def test_a_column_that_is_not_known_does_not_hide_the_faults_of_others(read: Read) -> None:
    _, problems = read({"people.csv": "person_id,source_ids,nmae,sex\np1,s1,x,z\n"})

    assert [(p.row, p.column or p.value) for p in problems] == [(1, "nmae"), (2, "sex")]


def test_a_table_that_is_not_known_is_refused_with_the_nearest(read: Read) -> None:
    _, problems = read({"poeple.csv": "person_id\n"})

    assert [str(p) for p in problems] == ["poeple.csv: 'poeple' is not a table; did you mean people?"]


def test_judgements_among_the_tables_are_shown_their_place(read: Read) -> None:
    _, problems = read({"judgements.csv": "kind,left,right,verdict\n"})

    assert "keep them in a file judgements.csv of their own" in problems[0].remedy


@pytest.mark.parametrize("name", ["people.xls", "people.ods", "people.xlsm"])
def test_a_spreadsheet_of_another_format_is_refused(read: Read, name: str) -> None:
    _, problems = read({name: "x"})

    assert [p.remedy for p in problems] == ["is not a format that is read here; save it as CSV (UTF-8) or XLSX"]


def test_a_message_quotes_at_most_80_characters(read: Read) -> None:
    _, problems = read(table("people", sex="x" * 5000))

    assert problems[0].value == "x" * 80


def test_a_file_name_cannot_write_on_the_terminal(read: Read) -> None:
    _, problems = read({"pe\x1b[31mople.csv": "person_id\n"})

    assert "\x1b" not in str(problems[0])


def test_ten_thousand_faults_are_listed_and_then_the_file_is_left(read: Read) -> None:
    lines = "".join(f"p{n},x,s1\n" for n in range(10_005))

    _, problems = read({"people.csv": "person_id,sex,source_ids\n" + lines, "bodies.csv": "body_id\n"})

    of_people = [p for p in problems if p.file == "people.csv"]
    assert len(of_people) == 10_001
    assert "were not read" in of_people[-1].remedy
    assert [p.file for p in problems[10_001:]] == ["bodies.csv"]


@pytest.mark.parametrize(
    ("name", "column"), [("bodies", "name"), ("proceedings", "stage"), ("exchange_mentions", "kind")]
)
def test_what_is_not_known_may_be_blank(read: Read, name: str, column: str) -> None:
    records, problems = read(table(name, **{column: ""}))

    assert problems == []
    assert column not in next(r for r in records if r.table == name).cells


def test_rows_without_a_key_that_may_be_blank_are_read(read: Read) -> None:
    records, problems = read(table("roles", proceeding_id=""))

    assert problems == []
    assert records[0].key == ("", "c1", "p1", "judge")
