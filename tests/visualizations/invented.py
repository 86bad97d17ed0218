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
    states = (
        ListingState("EU", "EU-2024-1485", "listed" if listed else "not_found", "2024-05-27", (Evidence("s1"),)),
    )
    return Node(p, kind[0], Name(f"{en} {sen}", f"{ru} {sru}"), count, count, count - 1, 1, 0, listed, count > 1,
                {kind[1]: count}, (2018, 2025), (home[0],), (Name(f"{home[0]} court", f"суд {home[1]}"),), states,
                (Fact("born", Name("1970", None), (Evidence("s2"),)),), (Evidence("s3"), Evidence("s4")))  # fmt: skip


def _matter(m: str, i: int, home: tuple[str, str]) -> Node:
    sru, sen = _LAST[i * 3 % 14]
    return Node(m, "matter", Name(f"{sen} matter", f"дело {sru}"), 1, 1, years=(2018 + i % 8, 2018 + i % 8),
                places=(home[0],), facts=(Fact("articles", Name("RU-CC 207.3(2)", None), (Evidence("s5"),)),),
                evidence=(Evidence("s5", "§ 4", "Words of the court."),))  # fmt: skip
