"""The page on Neo4j says what is so: its questions run, its labels and types are the model's."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path
from xml.etree import ElementTree

import pytest

from graph.bolt import mapping
from graph.casebook import Casebook
from graph.neo4j_store import Neo4jStore
from graph.officials import officials
from tests.graph.conftest import shipped_judgements, shipped_rows

TODAY = date(2026, 11, 23)
DOCS = Path(__file__).parents[3] / "docs"
PAGE = (DOCS / "neo4j.md").read_text(encoding="utf-8")
QUESTIONS = dict(re.findall(r"### (\d+\. [^\n]+)\n(?:(?!###)[^`]|`(?!``))*```cypher\n(.*?)```", PAGE, re.DOTALL))


def test_there_are_ten_questions_and_more() -> None:
    assert len(QUESTIONS) == PAGE.count("```cypher") == len(re.findall(r"^### \d+\.", PAGE, re.MULTILINE)) >= 10


@pytest.mark.parametrize("file", ["neo4j.md", "neo4j.grass"])
def test_labels_and_types_are_those_of_the_model(file: str) -> None:
    text = (DOCS / file).read_text(encoding="utf-8")
    if file.endswith(".grass"):
        labels = set(re.findall(r"^node\.(\w+)", text, re.MULTILINE))
        types = set(re.findall(r"^relationship\.(\w+)", text, re.MULTILINE))
    else:
        queries = "\n".join(QUESTIONS.values())
        labels = {word for words in re.findall(r"\(\w*:(\w+)", queries) for word in words.split(":")}
        types = {word for words in re.findall(r"\[\w*:([\w|]+)", queries) for word in words.split("|")}
        types |= set(re.findall(r"`([A-Z]+_[A-Z_]+|JUDGED|CITES|STATES)`", text)) - {"NEO4J_URI"}
        types = {word for word in types if not word.startswith("NEO4J_")}
    assert labels
    assert types
    assert labels <= mapping.labels()
    assert types <= mapping.types()


def test_the_page_names_every_type_of_the_model() -> None:
    assert [kind for kind in sorted(mapping.types()) if f"`{kind}`" not in PAGE] == []


def test_the_picture_is_xml_and_names_the_things() -> None:
    picture = ElementTree.parse(DOCS / "neo4j-model.svg")
    words = " ".join(picture.getroot().itertext())
    assert all(thing.label in words for thing in mapping.things())


@pytest.fixture(scope="module")
def filled(server: Neo4jStore) -> Neo4jStore:
    server.push(Casebook(shipped_rows(), shipped_judgements(), today=TODAY), full=True)
    with server.driver.session() as session:
        session.run("CALL db.awaitIndexes(120)").consume()
    return server


@pytest.mark.neo4j
@pytest.mark.parametrize("title", QUESTIONS)
def test_each_question_of_the_page_has_an_answer_in_the_shipped_data(title: str, filled: Neo4jStore) -> None:
    rows = filled.rows(QUESTIONS[title])
    assert rows, title
    if title.startswith("12."):
        assert rows[0]["person"] == "cases-ru/mendeleeva-olesya"


@pytest.mark.neo4j
def test_who_recurs_in_cypher_is_who_recurs_in_the_workspace(filled: Neo4jStore) -> None:
    there = filled.rows(QUESTIONS["1. Who recurs?"].replace("LIMIT 20", ""))
    here = officials(Casebook(shipped_rows(), shipped_judgements(), today=TODAY))
    counted = {row["person"]: row["matters"] for row in here.rows if row["matters"] >= 3}
    assert {row["person"]: row["matters"] for row in there} == counted
