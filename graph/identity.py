"""Who is whom: judgements that two things are the same, different or cannot be told, and what follows from them.

Identity is an overlay. Nothing is rewritten: `resolve` makes canonical ids from judgements, and another
judgement on the same pair takes the earlier one back.
"""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from graph.errors import Contradiction, Refused

SAME, DIFFERENT, UNSURE = "same", "different", "unsure"
VERDICTS = (SAME, DIFFERENT, UNSURE)
KINDS: Mapping[str, str] = {"person": "people", "body": "bodies", "case": "cases", "proceeding": "proceedings"}
"""The kinds of things that are judged, with the table that holds them."""

_Pair = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Judgement:
    """One verdict on two things of a kind: by whom, when, why, resting on what; `line` is its manifest line."""

    kind: str
    left: str
    right: str
    verdict: str
    decided_on: str | None = None
    by: str | None = None
    why: str | None = None
    evidence: str | None = None
    line: int = 0

    @property
    def pair(self) -> _Pair:
        """Both ids, the lesser one first: a verdict has no direction."""
        return (self.left, self.right) if self.left <= self.right else (self.right, self.left)


@dataclass(frozen=True, slots=True)
class Identity:
    """Canonical ids by kind: a thing goes by the least of its ids, in plain string order.

    `contradictions` are judgements `different` on things that `same` joins all the same (`check` refuses to
    make such a state, a file edited by hand may): those things stay apart and are unsure of each other.
    """

    by_kind: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    groups: Mapping[str, Mapping[str, tuple[str, ...]]] = field(default_factory=dict)
    doubts: Mapping[str, Mapping[str, frozenset[str]]] = field(default_factory=dict)
    contradictions: tuple[Judgement, ...] = ()

    def canonical(self, kind: str, thing: str) -> str:
        """The id by which a thing goes; its own where nothing is judged the same."""
        return self.by_kind.get(kind, {}).get(thing, thing)

    def members(self, kind: str, thing: str) -> tuple[str, ...]:
        """All ids that go by the same canonical id, sorted, `thing` among them."""
        return self.groups.get(kind, {}).get(self.canonical(kind, thing), (thing,))

    def unsure(self, kind: str, thing: str) -> tuple[str, ...]:
        """Canonical ids of the things of which nobody can tell whether they are this one, sorted."""
        return tuple(sorted(self.doubts.get(kind, {}).get(self.canonical(kind, thing), ())))


def standing(judgements: Iterable[Judgement]) -> list[Judgement]:
    """The last judgement of each pair, in the order of the pairs."""
    last = {(j.kind, *j.pair): j for j in judgements}
    return [last[key] for key in sorted(last)]


def resolve(judgements: Iterable[Judgement]) -> Identity:
    """The canonical ids that follow from judgements; the last one of a pair wins.

    Things judged the same make groups, also through others. A pair in doubt is no doubt any more where others join
    its groups, or where a judgement `different` stands between them.
    """
    found = standing(judgements)
    by_kind: dict[str, dict[str, str]] = {}
    groups: dict[str, dict[str, tuple[str, ...]]] = {}
    doubts: dict[str, dict[str, frozenset[str]]] = {}
    against: list[Judgement] = []
    for kind in sorted({j.kind for j in found}):
        mine = [j for j in found if j.kind == kind]
        by_kind[kind], doubts[kind], bad = _one_kind(mine)
        groups[kind] = _grouped(by_kind[kind])
        against += bad
    return Identity(by_kind, groups, doubts, tuple(against))


def _one_kind(found: Sequence[Judgement]) -> tuple[dict[str, str], dict[str, frozenset[str]], list[Judgement]]:
    """Canonical ids, doubts and contradictions of one kind, from the last judgement of each pair."""
    links = _links(found)
    roots = {thing: min(group) for group in _components(links) for thing in group}
    bad = [j for j in found if j.verdict == DIFFERENT and j.left != j.right and _joined(roots, j)]
    split = {roots[j.left] for j in bad}
    doubted = [j.pair for j in found if j.verdict == UNSURE]
    doubted += [j.pair for j in found if j.verdict == SAME and roots.get(j.left) in split]
    kept = {thing: root for thing, root in roots.items() if root not in split}
    apart = {_ends(kept, j.pair) for j in found if j.verdict == DIFFERENT}
    doubts: defaultdict[str, set[str]] = defaultdict(set)
    for left, right in {_ends(kept, pair) for pair in doubted} - apart:
        if left != right:
            doubts[left].add(right)
            doubts[right].add(left)
    return kept, {thing: frozenset(others) for thing, others in doubts.items()}, bad


def _joined(roots: Mapping[str, str], judgement: Judgement) -> bool:
    return judgement.left in roots and roots[judgement.left] == roots.get(judgement.right)


def _ends(roots: Mapping[str, str], pair: _Pair) -> _Pair:
    left, right = sorted(roots.get(thing, thing) for thing in pair)
    return left, right


def _grouped(roots: Mapping[str, str]) -> dict[str, tuple[str, ...]]:
    members: defaultdict[str, list[str]] = defaultdict(list)
    for thing, root in roots.items():
        members[root].append(thing)
    return {root: tuple(sorted(things)) for root, things in members.items()}


def _links(found: Iterable[Judgement]) -> dict[str, list[str]]:
    """Who is directly judged the same as whom."""
    links: defaultdict[str, list[str]] = defaultdict(list)
    for judgement in found:
        if judgement.verdict == SAME and judgement.left != judgement.right:
            links[judgement.left].append(judgement.right)
            links[judgement.right].append(judgement.left)
    return {thing: sorted(others) for thing, others in sorted(links.items())}


def _components(links: Mapping[str, Sequence[str]]) -> Iterator[set[str]]:
    seen: set[str] = set()
    for start in links:
        if start in seen:
            continue
        group, queue = {start}, deque([start])
        while queue:
            for other in links[queue.popleft()]:
                if other not in group:
                    group.add(other)
                    queue.append(other)
        seen |= group
        yield group


def check(judgements: Iterable[Judgement], new: Judgement | Iterable[Judgement]) -> None:
    """Nothing, if `new` can be added after `judgements`; a new verdict on a judged pair replaces the old one.

    Raises:
        Refused: a thing is judged against itself, or a kind or verdict does not exist.
        Contradiction: `same` would join two things judged different, directly or through others, or `different`
            would part what `same` joins; the message gives the chain and what to judge again.
    """
    added = [new] if isinstance(new, Judgement) else list(new)
    old = list(judgements)
    for judgement in added:
        _check_form(judgement)
    before = {(j.kind, *j.pair) for j in resolve(old).contradictions}
    for found in resolve([*old, *added]).contradictions:
        if (found.kind, *found.pair) not in before:
            raise Contradiction(_explained(found, standing([*old, *added])))


def _check_form(judgement: Judgement) -> None:
    if judgement.kind not in KINDS:
        raise Refused(f"a judgement is about {', '.join(KINDS)}, not {judgement.kind!r}")
    if judgement.verdict not in VERDICTS:
        raise Refused(f"a verdict is {', '.join(VERDICTS)}, not {judgement.verdict!r}")
    if judgement.left == judgement.right:
        raise Refused(f"{judgement.left} cannot be judged against itself; name two things")


def _explained(against: Judgement, found: Sequence[Judgement]) -> str:
    """The chain of `same` that joins what `against` holds apart, and the way out."""
    by_pair = {j.pair: j for j in found if j.kind == against.kind}
    path = _path(_links(j for j in found if j.kind == against.kind), against.left, against.right)
    steps = [by_pair[min(a, b), max(a, b)] for a, b in pairwise(path)]
    chain = "; ".join(_said(step) for step in steps)
    return (
        f"{against.left} and {against.right} cannot be the same and different: {chain}; but {_said(against)}. "
        "Judge again the pair that is wrong (unsure takes it back), then this one"
    )


def _said(judgement: Judgement) -> str:
    where = f" (manifest line {judgement.line})" if judgement.line else ""
    why = f" because {judgement.why}" if judgement.why else ""
    return f"{judgement.left} {judgement.verdict} {judgement.right}{why}{where}"


def _path(links: Mapping[str, Sequence[str]], start: str, end: str) -> list[str]:
    """The shortest chain of things from `start` to `end`."""
    came: dict[str, str] = {start: start}
    queue = deque([start])
    while queue and end not in came:
        here = queue.popleft()
        for other in links.get(here, ()):
            if other not in came:
                came[other] = here
                queue.append(other)
    path = [end]
    while path[-1] != start:
        path.append(came[path[-1]])
    return path[::-1]
