from __future__ import annotations

import xml.etree.ElementTree as ET
from xml.sax.saxutils import escape

import pytest

from tests.visualizations.hostile import HOSTILE
from visualizations.texts import Name, counted, initials, message, messages, months_text, openable, short, shown


@pytest.mark.parametrize("text", HOSTILE)
def test_what_is_shown_can_be_written_and_read_as_xml(text: str) -> None:
    clean = shown(text)
    clean.encode("utf-8")
    assert (ET.fromstring(f"<a>{escape(clean)}</a>").text or "") == clean


def test_characters_that_turn_text_round_are_not_shown() -> None:
    assert shown("a\u202egnp.exe") == "agnp.exe"


def test_accents_and_other_scripts_stay() -> None:
    assert shown("Zoë Müller Ґалаґан עברית") == "Zoë Müller Ґалаґан עברית"


def test_initials_keep_the_surname() -> None:
    assert initials("Олеся Менделеева") == "О. Менделеева"
    assert initials("Vladimir Vladimirovich Kara-Murza") == "V. Kara-Murza"


def test_a_name_of_one_word_or_of_many_is_not_shortened_to_initials() -> None:
    assert initials("Memorial") == "Memorial"
    assert initials("North Caucasus District Military Court") == short("North Caucasus District Military Court")


def test_a_name_falls_back_on_the_other_script() -> None:
    assert Name("Ann", None).first("ru") == "Ann"
    assert Name("Ann", "Анна").second("ru") == "Ann"
    assert Name("Ann", None).second("en") == ""


def test_russian_numbers_take_the_right_form() -> None:
    assert [counted("matter", n, "ru") for n in (1, 2, 5, 11, 21)] == ["1 дело", "2 дела", "5 дел", "11 дел", "21 дело"]


def test_every_message_is_there_in_both_languages() -> None:
    assert set(messages("en")) == set(messages("ru"))
    assert all(messages("en").values())
    assert all(messages("ru").values())


def test_blanks_of_a_message_are_the_same_in_both_languages() -> None:
    import re

    blanks = {k: set(re.findall(r"\{(\w+)\}", v)) for k, v in messages("en").items()}
    assert blanks == {k: set(re.findall(r"\{(\w+)\}", v)) for k, v in messages("ru").items()}


def test_an_unknown_message_is_refused() -> None:
    with pytest.raises(LookupError, match=r"visualizations/messages\.csv"):
        message("no such", "en")


def test_values_cannot_reach_into_a_message() -> None:
    assert message("as_of_date", "en", date="{date.__class__}") == "as of {date.__class__}"


def test_terms_are_said_in_years_and_months() -> None:
    assert [months_text(m, "en") for m in (None, 7, 24, 102)] == ["", "7 m", "2 y", "8 y 6 m"]


@pytest.mark.parametrize(
    "url",
    ["javascript:alert(1)", "data:text/html,x", "http://a b", 'https://a"b', "file:///etc/passwd", "", None, "//x"],
)
def test_only_plain_web_addresses_are_linked(url: str | None) -> None:
    assert openable(url) is None


def test_web_addresses_are_linked() -> None:
    assert openable("https://example.org/путь?a=1") == "https://example.org/путь?a=1"
