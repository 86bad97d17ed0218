"""The ontology's files hold together: terms, vocabularies, the tables that use them, the page that shows them."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

import ontology
from loaders.shipped import datasets, judgements
from ontology import UnknownTerm, Word, label, tables, term, vocabularies, vocabulary, word
from ontology.page import names, page, terms, text

ROOT = Path(__file__).parents[2]
VOCAB = Path(ontology.__file__).parent / "vocab"


def test_every_class_of_a_table_is_a_term() -> None:
    assert {spec.cls for spec in tables().values()} <= ontology.terms()
    assert {w.more["class"] for w in vocabulary("body_kind").values()} <= ontology.terms()


def test_every_property_of_a_column_is_a_term() -> None:
    used = {part for t in tables().values() for c in t.columns.values() for part in c.property.split("/") if part}
    assert used <= ontology.terms()


def test_every_name_that_provenance_and_identity_use_is_a_term() -> None:
    provenance = {
        "about", "table", "dataset", "key", "row", "file", "load", "status", "version", "visibility", "confidence",
        "retractedIn", "Record", "Load", "File", "provenance",
    }  # fmt: skip
    identity = {"resolvedTo", "left", "right", "verdict", "decidedOn", "why", "evidence", "decidedBy", "Judgement"}
    through = {"charge", "article", "Charge", "detention", "from", "Detention", "Matter", "identity", "vocabulary"}
    assert provenance | identity | through <= ontology.terms()


@pytest.mark.parametrize("name", sorted(terms()))
def test_a_term_has_both_labels_and_says_what_counts(name: str) -> None:
    statements = terms()[name]
    assert text(statements, "rdfs:label", "en")
    assert text(statements, "rdfs:label", "ru")
    assert text(statements, "rdfs:comment", "en").endswith(".")


def test_every_class_says_which_table_fills_it_and_that_table_is_there() -> None:
    for name, statements in terms().items():
        if "owl:Class" not in names(statements, "rdf:type"):
            continue
        filled = text(statements, "rg:filledBy")
        table, _, column = filled.partition(".")
        if filled.startswith("program: "):
            assert name in {"Record", "Load", "File", "Judgement", "Word"}
        else:
            assert table in tables(), name
            assert not column or column in tables()[table].columns, name


def test_domains_and_ranges_are_terms_of_ours() -> None:
    for statements in terms().values():
        pointed = names(statements, "rdfs:domain", "rdfs:range", "schema:domainIncludes")
        assert {n.removeprefix("rg:") for n in pointed if n.startswith("rg:")} <= ontology.terms()


def test_a_property_points_to_things_exactly_where_its_column_holds_words_or_references() -> None:
    kinds = {name: names(statements, "rdf:type") for name, statements in terms().items()}
    for table in tables().values():
        for column in table.columns.values():
            if not column.meta:
                points = column.type in ("word", "ref", "refs", "local")
                wanted = "owl:ObjectProperty" if points else "owl:DatatypeProperty"
                assert wanted in kinds[column.property.rpartition("/")[2]], column


def test_the_ontology_has_a_version_and_a_licence() -> None:
    head = (Path(ontology.__file__).parent / "repression.ttl").read_text(encoding="utf-8")
    assert "dct:license <https://creativecommons.org/licenses/by/4.0/>" in head
    assert 'owl:versionInfo "0.1.0"' in head


def test_the_ontology_is_aligned_with_the_vocabularies_of_others() -> None:
    aligned = {
        n.partition(":")[0]
        for statements in terms().values()
        for n in names(statements, "rdfs:subClassOf", "rdfs:subPropertyOf", "skos:closeMatch")
    }
    assert {"foaf", "org", "prov", "schema", "ftm"} <= aligned


def test_a_name_that_is_no_term_is_refused_with_near_ones() -> None:
    assert term("Person") == "https://w3id.org/repgraph/ns#Person"
    with pytest.raises(UnknownTerm, match=r"'Persn' is not in ontology/repression.ttl \(it has Person"):
        term("Persn")
    with pytest.raises(UnknownTerm, match="nothing near it"):
        term("xyzzy")


def test_a_token_outside_its_vocabulary_is_refused_with_near_ones() -> None:
    assert word("role", "judge").label("ru") == "судья"
    with pytest.raises(UnknownTerm, match=r"'presiding_juge' is not in .*role.csv \(it has presiding_judge"):
        word("role", "presiding_juge")
    with pytest.raises(UnknownTerm, match=r"'outcom' is not in ontology/vocab \(it has outcome"):
        vocabulary("outcom")


def test_a_vocabulary_is_found_by_its_name_only() -> None:
    with pytest.raises(UnknownTerm):
        vocabulary("../tables")


def test_a_label_falls_back_to_the_token() -> None:
    assert label("role", "judge") == "judge"
    assert label("role", "executioner", "ru") == "executioner"
    assert label("role", None) == ""
    assert Word("x", "ex", "", {}).label("ru") == "ex"


def _words(name: str) -> list[dict[str, str]]:
    with (VOCAB / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.mark.parametrize("name", vocabularies())
def test_every_word_stands_once_with_both_labels(name: str) -> None:
    rows = _words(name)
    assert rows
    assert len({row["token"] for row in rows}) == len(rows)
    for row in rows:
        assert row["token"]
        assert row["label_en"]
        assert row["label_ru"]
        assert all(cell == cell.strip() for cell in row.values())


def test_every_range_of_a_column_is_a_vocabulary_or_a_table() -> None:
    for table in tables().values():
        for column in table.columns.values():
            if column.type == "word":
                assert vocabulary(column.range)
            if column.type in ("ref", "refs"):
                assert column.range in tables()


def test_every_column_is_explained_in_both_languages() -> None:
    for table in tables().values():
        assert table.about_en
        assert table.about_ru
        for column in table.columns.values():
            assert column.about
            assert column.about_ru


def test_the_status_of_a_recognition_is_not_that_of_its_record() -> None:
    own = tables()["recognitions"].columns["status"]
    assert (own.range, own.meta, own.in_key) == ("recognition", False, True)
    common = tables()["people"].columns["status"]
    assert (common.range, common.meta, common.in_key) == ("record_status", True, False)


def test_officials_are_those_of_the_tables() -> None:
    roles = vocabulary("role")
    assert [t for t, w in roles.items() if w.more["official"] == "yes"] == [
        "presiding_judge", "judge", "prosecutor", "investigator", "expert_witness", "prison_official", "secretary",
    ]  # fmt: skip
    assert [t for t, w in roles.items() if w.more["in_tables"] == "no"] == ["defendant"]


def test_degrees_of_involvement_are_words_of_huridocs() -> None:
    degrees = {w.more["degree"] for w in vocabulary("role").values()}
    assert degrees <= {
        "", "directly carried out", "gave orders", "passive accomplice", "confirmed present", "planned", "suspected",
        "failure to exercise authority over subordinates", "failure to act upon knowledge", "failure to prevent",
        "general political responsibility", "unknown",
    }  # fmt: skip


def test_relations_are_names_that_cypher_takes_unquoted() -> None:
    for entry in vocabulary("role").values():
        assert entry.more["relation"].replace("_", "").isalpha()
        assert entry.more["relation"].isupper()


def test_an_outcome_has_a_default_effect() -> None:
    by_effect = {
        e: {t for t, w in vocabulary("outcome").items() if w.more["effect"] == e} for e in vocabulary("effect")
    }
    assert by_effect["adverse"] == {
        "convicted", "convicted_in_absentia", "compulsory_treatment", "upheld", "upheld_with_changes", "made_heavier",
        "remanded", "extended", "administrative_arrest", "search_authorised",
    }  # fmt: skip
    assert by_effect["favourable"] == {
        "acquitted", "partly_acquitted", "made_lighter", "released_from_punishment", "pardoned",
    }  # fmt: skip
    assert by_effect["unknown"] == {
        "house_arrest", "returned_to_prosecutor", "returned_for_rehearing", "overturned", "not_decided",
    }  # fmt: skip
    assert by_effect["mixed"] == set()


def test_only_what_a_source_states_of_the_trial_counts() -> None:
    assert [t for t, w in vocabulary("basis").items() if w.more["counts"] == "yes"] == ["stated", "other_hearing"]


def test_only_five_statuses_are_recognitions_in_the_strict_sense() -> None:
    assert [t for t, w in vocabulary("recognition").items() if w.more["strict"] == "yes"] == [
        "recognised_political_prisoner", "prisoner_of_conscience", "wrongfully_detained", "called_wrongfully_detained",
        "arbitrary_detention_opinion",
    ]  # fmt: skip


def test_a_programme_has_an_authority_and_a_criterion_and_one_is_secret() -> None:
    programmes = vocabulary("programme")
    assert all(w.more["authority"] in vocabulary("authority") and w.more["criterion"] for w in programmes.values())
    assert [t for t, w in programmes.items() if w.more["public"] == "no"] == ["US-STATE-VISA"]


def test_an_article_has_a_group_of_the_vocabulary_and_is_of_the_grammar() -> None:
    from graph.articles import parse

    articles = vocabulary("article")
    assert len([t for t in articles if t.startswith(("RU-CC ", "RU-CAO "))]) >= 60
    for token, entry in articles.items():
        assert parse(token).whole == token
        assert entry.more["group"] in vocabulary("article_group")


@pytest.mark.parametrize("folder", datasets(), ids=lambda folder: folder.name)
def test_every_word_of_the_shipped_data_is_in_its_vocabulary(folder: Path) -> None:
    unknown = []
    for path in sorted(folder.glob("*.csv")):
        columns = tables()[path.stem].columns
        with path.open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                for name, cell in row.items():
                    column = columns[name]
                    vocab = column.range if column.type == "word" else _LISTED.get(column.type)
                    if vocab and cell:
                        values = cell.split("|") if column.many else [cell]
                        unknown += [(path.name, name, v) for v in values if v not in vocabulary(vocab)]
    assert unknown == []


_LISTED = {"lang": "lang", "country": "country", "countries": "country"}
"""Column types other than words whose labels are in a vocabulary."""


def test_every_judgement_shipped_uses_the_words_of_judgements() -> None:
    with judgements().open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert {row["kind"] for row in rows} <= set(vocabulary("judged_kind"))
    assert {row["verdict"] for row in rows} <= set(vocabulary("verdict"))


def test_the_page_of_words_is_up_to_date() -> None:
    written = (ROOT / "docs" / "ontology.md").read_text(encoding="utf-8")
    assert written == page(), "run: python -m ontology.page docs/ontology.md"
