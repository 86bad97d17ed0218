"""Case forms of names undone."""

from __future__ import annotations

import pytest

from graph.inflection import OBLIQUE, Case, Sex, nominatives

# Nominative, part, sex, and the five oblique cases as a grammar gives them.
DECLENSIONS: list[tuple[str, str, Sex, str]] = [
    ("иванов", "surname", "m", "иванова иванову иванова ивановым иванове"),
    ("иванова", "surname", "f", "ивановой ивановой иванову ивановой ивановой"),
    ("зеленский", "surname", "m", "зеленского зеленскому зеленского зеленским зеленском"),
    ("зеленская", "surname", "f", "зеленской зеленской зеленскую зеленской зеленской"),
    ("толстой", "surname", "m", "толстого толстому толстого толстым толстом"),
    ("яровая", "surname", "f", "яровой яровой яровую яровой яровой"),
    ("ковальчук", "surname", "m", "ковальчука ковальчуку ковальчука ковальчуком ковальчуке"),
    ("ковальчук", "surname", "f", "ковальчук ковальчук ковальчук ковальчук ковальчук"),
    ("довгань", "surname", "m", "довганя довганю довганя довганем довгане"),
    ("бабий", "surname", "m", "бабия бабию бабия бабием бабии"),
    ("кравец", "surname", "m", "кравца кравцу кравца кравцем кравце"),
    ("сорока", "surname", "m", "сороки сороке сороку сорокой сороке"),
    ("сорока", "surname", "f", "сороки сороке сороку сорокой сороке"),
    ("шевченко", "surname", "m", "шевченко шевченко шевченко шевченко шевченко"),
    ("лесных", "surname", "f", "лесных лесных лесных лесных лесных"),
    ("кара-мурза", "surname", "m", "кара-мурзы кара-мурзе кара-мурзу кара-мурзой кара-мурзе"),
    ("сергей", "given", "m", "сергея сергею сергея сергеем сергее"),
    ("игорь", "given", "m", "игоря игорю игоря игорем игоре"),
    ("дмитрий", "given", "m", "дмитрия дмитрию дмитрия дмитрием дмитрии"),
    ("павел", "given", "m", "павла павлу павла павлом павле"),
    ("лев", "given", "m", "льва льву льва львом льве"),
    ("илья", "given", "m", "ильи илье илью ильей илье"),
    ("олеся", "given", "f", "олеси олесе олесю олесей олесе"),
    ("мария", "given", "f", "марии марии марию марией марии"),
    ("любовь", "given", "f", "любови любови любовь любовью любови"),
    ("владимировна", "patronymic", "f", "владимировны владимировне владимировну владимировной владимировне"),
    ("кузьмич", "patronymic", "m", "кузьмича кузьмичу кузьмича кузьмичем кузьмиче"),
]


@pytest.mark.parametrize(("nominative", "part", "sex", "forms"), DECLENSIONS)
def test_every_case_form_leads_back_to_its_nominative(nominative: str, part: str, sex: Sex, forms: str) -> None:
    for case, form in zip(OBLIQUE, forms.split(), strict=True):
        assert nominative in nominatives(form, part, case, sex), case


@pytest.mark.parametrize(
    ("word", "case", "sex"), [("иванов", "genitive", "m"), ("иванова", "genitive", "f"), ("менделеева", "dative", "f")]
)
def test_a_form_that_a_case_does_not_have_gives_nothing(word: str, case: Case, sex: Sex) -> None:
    assert nominatives(word, "surname", case, sex) == ()
