"""Articles of law as our tables write them."""

from __future__ import annotations

import csv

import pytest

from graph.articles import Article, group, parse, title
from loaders.shipped import datasets


@pytest.mark.parametrize(
    ("text", "article"),
    [
        ("RU-CC 207.3(2)(a)", Article("RU-CC", "207.3", "2", "a")),
        ("RU-CC 205.5", Article("RU-CC", "205.5")),
        ("RU-CC 30(1)-278", Article("RU-CC", "278", unfinished="1")),
        ("RU-CC 30(3)-212(1)", Article("RU-CC", "212", "1", unfinished="3")),
        ("RU-CAO 20.3.3(1)", Article("RU-CAO", "20.3.3", "1")),
        ("RU-CC 222(1.1)", Article("RU-CC", "222", "1.1")),
        ("DE-StGB 129a", Article("DE-StGB", "129a")),
    ],
)
def test_an_article_is_read_and_written_back(text: str, article: Article) -> None:
    assert parse(text) == article
    assert str(article) == text


@pytest.mark.parametrize(
    ("text", "remedy"),
    [
        ("207.3", "begin with the code"),
        ("УК 207.3", "begin with the code"),
        ("RU-CC 207.3 (2)", "RU-CC 207.3(2)(a)"),
        ("RU-CC  207.3", "RU-CC 207.3(2)(a)"),
        ("RU-CC 207.3(a)", "RU-CC 207.3(2)(a)"),
        ("RU-CC 207.3(2)(a)(b)", "RU-CC 207.3(2)(a)"),
        ("RU-CC 30(4)-278", "RU-CC 30(1)-278"),
        ("RU-CC 207.3(2)(в)", "write the point as a Latin letter: (c) for (в)"),
        ("RU-CC 207.3(2)(д)", "write the point as a Latin letter: (e) for (д)"),
        ("RU-CC 207.3(2)(й)", "write the point as a Latin letter"),
        ("RU-CC ٢٠٧", "RU-CC 207.3(2)(a)"),
        ("RU-CC 207.3\n", "RU-CC 207.3(2)(a)"),
        ("", "begin with the code"),
    ],
)
def test_what_is_no_article_is_refused_with_a_remedy(text: str, remedy: str) -> None:
    with pytest.raises(ValueError, match="is not an article") as refusal:
        parse(text)
    assert remedy in str(refusal.value)


def test_a_title_is_that_of_the_whole_article() -> None:
    assert title(parse("RU-CC 275")) == "High treason"
    assert title(parse("RU-CC 205.2(2)"), "ru").startswith("Публичные призывы к осуществлению террористической")
    assert title(parse("RU-CC 30(1)-278"), "ru") == (
        "Приготовление: Насильственный захват власти или насильственное удержание власти"
    )


def test_an_article_outside_the_vocabulary_goes_by_its_number_and_has_no_group() -> None:
    assert title(parse("BY-CC 361(1)")) == "BY-CC 361(1)"
    assert group(parse("BY-CC 361(1)")) is None


def test_groups_put_an_attempt_with_the_crime() -> None:
    assert group(parse("RU-CC 30(1)-278")) == group(parse("RU-CC 278")) == "state_power"
    assert group(parse("RU-CC 207.3(2)(e)")) == "army_fakes"


def test_every_article_of_the_shipped_cases_has_a_title_and_a_group() -> None:
    found = set()
    for folder in datasets():
        with (folder / "cases.csv").open(encoding="utf-8", newline="") as file:
            found |= {a for row in csv.DictReader(file) for a in row["articles"].split("|") if a}
    articles = [parse(text) for text in sorted(found)]
    assert len(articles) > 50
    assert [a for a in articles if group(a) is None or title(a) == str(a)] == []
