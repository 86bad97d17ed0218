from __future__ import annotations

from collections.abc import Mapping
from itertools import combinations

import pytest

from graph.analysis.teams import teams
from graph.answers import Answer
from graph.casebook import Casebook
from graph.officials import officials
from tests.visualizations.conftest import casebook, small_world
from visualizations.network import network_of
from visualizations.network_model import Edge, NetworkPicture, Node
from visualizations.network_page import network_page
from visualizations.texts import Name


def _nodes(picture: NetworkPicture) -> Mapping[str, Node]:
    return {n.id: n for n in picture.nodes}


def test_an_official_counts_once_for_a_matter(world: Casebook) -> None:
    """The judge sat in a trial of two defendants and in one of one: two matters, three cases."""
    judge = _nodes(network_of(world))["person:inv/judge"]
    assert (judge.matters, judge.cases, judge.adverse) == (2, 3, 2)


def test_two_roles_in_one_matter_are_two_links_and_each_hearing_is_an_act(world: Casebook) -> None:
    links = [e for e in network_of(world).edges if e.source == "person:inv/judge"]
    assert [(e.target, e.kind, len(e.acts), e.counts) for e in links] == [
        ("matter:inv/c-cid", "judge", 1, False),
        ("matter:inv/c-cid", "presiding_judge", 1, True),
        ("matter:inv/t1", "presiding_judge", 2, True),
    ]


def test_every_act_has_a_source_that_the_page_can_open(world: Casebook) -> None:
    picture = network_of(world)
    acts = [a for e in picture.edges for a in e.acts]
    assert acts
    assert all(a.evidence for a in acts)
    assert all(picture.references[e.source].url for a in acts for e in a.evidence)


def test_somebody_whose_acts_all_helped_is_not_among_those_who_recur(world: Casebook) -> None:
    picture = network_of(world)
    assert "person:inv/kind" not in _nodes(picture)
    assert picture.left_out["only_favourable"] == 1


def test_the_page_opens_with_the_cut_and_carries_the_rest(world: Casebook) -> None:
    nodes = _nodes(network_of(world, min_shared=2))
    assert nodes["person:inv/judge"].core
    assert not nodes["person:inv/prosecutor"].core


def test_the_cut_is_said_in_both_languages(world: Casebook) -> None:
    cut = network_of(world, min_shared=2).cut
    assert cut.en == "Opens with officials in 2 or more matters: 1 of 2. The slider shows the rest."
    assert "1 из 2" in str(cut.ru)


def test_what_exceeds_the_limit_is_left_out_and_said() -> None:
    people = [{"person_id": f"o{i}", "name": f"Official {i}"} for i in range(30)]
    cases = [{"case_id": f"c{i}", "person_id": "d"} for i in range(40)]
    roles = [
        {"case_id": f"c{c}", "person_id": f"o{i}", "role": "investigator", "basis": "stated"}
        for c in range(40)
        for i in range(30)
        if (c + i) % 9 == 0 or i == 0
    ]
    book = casebook(people=[*people, {"person_id": "d", "name": "Defendant"}], cases=cases, roles=roles)
    picture = network_of(book, limit=50)
    drawn = [n for n in picture.nodes if n.kind in ("investigator", "matter")]
    assert len(drawn) <= 50
    assert "person:inv/o0" in _nodes(picture), "the strongest stays"
    assert picture.left_out["too_many"] == 70 - len(drawn) + 1, "and the defendant, whom only the legend would add"
    assert len(picture.nodes) <= 50
    assert "strongest of 70" in str(picture.cut.en)


def test_the_network_of_an_official_has_his_matters_and_whoever_met_him_there(world: Casebook) -> None:
    picture = network_of(world, official=["inv/prosecutor"])
    assert {n.id for n in picture.nodes if n.kind not in ("court", "exchange")} == {
        "person:inv/prosecutor", "person:inv/judge", "matter:inv/t1", "person:inv/ann", "person:inv/bob",
    }  # fmt: skip
    assert picture.focus == ("person:inv/prosecutor",)


def test_a_step_more_reaches_the_matters_of_those_met(world: Casebook) -> None:
    wider = _nodes(network_of(world, official=["inv/prosecutor"], depth=2))
    assert "matter:inv/c-cid" in wider
    assert "person:inv/kind" in wider, "the one who helped is there when asked about, not when ranked"


def test_the_network_of_a_case_is_its_whole_trial(world: Casebook) -> None:
    picture = network_of(world, case=["inv/c-ann"])
    assert {"person:inv/ann", "person:inv/bob", "person:inv/judge", "court:inv/court"} <= set(_nodes(picture))
    assert picture.title.en == "The case of Ann Vyazova +1 and who took part in it"


def test_the_network_of_a_court_has_all_who_acted_there(world: Casebook) -> None:
    nodes = _nodes(network_of(world, court=["inv/court"]))
    assert {"person:inv/judge", "person:inv/prosecutor", "person:inv/kind"} <= set(nodes)


def test_the_network_of_an_exchange_joins_the_released_with_the_officials_behind(world: Casebook) -> None:
    picture = network_of(world, exchange=["inv/deal"])
    links = {(e.source, e.target) for e in picture.edges}
    assert ("person:inv/ann", "exchange:inv/deal") in links
    assert ("person:inv/ann", "matter:inv/t1") in links
    assert ("person:inv/judge", "matter:inv/t1") in links


def test_a_team_has_the_matters_in_which_it_met(world: Casebook) -> None:
    picture = network_of(world, team=["inv/judge", "inv/prosecutor"])
    assert {n.id for n in picture.nodes if n.kind == "matter"} == {"matter:inv/t1"}


def test_only_one_kind_of_thing_can_be_asked_for(world: Casebook) -> None:
    with pytest.raises(ValueError, match="official and case"):
        network_of(world, official=["inv/judge"], case=["inv/c-ann"])
    with pytest.raises(ValueError, match="depth"):
        network_of(world, depth=0)


def test_pairs_that_were_tested_are_shown_with_what_chance_would_give(world: Casebook) -> None:
    row = {
        "members": [{"person": "inv/prosecutor"}, {"person": "inv/judge"}],
        "matters": 1,
        "expected": 0.4,
        "ratio": 2.5,
        "q": 0.3,
    }
    chance = Answer("teams", {}, ("members",), [row])
    found = network_of(world, chance=chance).chance["person:inv/judge", "person:inv/prosecutor"]
    assert (found.expected, found.ratio, found.q) == (0.4, 2.5, 0.3)


def test_a_minor_is_named_nowhere() -> None:
    book = small_world(
        people=[{"person_id": "kid", "name": "Canary Kid", "name_ru": "Канарейка Дитя", "birth_date": "2015-01-01"}],
        cases=[{"case_id": "c-kid", "person_id": "kid", "trial_id": "t1", "title": "The case of Canary Kid"}],
        exchange_participants=[{"exchange_id": "deal", "person_id": "kid", "released_by": "RU", "received_by": "US"}],
        classifications=[{"person_id": "kid", "category": "hostage", "by": "Press", "quote": "Canary Kid was taken"}],
    )
    for picture in (network_of(book), network_of(book, exchange=["inv/deal"])):
        for lang in ("en", "ru"):
            page = network_page(picture, lang=lang)
            assert "Canary" not in page
            assert "Канарейка" not in page
    assert _nodes(network_of(book))["person:inv/kid"].name == Name(
        "a minor (not named)", "несовершеннолетний (не называется)"
    )


def test_what_is_internal_leaves_no_trace_in_a_public_page() -> None:
    secret = {"visibility": "internal"}
    book = small_world(
        "public",
        people=[{"person_id": "canary", "name": "Canary Secret", "category": "official", **secret}],
        roles=[
            {"proceeding_id": "p-ann", "case_id": "c-ann", "person_id": "canary", "role": "investigator", "basis": "stated", **secret},
            {"proceeding_id": "p-cid", "case_id": "c-cid", "person_id": "canary", "role": "investigator", "basis": "stated", **secret},
        ],
        sanctions=[{"person_id": "judge", "authority": "GB", "list_date": "2025-01-01", "reason_summary": "canary", **secret}],
    )  # fmt: skip
    page = network_page(network_of(book))
    assert "anary" not in page
    assert page == network_page(network_of(small_world("public")))


def test_citations_give_page_words_and_copy() -> None:
    book = small_world(
        citations=[{"table": "roles", "key": "p-ann|c-ann|judge|presiding_judge", "column": "", "source_id": "s1", "page": "12",
                    "quote": "Judge Polyanin presided", "archive_url": "https://archive.example.org/1"}]
    )  # fmt: skip
    link = next(e for e in network_of(book).edges if e.source == "person:inv/judge" and e.target == "matter:inv/t1")
    cited = [e for a in link.acts for e in a.evidence if e.quote]
    assert [(e.locator, e.quote, e.archive_url) for e in cited] == [
        ("p. 12", "Judge Polyanin presided", "https://archive.example.org/1")
    ]


def test_a_picture_refuses_a_link_into_nothing() -> None:
    node = Node("a", "judge", Name("A", None))
    with pytest.raises(ValueError, match="does not have"):
        NetworkPicture(Name("T", None), (node,), (Edge("e", "a", "b", "judge"),))


def test_an_empty_casebook_gives_an_empty_page() -> None:
    assert "<h1>" in network_page(network_of(casebook(people=[{"person_id": "x", "name": "X"}])))


def test_shipped_counts_are_those_of_the_answer(shipped: Casebook) -> None:
    nodes = {n.id: n for n in network_of(shipped).nodes}
    rows = officials(shipped, min_matters=2).rows
    assert len(rows) > 20
    for row in rows:
        node = nodes[f"person:{row['person']}"]
        assert (node.matters, node.adverse, node.favourable, node.other) == tuple(
            row[k] for k in ("matters", "adverse", "favourable", "other")
        )
        assert node.core
    assert sum(n.core for n in nodes.values() if "person:" in n.id and n.kind != "defendant") == len(rows)


def test_shipped_pairs_are_counted_by_matters(shipped: Casebook) -> None:
    picture = network_of(shipped)
    by_matter: dict[str, set[str]] = {}
    for edge in picture.edges:
        if edge.counts and edge.acts:
            by_matter.setdefault(edge.target, set()).add(edge.source)
    pairs = [p for team in by_matter.values() for p in combinations(sorted(team), 2)]
    assert {k: v for k, v in picture.shared.items() if v > 1} == {
        p: pairs.count(p) for p in pairs if pairs.count(p) > 1
    }


def test_every_shipped_link_has_an_openable_source(shipped: Casebook) -> None:
    picture = network_of(shipped)
    for edge in picture.edges:
        evidence = [*edge.evidence, *(e for a in edge.acts for e in a.evidence)]
        assert evidence, edge.id
        assert all(str(picture.references[e.source].url).startswith("http") for e in evidence), edge.id


def test_pairs_are_linked_by_the_matters_in_which_both_count(world: Casebook) -> None:
    picture = network_of(world, pairs=True, min_shared=1)
    assert [(e.source, e.target, e.weight, len(e.evidence)) for e in picture.edges] == [
        ("person:inv/judge", "person:inv/prosecutor", 1, 1)
    ]
    assert {n.id for n in picture.nodes} == {"person:inv/judge", "person:inv/prosecutor"}


def test_shipped_pairs_open_with_those_that_met_more_than_once(shipped: Casebook) -> None:
    picture = network_of(shipped, pairs=True)
    assert picture.min_weight == 2
    assert all(e.evidence for e in picture.edges)
    assert "pairs that share 2 or more matters" in str(picture.cut.en)


def test_two_spellings_of_one_town_are_one_place_and_read_in_both_languages() -> None:
    """A judge who sat in `Saint Petersburg` and in `St. Petersburg` was in one town, not in several."""
    cities = {"b1": "Saint Petersburg", "b2": "St. Petersburg", "b3": "Simferopol", "b4": "Симферополь"}
    bodies = [
        {"body_id": b, "name": f"Court {b}", "city": city, "country": "RU" if b < "b3" else "UA", "kind": "court"}
        for b, city in cities.items()
    ]
    book = casebook(
        people=[{"person_id": "o", "name": "Official"}, {"person_id": "d", "name": "Defendant"}],
        bodies=bodies,
        cases=[{"case_id": f"c{b}", "person_id": "d"} for b in cities],
        proceedings=[{"proceeding_id": f"p{b}", "case_id": f"c{b}", "stage": "appeal", "body_id": b} for b in cities],
        roles=[
            {"proceeding_id": f"p{b}", "case_id": f"c{b}", "person_id": "o", "role": "judge", "basis": "stated"}
            for b in cities
        ],
    )
    picture = network_of(book)
    assert _nodes(picture)["person:inv/o"].places == ("Saint Petersburg", "Simferopol")
    page = network_page(picture, lang="ru")
    assert '<option value="Saint Petersburg">Санкт-Петербург (2)</option>' in page
    assert "St. Petersburg" not in page


def test_what_the_test_of_pairs_says_of_itself_is_said_in_both_languages(world: Casebook) -> None:
    """Held against the analysis itself: should it word its note anew, this fails."""
    notes = network_of(world, chance=teams(world)).notes
    assert [n.en for n in notes] == ["Pairs against chance: of 1 that could have met, the data suffice to tell of 0."]
    assert str(notes[0].ru).startswith("Пары против случайности: из 1")
