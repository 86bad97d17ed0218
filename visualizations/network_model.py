"""A network as a picture needs it: nodes, links, acts and the evidence of each, in plain values.

Whatever is drawn, written or listed of a network is made from a `NetworkPicture`; who made it from what is
`network`'s affair.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from visualizations.texts import Name

NAMELESS = Name(None, None)


@dataclass(frozen=True, slots=True)
class Reference:
    """A document that a reader can open."""

    id: str
    title: str
    url: str | None = None
    publisher: str | None = None
    published: str | None = None
    archive_url: str | None = None


@dataclass(frozen=True, slots=True)
class Evidence:
    """A place in a source: `source` is the id of a `Reference`; `locator` says page, paragraph or time."""

    source: str
    locator: str = ""
    quote: str = ""
    archive_url: str | None = None


@dataclass(frozen=True, slots=True)
class Act:
    """Somebody in a role in a proceeding, or in a case as a whole (then `stage` is None)."""

    role: str
    case: str
    stage: str | None = None
    court: Name | None = None
    date: str | None = None
    outcome: str | None = None
    effect: str | None = None
    months: int | None = None
    basis: str | None = None
    counts: bool = True
    status: str = "accepted"
    confidence: str | None = None
    name_as_written: str | None = None
    evidence: tuple[Evidence, ...] = ()


@dataclass(frozen=True, slots=True)
class ListingState:
    """What is known of a person and a programme; `state` is one of the five of `styles.csv`, group `state`."""

    authority: str
    programme: str | None
    state: str
    date: str | None = None
    evidence: tuple[Evidence, ...] = ()


@dataclass(frozen=True, slots=True)
class Fact:
    """One line of a node's panel: `label` is a key of the messages (`fact.<label>`), `value` is shown as it is."""

    label: str
    value: Name
    evidence: tuple[Evidence, ...] = ()


@dataclass(frozen=True, slots=True)
class Node:
    """One thing of the picture.

    `matters` decides the size; `core` tells whether the thing is seen before the reader moves the cut, `years` the
    span in which it acts, `places` the towns that filters go by (`graph.places`: one name for each).
    """

    id: str
    kind: str
    name: Name
    matters: int = 1
    cases: int = 0
    adverse: int = 0
    favourable: int = 0
    other: int = 0
    listed: bool = False
    core: bool = True
    roles: Mapping[str, int] = field(default_factory=dict)
    years: tuple[int, int] | None = None
    places: tuple[str, ...] = ()
    institutions: tuple[Name, ...] = ()
    listings: tuple[ListingState, ...] = ()
    facts: tuple[Fact, ...] = ()
    evidence: tuple[Evidence, ...] = ()


@dataclass(frozen=True, slots=True)
class Edge:
    """One link. Two roles of one official in one matter are two links; `acts` has every act behind it."""

    id: str
    source: str
    target: str
    kind: str
    weight: int = 1
    counts: bool = True
    acts: tuple[Act, ...] = ()
    evidence: tuple[Evidence, ...] = ()


@dataclass(frozen=True, slots=True)
class Chance:
    """How often two officials met, against what chance alone would give."""

    matters: int
    expected: float
    ratio: float | None = None
    q: float | None = None


@dataclass(frozen=True, slots=True)
class NetworkPicture:
    """A network ready to be drawn.

    `min_matters` and `min_weight` are the cuts with which the page opens, `kinds_on` the kinds that it shows then. `shared` counts the
    matters of each pair of officials that meet (ids in order), `chance` has those that were tested.
    """

    title: Name
    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]
    references: Mapping[str, Reference] = field(default_factory=dict)
    kinds_on: tuple[str, ...] = ()
    min_matters: int = 1
    focus: tuple[str, ...] = ()
    shared: Mapping[tuple[str, str], int] = field(default_factory=dict)
    chance: Mapping[tuple[str, str], Chance] = field(default_factory=dict)
    cut: Name = NAMELESS
    left_out: Mapping[str, int] = field(default_factory=dict)
    notes: tuple[Name, ...] = ()
    data_hash: str = ""
    as_of: str = ""
    profile: str = "public"
    min_weight: int = 1

    def __post_init__(self) -> None:
        ids = [n.id for n in self.nodes]
        if len(set(ids)) != len(ids):
            raise ValueError("two nodes of the picture have the same id")
        links = [e.id for e in self.edges]
        if len(set(links)) != len(links):
            raise ValueError("two links of the picture have the same id")
        known = set(ids)
        lost = [e.id for e in self.edges if e.source not in known or e.target not in known]
        if lost:
            raise ValueError(f"link {lost[0]!r} goes to a node that the picture does not have")
