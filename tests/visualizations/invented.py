"""Invented pictures of any size: no person in them is real."""

from __future__ import annotations

import random
from collections import Counter
from itertools import combinations

from visualizations.network_model import (
    Act,
    Chance,
    Edge,
    Evidence,
    Fact,
    ListingState,
    NetworkPicture,
    Node,
    Reference,
)
from visualizations.texts import Name

_KINDS = (("judge", "presiding_judge"), ("prosecutor", "prosecutor"), ("investigator", "investigator"))
_FIRST = ("Павел", "Pavel"), ("Тимур", "Timur"), ("Ринат", "Rinat"), ("Олег", "Oleg"), ("Виктор", "Viktor")
_LAST = (
    ("Полянин", "Polyanin"), ("Цветов", "Tsvetov"), ("Ручьёв", "Ruchyov"), ("Юрков", "Yurkov"), ("Лопатин", "Lopatin"),
    ("Бережной", "Berezhnoy"), ("Вязов", "Vyazov"), ("Шумилин", "Shumilin"), ("Заречный", "Zarechny"), ("Чалов", "Chalov"),
    ("Ставров", "Stavrov"), ("Кленов", "Klenov"), ("Туманов", "Tumanov"), ("Гордин", "Gordin"),
)  # fmt: skip
_PLACES = (("Severogorsk", "Северогорск"), ("Priozerye", "Приозёрье"), ("Dolinsk", "Долинск"))


def picture(*, officials: int = 40, matters: int = 70, seed: int = 5) -> NetworkPicture:
    """Officials in three towns, each matter with one of each kind, some of whom come together more than others."""
    rng = random.Random(seed)
    refs = {f"s{i}": Reference(f"s{i}", f"Court register entry {i}", f"https://example.org/{i}", "Invented press",
                               "2024-03-11", f"https://archive.example.org/{i}") for i in range(12)}  # fmt: skip
    people = [f"inv/o{i:04d}" for i in range(officials)]
    home = {p: _PLACES[i % 3] for i, p in enumerate(people)}
    kind = {p: _KINDS[i // 3 % 3] for i, p in enumerate(people)}
    pull = {p: rng.paretovariate(1.3) for p in people}
    edges: list[Edge] = []
    teams: dict[str, list[str]] = {}
    for m in range(matters):
        place = rng.choice(_PLACES)
        chosen = [
            rng.choices(pool, [pull[p] for p in pool])[0]
            for k in _KINDS
            if (pool := [p for p in people if kind[p] == k and home[p] == place])
        ]
        if rng.random() < 0.06:
            chosen[0] = rng.choice([p for p in people if kind[p][0] == "judge"])
        teams[f"inv/m{m:04d}"] = chosen
        for p in dict.fromkeys(chosen):
            ev = (Evidence(f"s{rng.randrange(12)}", "page 3", "The verdict was read by the judge."),)
            date = f"{2018 + rng.randrange(8)}-0{1 + rng.randrange(9)}-1{rng.randrange(9)}"
            act = Act(kind[p][1], f"inv/c{m}", "first_instance", Name(f"{place[0]} court", f"суд {place[1]}"), date,
                      "convicted", "adverse", 84, "stated", evidence=ev)  # fmt: skip
            edges.append(Edge(f"{p}|{m}|{kind[p][1]}", p, f"inv/m{m:04d}", kind[p][1], acts=(act,)))
    first = edges[0]
    edges.append(Edge(first.id + "|2", first.source, first.target, "judge", counts=False, acts=first.acts))
    per = Counter(p for team in teams.values() for p in set(team))
    shared = Counter(pair for team in teams.values() for pair in combinations(sorted(set(team)), 2))
    nodes = [_official(p, i, kind[p], home[p], per[p], rng) for i, p in enumerate(people) if per[p]]
    nodes += [_matter(m, i, home[t[0]]) for i, (m, t) in enumerate(teams.items())]
    repeated = {k: v for k, v in sorted(shared.items()) if v > 1}
    return NetworkPicture(
        Name("Recurring officials in three invented towns", "Повторяющиеся лица в трёх выдуманных городах"),
        tuple(nodes), tuple(edges), refs, ("judge", "prosecutor", "investigator", "matter"), 2, shared=repeated,
        chance={k: Chance(v, v / 3, 3.0, 0.04) for k, v in repeated.items() if v > 4},
        cut=Name("Opens with officials in 2 or more matters.", "Видны должностные лица с двумя и более делами."), left_out={"not_stated": 3}, data_hash="3f2a" * 16, as_of="2025-02-14",
    )  # fmt: skip


def _official(p: str, i: int, kind: tuple[str, str], home: tuple[str, str], count: int, rng: random.Random) -> Node:
    (ru, en), (sru, sen) = _FIRST[i % 5], _LAST[i * 5 % 14]
    listed = rng.random() < 0.3
    states = (ListingState("EU", "EU-2024-1485", "listed" if listed else "not_found", "2024-05-27", (Evidence("s1"),)),)
    return Node(p, kind[0], Name(f"{en} {sen}", f"{ru} {sru}"), count, count, count - 1, 1, 0, listed, count > 1,
                {kind[1]: count}, (2018, 2025), (home[0],), (Name(f"{home[0]} court", f"суд {home[1]}"),), states,
                (Fact("born", Name("1970", None), (Evidence("s2"),)),), (Evidence("s3"), Evidence("s4")))  # fmt: skip


def _matter(m: str, i: int, home: tuple[str, str]) -> Node:
    sru, sen = _LAST[i * 3 % 14]
    return Node(m, "matter", Name(f"{sen} matter", f"дело {sru}"), 1, 1, years=(2018 + i % 8, 2018 + i % 8),
                places=(home[0],), facts=(Fact("articles", Name("RU-CC 207.3(2)", None), (Evidence("s5"),)),),
                evidence=(Evidence("s5", "§ 4", "Words of the court."),))  # fmt: skip


def attacked(text: str) -> NetworkPicture:
    """A small picture with the same hostile text in every field that comes from outside."""
    both = Name(text, text)
    proof = (Evidence("s", text, text, text), Evidence(text, text))
    refs = {
        "s": Reference("s", text, "https://example.org/?q=" + text, text, text, text),
        text: Reference(text, text, text),
    }
    act = Act("presiding_judge", text, "first_instance", both, "2022-03-01", "convicted", "adverse", 84, "stated",
              True, "disputed", "low", text, proof)  # fmt: skip
    states = (ListingState("EU", text, "listed", "2024-05-27", proof), ListingState("GB", None, "not_found", text))
    facts = tuple(Fact(label, both, proof) for label in ("title", "articles", "classified"))
    nodes = (
        Node("person:" + text, "judge", both, 3, 3, 2, 1, 0, True, True, {"presiding_judge": 3}, (2021, 2023), (text, "b"),
             (both,), states, facts, proof),
        Node("person:2", "prosecutor", both, 2, 2, 2, roles={"prosecutor": 2}, places=(text,), facts=facts, evidence=proof),
        Node("matter:" + text, "matter", both, 1, 2, years=(2022, 2022), places=(text,), facts=facts, evidence=proof),
        Node("court:" + text, "court", both, 1, facts=facts, evidence=proof),
        Node("person:" + text + "d", "defendant", both, 1, facts=facts, evidence=proof),
        Node("exchange:" + text, "exchange", both, 1, facts=facts, evidence=proof),
    )  # fmt: skip
    edges = (
        Edge(text + "1", "person:" + text, "matter:" + text, "presiding_judge", acts=(act,)),
        Edge(text + "2", "person:2", "matter:" + text, "prosecutor", counts=False, acts=(act, act)),
        Edge(text + "3", "court:" + text, "matter:" + text, "heard_at", evidence=proof),
        Edge(text + "4", "person:" + text + "d", "matter:" + text, "defendant_in", evidence=proof),
        Edge(text + "5", "person:" + text + "d", "exchange:" + text, "released_in", evidence=proof),
    )
    return NetworkPicture(
        both, nodes, edges, refs, ("judge", "prosecutor", "matter", "court", "defendant", "exchange"), 1,
        shared={("person:2", "person:" + text): 2}, cut=both, left_out={text: 3}, notes=(both,), data_hash=text, as_of=text,
    )  # fmt: skip


def projection(officials: int, links: int, *, seed: int = 7) -> NetworkPicture:
    """Officials linked with each other: `links` pairs, weights from 1 up; no acts."""
    rng = random.Random(seed)
    pairs: dict[tuple[int, int], int] = {}
    while len(pairs) < links:
        a = (
            min(int(rng.paretovariate(0.9) * officials / 12), officials - 1)
            if rng.random() < 0.5
            else rng.randrange(officials)
        )
        b = min(max(0, a + round(rng.gauss(0, officials / 18))), officials - 1)
        if a != b:
            pair = (min(a, b), max(a, b))
            pairs[pair] = pairs.get(pair, 0) + 1
    nodes = [
        Node(f"inv/p{i:05d}", _KINDS[i % 3][0], Name(f"{_FIRST[i % 5][1]} {_LAST[i % 14][1]} {i}", None), 1 + i % 9, 1 + i % 9,
             1 + i % 9, roles={_KINDS[i % 3][1]: 1 + i % 9}, listed=i % 11 == 0)
        for i in range(officials)
    ]  # fmt: skip
    edges = [Edge(f"{a}-{b}", f"inv/p{a:05d}", f"inv/p{b:05d}", "met", w) for (a, b), w in sorted(pairs.items())]
    title = Name("Officials who met", "Встречавшиеся лица")
    return NetworkPicture(title, tuple(nodes), tuple(edges), {}, ("judge", "prosecutor", "investigator"))
