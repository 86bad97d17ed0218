"""Names of people read into parts and held against each other. Most people here are invented."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graph.names import display, fold, parse, readings_of, same_person_features, spellings

SPELLINGS = [
    ("Менделеева", "Mendeleeva Mendeleyeva Mendeleieva Mendelejeva Mendelejewa Mendeleïeva"),
    ("Щербаков", "Shcherbakov Ščerbakov Ŝerbakov Schtscherbakow Chtcherbakov Szczerbakow Shherbakov Scherbakov"),
    ("Горбачёв", "Gorbachev Gorbachov Gorbačëv Gorbatschow Gorbatchev Gorbaczow"),
    ("Соловьёв", "Solovyov Solov'ev Solovʹëv Soloviev Solovyev Solowjow Solovev Solov’yev"),
    ("Зеленский", "Zelenskiy Zelensky Zelenskii Zelenskij Zelenskyy Zelenski Selenskij"),
    ("Михайлюк", "Mikhailyuk Mikhaylyuk Mihajlûk Michajljuk Mykhailiuk Mykhaylyuk"),
    ("Жуков", "Zhukov Žukov Schukow Joukov Żukow"),
    ("Хабаров", "Khabarov Habarov Chabarow"),
    ("Юрий", "Yuri Yury Yuriy Iurii Jurij Youri"),
    ("Ельцин", "Yeltsin Eltsin El'tsin El'cin Jelzin Jelcyn Ieltsine"),
    ("Цой", "Tsoy Tsoi Coj Zoi"),
    ("Лагунович", "Lagunovich Lahunovich Lagunovič Lagunowitsch Lagunovitch"),
    ("Кузнецов", "Kuznetsov Kuznecov Kuznetzov Kusnezow Kouznetsov Kuźniecow"),
    ("Людмила", "Lyudmila Liudmila Ljudmila Ludmila"),
    ("Подъячев", "Podyachev Pod'yachev Podiachev"),
    ("Ёлкин", "Yolkin Yelkin Elkin Ëlkin"),
]


@pytest.mark.parametrize(("russian", "latin"), SPELLINGS)
def test_a_surname_is_the_same_in_every_romanisation(russian: str, latin: str) -> None:
    for spelling in latin.split():
        verdict = same_person_features(f"Анна {russian}", f"Anna {spelling}").verdict
        assert verdict != "different", spelling


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("Щербаков", "Shcherbakov"), ("ЩЕРБАКОВ", "ščerbakov"), ("Семён", "Semyon"), ("Семен", "Семён"),
        ("Кара-Мурза", "Kara-Murza"), ("Зеленський", "Зеленский"), ("Лагуновіч", "Лагунович"), ("Natalʹja", "Наталья"),
    ],
)  # fmt: skip
def test_both_scripts_fold_to_one_skeleton(a: str, b: str) -> None:
    assert fold(a) == fold(b) != ""


PEOPLE = [
    # one name, another, verdict, the reason
    ("Менделеева Олеся Владимировна", "Olesya Vladimirovna Mendeleyeva", "equal", "the same in Latin letters"),
    ("Менделеева О.В.", "Менделеева Олеся Владимировна", "compatible", "initials fit"),
    ("О. В. Менделеева", "Mendeleeva O. V.", "compatible", "initials in both scripts say no more than letters"),
    ("Менделеева О.В.", "Менделеева А.П.", "different", "initials contradict"),
    ("Менделеева О.В.", "Менделеева Олеся Петровна", "different", "the second initial contradicts"),
    ("судьи Менделеевой Олеси Владимировны", "Менделеева Олеся Владимировна", "equal", "the genitive undone"),
    ("судьёй Кузнецовым В.С.", "Kuznetsov Viktor Sergeevich", "compatible", "the instrumental and initials"),
    ("Иванова", "Иванов", "compatible", "the genitive of Иванов"),
    ("Иванова Анна", "Иванов", "different", "a woman's given name in the nominative"),
    ("Иванова Анна", "Анна Иванов", "different", "Cyrillic keeps the endings apart"),
    ("Popova Lyudmila", "Popov Lyudmila", "compatible", "Latin passports may drop a woman's ending"),
    ("Александра Иванова", "Александр Иванов", "compatible", "the genitive of the man's name"),
    ("Александра Петровна Иванова", "Александр Петрович Иванов", "different", "the patronymic is a woman's, nominative"),
    ("Сергій Михайлюк", "Sergei Mikhailyuk", "equal", "Ukrainian"),
    ("Serhiy Mykhailyuk", "Сергей Михайлюк", "equal", "Ukrainian in Latin letters"),
    ("Сяргей Лагуновіч", "Сергей Лагунович", "equal", "Belarusian"),
    ("Алексей Ким", "Олексій Кім", "equal", "Ukrainian given name"),
    ("Аляксей Ким", "Алексей Ким", "equal", "Belarusian given name"),
    ("Aliaksandr Lukashenka", "Александр Лукашенко", "compatible", "Belarusian unstressed vowels"),
    ("Piotr Arlou", "Пётр Орлов", "compatible", "Belarusian -оў"),
    ("Саша Скочиленко", "Александра Скочиленко", "equal", "a short form of a woman's name"),
    ("Саша Петренко", "Александр Петренко", "equal", "the same short form of a man's name"),
    ("Александра Петренко", "Максим Петренко", "different", "other given names"),
    ("Юрий Громов", "Георгий Громов", "different", "two given names in Russia today"),
    ("Громов Сергей Петрович", "Хромов Сергей Петрович", "different", "a slip makes another surname"),
    ("Васильев Пётр", "Василев Пётр", "compatible", "spelt nearly alike, said so"),
    ("Игорь Иванович Белый", "Игорь Петрович Белый", "different", "patronymics contradict"),
    ("Олег Иванович", "Oleh Ivanovych", "equal", "a name without a surname"),
    ("Кара-Мурза Владимир", "Vladimir Kara Murza", "equal", "the hyphen is left out"),
    ("Владимир Мурза", "Владимир Кара-Мурза", "compatible", "half of a double surname"),
    ("Faik Samaddin MAMEDOV", "Фаик Самаддин оглы МАМЕДОВ", "equal", "a patronymic with its particle"),
    ("В'ячеслав Зінченко", "Вячеслав Зинченко", "equal", "an apostrophe"),
    ("Vyacheslav Zinchenko", "Вʼячеслав Зінченко", "equal", "the letter apostrophe"),
    ("Роман Абрамович", "Абрамович Роман Аркадьевич", "compatible", "a surname in the form of a patronymic"),
    ("Trevor Rowdy Reed", "Trevor Reed", "compatible", "a middle name more"),
    ("Trevor Rowdy Reed", "Trevor James Reed", "different", "middle names contradict"),
    ("Кoмaров Антон", "Комаров Антон", "equal", "Latin look-alikes within a word"),
    ("Комаров A.В.", "Комаров Антон Викторович", "compatible", "a Latin look-alike as an initial"),
    ("Khamid Igamberdyev", "Игамбердыев Х.", "compatible", "a letter that Latin writes with two"),
    ("Igamberdyev K.", "Хамид Игамбердыев", "compatible", "K. for Kh"),
    ("Y. Petrov", "Юрий Петров", "compatible", "Y. for Ю"),
    ("Yu. Petrov", "Евгений Петров", "different", "Yu. is not Е"),
]  # fmt: skip


@pytest.mark.parametrize(("a", "b", "verdict", "reason"), PEOPLE)
def test_verdicts(a: str, b: str, verdict: str, reason: str) -> None:
    found = same_person_features(a, b)
    assert found.verdict == verdict, (reason, found)
    assert found.features


def test_the_verdict_of_two_nominatives_does_not_depend_on_their_order() -> None:
    for a, b, verdict, _ in PEOPLE:
        assert same_person_features(b, a).verdict == verdict, (b, a)


@pytest.mark.parametrize(
    ("text", "surname", "given", "patronymic", "initials", "titles", "case"),
    [
        ("Менделеева О.В.", "Менделеева", None, None, ("О", "В"), (), "nominative"),
        ("О.В. Менделеева", "Менделеева", None, None, ("О", "В"), (), "nominative"),
        ("Mendeleeva O. V.", "Mendeleeva", None, None, ("O", "V"), (), "nominative"),
        ("Менделеева ОВ", "Менделеева", None, None, ("О", "В"), (), "nominative"),
        ("судьи Менделеевой Олеси Владимировны", "Менделеева", "Олеся", "Владимировна", (), ("судьи",), "genitive"),
        ("Judge Olesya Mendeleeva", "Mendeleeva", "Olesya", None, (), ("Judge",), "nominative"),
        ("Mendeleeva, Olesya", "Mendeleeva", "Olesya", None, (), (), "nominative"),
        ("Олеся В. Менделеева", "Менделеева", "Олеся", None, ("В",), (), "nominative"),
        ("Абрамович Роман Аркадьевич", "Абрамович", "Роман", "Аркадьевич", (), (), "nominative"),
        ("Старший О.В.", "Старший", None, None, ("О", "В"), (), "nominative"),
        ("старшего следователя Краева И.И.", "Краева", None, None, ("И", "И"), ("старшего", "следователя"), "nominative"),
        ("судья Мещанского районного суда Москвы Менделеева О.В.", "Менделеева", None, None, ("О", "В"),
         ("судья", "Мещанского", "районного", "суда", "Москвы"), "nominative"),
        ("le juge V. N. Andriianov", "Andriianov", None, None, ("V", "N"), ("le", "juge"), "nominative"),
        ("Evan GERSHKOVICH", "Gershkovich", "Evan", None, (), (), "nominative"),
        ("Павлом Петровичем Рубцовым", "Рубцов", "Павел", "Петрович", (), (), "instrumental"),
    ],
)  # fmt: skip
def test_a_name_is_read_into_its_parts(
    text: str, surname: str, given: str | None, patronymic: str | None, initials: tuple[str, ...],
    titles: tuple[str, ...], case: str,
) -> None:  # fmt: skip
    found = parse(text)
    assert (found.surname, found.given, found.patronymic) == (surname, given, patronymic)
    assert (found.initials, found.titles, found.case) == (initials, titles, case)


def test_a_name_that_may_be_inflected_keeps_all_its_readings() -> None:
    found = {(r.surname, r.given, r.case) for r in readings_of("Александра Иванова", asked=True)}
    assert ("иванова", "александра", "nominative") in found
    assert ("иванов", "александр", "genitive") in found


def test_a_patronymic_in_the_nominative_allows_no_other_case() -> None:
    assert {r.case for r in readings_of("Иванова Александра Петровна", asked=True)} == {"nominative"}


def test_words_in_brackets_take_the_place_of_the_word_before() -> None:
    assert spellings("Koroteyev (Koroteev) Sergey") == ["Koroteyev Sergey", "Koroteev Sergey"]
    assert "Ибрагимова Ханушка" in spellings("Тони (урожд. Ибрагимова) Ханушка")
    assert spellings("born Лариса Жилко") == ["Лариса Жилко"]
    assert spellings("Девин Иван") == ["Девин Иван"]
    assert spellings("Иван ФЁДОРОВ/ФЕДОРОВ") == ["Иван ФЁДОРОВ", "Иван ФЕДОРОВ"]


def test_display_shows_no_control_bidi_or_surrogate_character() -> None:
    assert display("\u202eАнна\u0000 \ud800 Белова\u200f\n") == "Анна Белова"


HOSTILE = ["", " ", ".", "О.В.", "\ud800", "' OR 1=1 --", '"; DROP TABLE keys', "\u202e\u0000", "(" * 500, "a" * 10_000,
           "Иванов " * 2_000, "=cmd()|' /C calc'!A0", "🜏", "-" * 99, "()/()/()", "née", "судья", "a.k.a."]  # fmt: skip


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_is_nobody_we_know(text: str) -> None:
    assert parse(text).written == text
    assert fold(fold(text)).replace(" ", "") == fold(text).replace(" ", "")
    assert same_person_features(text, "Анна Белова").verdict == "different"
    assert len(readings_of(text, asked=True)) <= 24


@settings(max_examples=150, deadline=None)
@given(st.text(max_size=60), st.text(max_size=60))
def test_any_two_texts_can_be_held_against_each_other(a: str, b: str) -> None:
    assert same_person_features(a, b).verdict in ("equal", "compatible", "different")


@settings(max_examples=100, deadline=None)
@given(st.text(alphabet="абвгдеёжзийклмнопрстуфхцчшщъыьэюяіїєґў' -", min_size=1, max_size=30))
def test_folding_what_is_folded_changes_nothing_but_spaces(text: str) -> None:
    assert fold(text).split() == [w for w in fold(text).split() if w.isascii() and w.isalpha()]
