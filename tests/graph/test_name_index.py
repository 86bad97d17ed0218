"""The index that finds things by name. People in the small indexes are invented."""

from __future__ import annotations

import random
import sqlite3
import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.names import PAIRS, ask, linkage, pairs, people, right_of
from benchmarks.names import inflected as inflected_queries
from benchmarks.names import nominatives as officials_in_cyrillic
from graph.name_index import Entry, NameIndex, StaleIndex

ENTRIES = (
    Entry("person", "d/mendel", ("Olesya Mendeleeva", "Менделеева Олеся Владимировна")),
    Entry("person", "d/ivanov", ("Иванов Сергей Петрович",)),
    Entry("person", "d/ivanova", ("Иванова Анна Петровна", "Anna Ivanova")),
    Entry("person", "d/ivanov-initials", ("Иванов С.П.",)),
    Entry("person", "d/mikhailyuk", ("Sergei Mikhailyuk", "Сергій Михайлюк")),
    Entry("person", "d/minin", ("Stanislav Minin", "Минин")),
    Entry("person", "d/lagun", ("Сяргей Лагуновіч",)),
    Entry("person", "d/khromov", ("Хромов Олег",)),
    Entry("person", "d/kara", ("Кара-Мурза Владимир",)),
    Entry("person", "d/skochilenko", ("Александра Скочиленко",)),
    Entry("person", "d/grigoriev", ("Евгений Григорьев",)),
    Entry("body", "d/mosgorsud", ("Moscow City Court", "Московский городской суд")),
    Entry("body", "d/mewan", ("Meshchansky District Court", "Мещанский районный суд")),
    Entry("body", "d/chekhov", ("Chekhov City Court (Moscow region)",)),
    Entry("body", "d/lenin-a", ("Leninsky District Court of Barnaul", "Ленинский районный суд Барнаула")),
    Entry("body", "d/lenin-b", ("Leninsky District Court of Kirov",)),
    Entry("body", "d/west", ("2nd Western District Military Court",)),
    Entry("case", "d/gorinov-2", ('Gorinov: second case, "conversations"',)),
    Entry("exchange", "d/ankara", ("Ankara prisoner exchange", "2024-08-01")),
)


@pytest.fixture
def index(tmp_path: Path) -> NameIndex:
    NameIndex.build(tmp_path / "names.sqlite", ENTRIES)
    return NameIndex.open(tmp_path / "names.sqlite")


def things(index: NameIndex, kind: str, text: str) -> list[str]:
    return [m.thing for m in index.search(kind, text).matches]


@pytest.mark.parametrize(
    "text",
    [
        "Менделеева", "МЕНДЕЛЕЕВА", "Менделеевой", "Менделееву", "Mendeleyeva", "Mendelejewa", "Менделеева О.В.", "О.В. Менделеева",
        "Mendeleeva O. V.", "судьи Менделеевой Олеси Владимировны", "Олеся Владимировна", "Olessia Mendeleïeva",
        "Менделеева Олеся", "судьёй Менделеевой О. В.", "Мeнделеева", "judge Mendeleeva", "Менделева Олеся", "Менделееав Олеся",
        "Мендилеева Олеся Владимировна", "Менделева",
    ],
)  # fmt: skip
def test_a_person_is_found_by_any_form_of_the_name(index: NameIndex, text: str) -> None:
    assert things(index, "person", text) == ["d/mendel"]


@pytest.mark.parametrize(
    "text",
    [
        "Сергей Михайлюк",
        "Serhiy Mykhailyuk",
        "Serhii Mykhailiuk",
        "Sergej Michajljuk",
        "Сергію Михайлюку",
        "Михайлюк С.",
    ],
)
def test_a_ukrainian_name_is_found_in_every_language(index: NameIndex, text: str) -> None:
    assert things(index, "person", text) == ["d/mikhailyuk"]


@pytest.mark.parametrize("text", ["Лагунович Сергей", "Siarhei Lahunovich", "Лагуновіч", "Лагуновича"])
def test_a_belarusian_name_is_found_in_every_language(index: NameIndex, text: str) -> None:
    assert things(index, "person", text) == ["d/lagun"]


def test_a_surname_that_may_be_a_genitive_gives_both_persons_apart(index: NameIndex) -> None:
    found = index.search("person", "Иванова").matches
    assert [m.thing for m in found] == ["d/ivanova", "d/ivanov", "d/ivanov-initials"]
    assert "read as the genitive of Иванов" in found[1].why
    assert not any(w.startswith("read as") for w in found[0].why)


def test_a_surname_in_the_nominative_is_not_the_other_genders(index: NameIndex) -> None:
    assert things(index, "person", "Иванов") == ["d/ivanov", "d/ivanov-initials"]
    assert things(index, "person", "Ivanova") == ["d/ivanova"]


def test_initials_that_contradict_exclude(index: NameIndex) -> None:
    assert things(index, "person", "Иванов С.А.") == []
    assert things(index, "person", "Иванов А.П.") == []
    assert things(index, "person", "Иванов С.П.") == ["d/ivanov", "d/ivanov-initials"]


def test_a_contradicting_patronymic_excludes_and_the_person_is_offered(index: NameIndex) -> None:
    found = index.search("person", "Менделеева Олеся Петровна")
    assert found.matches == []
    assert [(m.thing, m.why[0]) for m in found.nearest] == [("d/mendel", "another patronymic")]


def test_a_bare_surname_of_a_person_is_not_somebody_elses(index: NameIndex) -> None:
    assert things(index, "person", "Минин") == ["d/minin"]
    assert things(index, "person", "Минин Станислав") == ["d/minin"]
    assert things(index, "person", "Минин Пётр") == []
    assert things(index, "person", "Минин П.") == []


def test_a_surname_that_begins_with_a_small_word_is_found_alone(tmp_path: Path) -> None:
    NameIndex.build(tmp_path / "n", [Entry("person", "d/berg", ("Jan van der Berg", "Ян ван дер Берг"))])
    with NameIndex.open(tmp_path / "n") as found:
        for text in ("van der Berg", "Van Der Berg", "ван дер Берг", "ван дер Берга", "J. van der Berg", "Берг"):
            assert things(found, "person", text) == ["d/berg"]
        assert things(found, "person", "van der Horst") == []


def test_a_long_surname_alone_is_found_but_for_one_letter(tmp_path: Path) -> None:
    names = {"d/long": "Олеся Менделеева", "d/short": "Пётр Громова"}
    NameIndex.build(tmp_path / "n", [Entry("person", thing, (name,)) for thing, name in names.items()])
    with NameIndex.open(tmp_path / "n") as found:
        for text in ("Мендилеева", "Менделеева", "Mendeleyva", "Мнеделеева", "Mendeloeva"):
            assert things(found, "person", text) == ["d/long"]
        assert things(found, "person", "Хромова") == []


def test_a_slip_that_makes_another_surname_is_offered_not_taken(index: NameIndex) -> None:
    found = index.search("person", "Громов Олег")
    assert found.matches == []
    assert [m.thing for m in found.nearest] == ["d/khromov"]


def test_a_slip_counts_only_if_nothing_fits_plainly(tmp_path: Path) -> None:
    near, plain = (
        Entry("person", "d/near", ("Григорьева Елена Ильинична",)),
        Entry("person", "d/plain", ("Григорева Елена Ильинична",)),
    )
    NameIndex.build(tmp_path / "one", [near])
    NameIndex.build(tmp_path / "two", [near, plain])
    with NameIndex.open(tmp_path / "one") as one, NameIndex.open(tmp_path / "two") as two:
        assert things(one, "person", "Григорева Елена Ильинична") == ["d/near"]
        assert things(two, "person", "Григорева Елена Ильинична") == ["d/plain"]


def test_a_match_says_what_made_it(index: NameIndex) -> None:
    found = index.search("person", "Менделева Олеся").matches[0]
    assert found.name == "Olesya Mendeleeva"
    assert found.why[0] == "Mendeleeva: a letter missing in the surname asked for"
    assert 0 < found.score < 1


def test_an_equal_name_scores_one(index: NameIndex) -> None:
    assert index.search("person", "иванов сергей петрович").matches[0].score == 1


@pytest.mark.parametrize("text", ["Саша Скочиленко", "Sasha Skochilenko", "Aleksandra Skochilenko", "Скочиленко"])
def test_short_forms_of_given_names_are_compatible(index: NameIndex, text: str) -> None:
    assert things(index, "person", text) == ["d/skochilenko"]


@pytest.mark.parametrize(
    "text", ["Кара-Мурза", "Kara Murza Vladimir", "Karamurza", "Кара-Мурзы Владимира", "Мурза Владимир"]
)
def test_a_hyphenated_surname_is_found_in_one_piece_and_in_halves(index: NameIndex, text: str) -> None:
    assert things(index, "person", text) == ["d/kara"]


@pytest.mark.parametrize(
    "text",
    [
        "Moscow City Court",
        "Мосгорсуд",
        "мосгорсуде",
        "Московского городского суда",
        "городской суд Москвы",
        "City Court of Moscow",
    ],
)
def test_moscow_city_court_is_one_court(index: NameIndex, text: str) -> None:
    assert things(index, "body", text) == ["d/mosgorsud"]


@pytest.mark.parametrize(
    "text", ["Мещанский", "Мещанского районного суда", "Meshchanskiy district court", "районным судом Мещанским"]
)
def test_a_court_is_found_inflected_and_in_any_order(index: NameIndex, text: str) -> None:
    assert things(index, "body", text) == ["d/mewan"]


def test_courts_that_share_a_name_are_listed_apart(index: NameIndex) -> None:
    assert things(index, "body", "Ленинский районный суд") == ["d/lenin-a", "d/lenin-b"]
    assert things(index, "body", "Ленинский районный суд Кирова") == ["d/lenin-b"]
    assert things(index, "body", "Ленинского районного суда г. Барнаула") == ["d/lenin-a"]


def test_a_record_that_does_not_say_where_the_court_is_can_be_meant(index: NameIndex) -> None:
    assert things(index, "body", "Мещанский районный суд г. Москвы") == ["d/mewan"]
    assert things(index, "body", "Meshchansky District Court of Moscow") == ["d/mewan"]
    assert things(index, "body", "Ленинский районный суд Самары") == []


def test_numbers_tell_courts_apart(index: NameIndex) -> None:
    assert things(index, "body", "2-й Западный окружной военный суд") == ["d/west"]
    assert things(index, "body", "1-й Западный окружной военный суд") == []


def test_cases_and_exchanges_are_found_by_words_of_their_names(index: NameIndex) -> None:
    assert things(index, "case", "Горинов") == ["d/gorinov-2"]
    assert things(index, "case", "second case of Горинова") == ["d/gorinov-2"]
    assert things(index, "exchange", "обмен в Анкаре") == ["d/ankara"]
    assert things(index, "exchange", "2024-08-01") == ["d/ankara"]


def test_what_is_not_there_is_offered_from_what_is_near(index: NameIndex) -> None:
    offered = index.search("body", "Мещанский гарнизонный военный суд").nearest
    assert [(m.thing, m.why) for m in offered] == [("d/mewan", ("the record does not say: military",))]
    assert [m.thing for m in index.search("body", "Мищанский").nearest] == ["d/mewan"]


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "О.В.",
        "\ud800",
        "' OR 1=1 --",
        '"a" AND b*',
        "NEAR(a b)",
        "x" * 10_000,
        "Иванов " * 2_000,
        "\x00",
        "\u202e",
        "%",
        "_",
    ],
)
@pytest.mark.parametrize("kind", ["person", "body", "case", "exchange"])
def test_hostile_text_finds_nothing_and_breaks_nothing(index: NameIndex, kind: str, text: str) -> None:
    found = index.search(kind, text)
    assert found.matches == []


def test_a_hidden_character_in_a_name_does_not_hide_the_person(index: NameIndex) -> None:
    assert things(index, "person", "Менделе\u200bева\u202e О.\u0000В.") == ["d/mendel"]


def test_an_unknown_kind_or_limit_is_refused(index: NameIndex) -> None:
    with pytest.raises(ValueError, match="use person, body"):
        index.search("court", "x")
    with pytest.raises(ValueError, match="limit must be 1"):
        index.search("person", "x", limit=0)


def test_the_limit_cuts_and_the_total_tells(index: NameIndex) -> None:
    found = index.search("person", "Иванова", limit=1)
    assert [m.thing for m in found.matches] == ["d/ivanova"]
    assert found.total == 3


def test_a_name_with_a_lone_surrogate_is_indexed(tmp_path: Path) -> None:
    NameIndex.build(tmp_path / "n", [Entry("person", "d/x", ("Бел\ud800ова Анна", ""))])
    with NameIndex.open(tmp_path / "n") as index:
        assert things(index, "person", "Белова Анна") == ["d/x"]


def test_building_over_a_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "n").write_text("mine")
    with pytest.raises(FileExistsError, match="give a new name"):
        NameIndex.build(tmp_path / "n", [])
    assert (tmp_path / "n").read_text() == "mine"


def test_what_is_no_index_is_refused_with_a_remedy(tmp_path: Path) -> None:
    (tmp_path / "n").write_bytes(b"x" * 5000)
    with pytest.raises(StaleIndex, match="repgraph rebuild"):
        NameIndex.open(tmp_path / "n")
    with pytest.raises(FileNotFoundError, match="build it first"):
        NameIndex.open(tmp_path / "absent")


def test_an_index_of_another_format_is_refused(tmp_path: Path) -> None:
    NameIndex.build(tmp_path / "n", ENTRIES)
    with sqlite3.connect(tmp_path / "n") as db:
        db.execute("UPDATE about SET format = 0")
    db.close()
    with pytest.raises(StaleIndex, match="another format"):
        NameIndex.open(tmp_path / "n")


def test_an_open_index_cannot_be_written(index: NameIndex) -> None:
    with pytest.raises(sqlite3.OperationalError):
        index.update([ENTRIES[0]], [])


def test_an_entry_of_an_unknown_kind_changes_nothing(tmp_path: Path) -> None:
    NameIndex.build(tmp_path / "n", ENTRIES)
    with NameIndex.open_for_update(tmp_path / "n") as index:
        before = index.content_hash()
        with pytest.raises(ValueError, match="no kind"):
            index.update([Entry("ship", "d/x", ("Титаник",))], [("person", "d/ivanov")])
        assert index.content_hash() == before


def test_progress_is_told(tmp_path: Path) -> None:
    seen: list[int] = []
    NameIndex.build(tmp_path / "n", ENTRIES, progress=seen.append)
    assert seen[-1] == len(ENTRIES)


@settings(max_examples=15, deadline=None)
@given(st.permutations(ENTRIES), st.sets(st.sampled_from(ENTRIES)), st.sets(st.sampled_from(ENTRIES)))
def test_an_updated_index_says_what_a_built_one_says(order: list[Entry], old: set[Entry], changed: set[Entry]) -> None:
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        stale = [Entry(e.kind, e.thing, (*e.names, "Некто Иной")) if e in changed else e for e in order if e in old]
        gone = Entry("person", "d/gone", ("Ушедшая Вера",))
        NameIndex.build(folder / "updated", [*stale, gone])
        with NameIndex.open_for_update(folder / "updated") as index:
            index.update(
                [e for e in order if e not in old or e in changed], [("person", "d/gone"), ("body", "d/never")]
            )
            updated = index.content_hash()
        NameIndex.build(folder / "built", ENTRIES)
        with NameIndex.open(folder / "built") as index:
            assert index.content_hash() == updated


# --- measured on real names; lower bounds, the figures are in docs/names.md ---

needs_pairs = pytest.mark.skipif(not PAIRS.is_file(), reason="test data ../shared/data/linkage is not there")


@needs_pairs
@pytest.mark.parametrize(("script", "recall"), [("latin", 0.985), ("cyrillic", 0.985)])
def test_most_real_names_are_found_in_the_other_script(tmp_path: Path, script: str, recall: float) -> None:
    rows = random.Random(7).sample([r for r in pairs() if r["source"] == "ACF"], 1500)
    score = linkage(rows, tmp_path, ask_in=script)
    assert score.recall >= recall, score.missed
    assert score.foreign_share <= 0.01, score.wrong


@needs_pairs
def test_shipped_officials_are_found_in_every_case(tmp_path: Path) -> None:
    known = people()
    NameIndex.build(tmp_path / "n", (Entry("person", thing, names) for thing, (_, names) in known.items()))
    found = random.Random(7).sample(list(officials_in_cyrillic(known)), 50)
    names = {thing: spelt for thing, (_, spelt) in known.items()}
    with NameIndex.open(tmp_path / "n") as index:
        for case in range(6):
            score = ask(index, inflected_queries(found, known, lambda s, g, p: f"{s} {g} {p}", case), names)
            assert score.recall >= 0.99, score.missed
            assert score.foreign == 0, score.wrong
    assert right_of(found[0].thing, known) >= {found[0].thing}
