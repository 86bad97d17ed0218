"""The table of the model agrees with the ontology, and nothing but its words can become Cypher."""

from __future__ import annotations

import pytest

from graph.bolt import mapping, statements
from graph.questions import questions
from ontology import tables, terms, vocabulary

TECHNICAL = {"Repgraph", "Push", "Entry", "Article"}


def test_labels_are_classes_of_the_ontology() -> None:
    records = {kind.label for kind in mapping.records().values()}
    named = mapping.labels() - TECHNICAL
    assert {label.removesuffix("Record") or "Record" for label in named & records} | (named - records) <= terms() | {
        "Case"
    }


def test_every_table_has_records_and_every_role_a_type() -> None:
    assert set(mapping.records()) == set(tables())
    types = mapping.types()
    assert {word.more["relation"] for word in vocabulary("role").values()} <= types


def test_types_are_capitals() -> None:
    assert all(kind == kind.upper() for kind in mapping.types())


@pytest.mark.parametrize("word", ["", "a b", "a`b", "x:Y", "1a", "a-b", "é", "a}) DETACH DELETE n //"])
def test_what_is_no_plain_word_never_becomes_cypher(word: str) -> None:
    with pytest.raises(ValueError, match="cannot be a name in Cypher"):
        statements.name(word)


def test_every_question_has_both_languages_and_the_same_columns() -> None:
    assert len(questions()) >= 10
    for question in questions().values():
        assert question.title.endswith(".")
        for column in question.columns:
            assert f"?{column}" in question.sparql, (question.name, column)
            assert f"AS {column}" in question.cypher, (question.name, column)
        for parameter in question.parameters:
            assert f"?given_{parameter.name}" in question.sparql
            assert f"${parameter.name}" in question.cypher.partition("MATCH")[2] + question.cypher
