"""Spellings of one town are one place; what nobody can tell stays apart."""

from __future__ import annotations

import csv
from itertools import combinations
from pathlib import Path

import pytest

import graph.places
from graph.places import _key, one_name_each, place_name


@pytest.mark.parametrize(
    ("spellings", "country", "name"),
    [
        (["Saint Petersburg", "St Petersburg", "St. Petersburg", "Sankt-Peterburg", "г. Санкт-Петербург", "СПб"], "RU",
         "Saint Petersburg"),
        (["Kyiv", "Kiev", "Киев", "Київ"], "UA", "Kyiv"),
        (["Rostov-on-Don", "Rostov on Don", "Ростов-на-Дону", "Rostov-na-Donu"], "RU", "Rostov-on-Don"),
        (["Simferopol", "Симферополь", "SIMFEROPOL", "Сімферополь"], "UA", "Simferopol"),
        (["Oryol", "Орёл", "Орел", "Orel"], "RU", "Oryol"),
        (["Minsk", "Мінск", "Минск"], "BY", "Minsk"),
        (["Yekaterinburg", "Ekaterinburg", "Екатеринбург"], "RU", "Yekaterinburg"),
    ],
)  # fmt: skip
def test_spellings_of_one_town_are_one_place(spellings: list[str], country: str, name: str) -> None:
    assert set(one_name_each((s, country) for s in spellings).values()) == {name}


def test_a_town_that_the_list_lacks_is_one_in_both_scripts() -> None:
    towns = [("Priozyorye", "RU"), ("Приозёрье", "RU"), ("Приозерье", "RU")]
    assert set(one_name_each(towns).values()) == {"Priozyorye"}


def test_nobody_guesses() -> None:
    """Names that only resemble each other, and one name in two countries, stay apart in what they go by."""
    found = one_name_each([("Kirovsk", "RU"), ("Kirov", "RU"), ("Novgorod", "RU"), ("Nizhny Novgorod", "RU")])
    assert len(set(found.values())) == 4
    assert one_name_each([("Kiev", "RU")])["Kiev", "RU"] == "Kiev", "a town of that name elsewhere is not the capital"
    assert one_name_each([("Kiev", None)])["Kiev", None] == "Kyiv"


def test_the_order_of_towns_does_not_matter() -> None:
    towns = [("Dolinsk", "RU"), ("DOLINSK", "RU"), ("Долинск", "RU"), ("", None), ("—", None)]
    assert one_name_each(towns) == one_name_each(reversed(towns))


def test_every_town_of_the_list_stands_once_with_both_names() -> None:
    with (Path(graph.places.__file__).parent / "places.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert all(row["name"] and row["name_ru"] and row["country"] for row in rows)
    keys = [
        {(_key(s), row["country"]) for s in (row["name"], row["name_ru"], *filter(None, row["spellings"].split("|")))}
        for row in rows
    ]
    assert not any(a & b for a, b in combinations(keys, 2))
    assert place_name("Kyiv", "ru") == "Киев"
    assert place_name("Dolinsk", "ru") == "Dolinsk"
