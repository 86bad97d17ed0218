"""The network page: nodes, links and options carried by pyvis, everything else ours. The one module that imports pyvis."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pyvis.network as pyvis_network
from markupsafe import Markup

from graph.places import place_name
from ontology import vocabulary
from visualizations.layout import Box, Point, arrange, engine
from visualizations.marks import mark, marks
from visualizations.network_model import Act, Edge, Evidence, ListingState, NetworkPicture, Node, Reference
from visualizations.network_svg import caption, is_official, network_svg, opens_with, radius
from visualizations.shell import Footing, environment, inline_script, shell_values, with_policy
from visualizations.texts import Name, message, messages, months_text, openable, shown, token_label

SMALL = 600
"""Up to so many nodes a page also carries a still picture, for readers without scripts."""
ACTS_IN_TABLE = 3000
_VIS = "templates/lib/vis-9.1.2/vis-network.min.js"


def network_page(picture: NetworkPicture, *, lang: str = "en", seed: int = 11) -> str:
    """The whole page as HTML text: one file, no request, the same bytes for the same picture, language and seed."""
    return page_of(picture, positions(picture, seed=seed), lang=lang, seed=seed)


def positions(picture: NetworkPicture, *, seed: int = 11) -> dict[str, Point]:
    """Where each node stands. What the page opens with is laid out first; the rest stands round it."""
    crowd = len(picture.nodes) > SMALL
    boxes = [Box(n.id, *_room(n, crowd=crowd), tier=_tier(n, picture)) for n in picture.nodes]
    return arrange(boxes, [(e.source, e.target) for e in picture.edges], seed=seed)


def page_of(picture: NetworkPicture, points: Mapping[str, Point], *, lang: str, seed: int) -> str:
    """The page of a picture whose positions are known already."""
    ordered = sorted(picture.nodes, key=lambda n: n.id)
    index = {n.id: i for i, n in enumerate(ordered)}
    refs = sorted(picture.references.values(), key=lambda r: r.id)
    proofs = _Proofs({r.id: i for i, r in enumerate(refs)})
    net = pyvis_network.Network(cdn_resources="in_line", height="100%", width="100%")
    # add_node and add_edge are quadratic and drop a second link of the same pair
    net.nodes = [_vis_node(n, index[n.id], points[n.id], lang, proofs) for n in ordered]
    net.edges = _vis_edges(picture.edges, index, proofs)
    net.options = _options(seed)
    title = shown(picture.title.first(lang))
    env = environment()
    env.globals.update(shell_values(lang, title, _footing(picture, seed, lang)))
    env.globals.update(_page_values(picture, ordered, points, refs, proofs, lang))
    net.templateEnv, net.path = env, "network.html.j2"
    return with_policy(str(net.generate_html("network.html")) + "\n")


def _footing(picture: NetworkPicture, seed: int, lang: str) -> Footing:
    return Footing(
        data_hash=picture.data_hash, as_of=picture.as_of, seed=seed, engine=engine(),
        left_out=picture.left_out, notes=[n.first(lang) for n in picture.notes], profile=picture.profile,
    )  # fmt: skip


def _page_values(
    picture: NetworkPicture,
    ordered: Sequence[Node],
    points: Mapping[str, Point],
    refs: Sequence[Reference],
    proofs: _Proofs,
    lang: str,
) -> dict[str, Any]:
    index = {n.id: i for i, n in enumerate(ordered)}
    cites = {r.id: i for i, r in enumerate(refs)}
    officials = [n for n in ordered if is_official(n)]
    tables = _tables(picture, index, cites, lang)
    many = sum(len(e.acts) for e in picture.edges) > ACTS_IN_TABLE or len(picture.edges) > ACTS_IN_TABLE
    years = [y for n in ordered for y in n.years or ()]
    places = Counter(p for n in ordered for p in n.places if n.kind == "matter" or not _has_matters(picture))
    counts = Counter(n.kind for n in ordered)
    return {
        "summary": _summary(picture, lang), "cut": picture.cut.first(lang),
        "kinds": [(k, counts[k], k in picture.kinds_on) for k in marks() if counts[k]],
        "most": max((n.matters for n in officials), default=1), "least": picture.min_matters,
        "lightest": picture.min_weight,
        "heaviest": max((e.weight for e in picture.edges), default=1),
        "years": (min(years), max(years)) if years and min(years) < max(years) else None,
        "places": [(p, place_name(p, lang), n) for p, n in sorted(places.items(), key=lambda p: (-p[1], p[0]))],
        "still": Markup(network_svg(picture, points, lang=lang, only_open=True)) if len(ordered) <= SMALL else "",
        "officials": [tables.official(n) for n in sorted(officials, key=lambda n: (-n.matters, n.id))],
        "things": [] if many else [tables.thing(n) for n in ordered if not is_official(n)],
        "acts": [] if many else [tables.act(e, a) for e in _by_name(picture, lang) for a in e.acts],
        "acts_note": message("acts_in_csv", lang, n=len(picture.edges)) if many else "",
        "references": refs, "more": _more(picture, index, proofs, lang), "vis": vis_script(),
    }  # fmt: skip


@cache
def vis_script() -> Markup:
    """The library that pyvis ships, with its licence text, as an inline script."""
    path = Path(pyvis_network.__file__).parent / _VIS
    text = path.read_text(encoding="utf-8")
    return inline_script(text.replace("//# sourceMappingURL=vis-network.min.js.map", ""))


def _tier(node: Node, picture: NetworkPicture) -> int:
    """What the page opens with first, then other officials and matters, then what the legend can add."""
    if opens_with(picture, node):
        return 0
    return 1 if is_official(node) or node.kind == "matter" else 2


def _room(node: Node, *, crowd: bool) -> tuple[float, float]:
    """The room that a mark and its label need; in a crowd, where few labels are seen, that of the mark only."""
    size = radius(node)
    if crowd:
        return 2 * size + 4, 2 * size + 4
    if is_official(node) and node.core:
        return max(2 * size, 7.0 * len(caption(node, "ru"))) + 8, 2 * size + 24
    if node.kind == "matter" and node.core:
        return max(2 * size, 4.2 * len(caption(node, "ru"))) + 8, 2 * size + 18
    if is_official(node):
        return 2 * size + 34, 2 * size + 20
    return 2 * size + 8, 2 * size + 8


def _options(seed: int) -> dict[str, Any]:
    return {
        "physics": {"enabled": False},
        "layout": {"improvedLayout": False, "randomSeed": seed},
        "nodes": {"shape": "custom", "borderWidth": 0},
        "edges": {"smooth": False},
        "interaction": {
            "hover": True, "hoverConnectedEdges": False, "selectConnectedEdges": False, "multiselect": False, "keyboard": False, "navigationButtons": False, "tooltipDelay": 120,
        },
    }  # fmt: skip


def _vis_node(node: Node, number: int, point: Point, lang: str, proofs: _Proofs) -> dict[str, Any]:
    """A pyvis node: plain values only. What vis does not know rides along under `kind`, `thing`, `later`, `listed` and `d`."""
    more: dict[str, Any] = {
        "n": [shown(node.name.en), shown(node.name.ru)], "m": node.matters, "c": node.cases,
        "b": [node.adverse, node.favourable, node.other], "r": dict(node.roles), "y": list(node.years or ()),
        "p": [shown(p) for p in node.places], "i": [proofs.name(i) for i in node.institutions],
        "s": [_state(s, proofs) for s in node.listings],
        "f": [[f.label, shown(f.value.first(lang)), proofs.number(f.evidence)] for f in node.facts],
        "e": proofs.number(node.evidence),
    }  # fmt: skip
    return {
        "id": number, "label": caption(node, lang), "x": point[0], "y": point[1],
        "size": round(radius(node), 1), "kind": node.kind, "thing": shown(node.id),
        **({} if node.core else {"later": 1}), **({"listed": 1} if node.listed else {}), "d": {k: v for k, v in more.items() if v not in ([], {}, 0, [0, 0, 0], ["", ""])},
    }  # fmt: skip


def _vis_edges(edges: Sequence[Edge], index: Mapping[str, int], proofs: _Proofs) -> list[dict[str, Any]]:
    """pyvis links, each with an id of its own; the second, third … of a pair are bent so that all are seen."""
    seen: Counter[tuple[int, int]] = Counter()
    out = []
    for number, edge in enumerate(sorted(edges, key=lambda e: e.id)):
        a, b = index[edge.source], index[edge.target]
        pair = (min(a, b), max(a, b))
        line: dict[str, Any] = {"id": number, "from": a, "to": b, "kind": edge.kind}
        if edge.weight != 1:
            line["w"] = edge.weight
        if not edge.counts:
            line["dashes"] = [3, 4]
        if seen[pair]:
            line["smooth"] = {"enabled": True, "type": "curvedCW", "roundness": round(0.16 * seen[pair], 2)}
        if edge.acts:
            line["acts"] = [_act(a, proofs) for a in edge.acts]
        if edge.evidence:
            line["e"] = proofs.number(edge.evidence)
        seen[pair] += 1
        out.append(line)
    return out


def _act(act: Act, proofs: _Proofs) -> dict[str, Any]:
    values = {
        "stage": act.stage, "court": proofs.name(act.court) if act.court else None,
        "date": act.date, "outcome": act.outcome, "months": act.months, "basis": None if act.basis == "stated" else act.basis or "",
        "counts": None if act.counts else 0, "status": None if act.status == "accepted" else act.status,
        "confidence": act.confidence, "written": shown(act.name_as_written), "e": proofs.number(act.evidence),
    }  # fmt: skip
    return {
        k: v for k, v in values.items() if v is not None and (v not in (0, "") or k in ("counts", "court", "basis"))
    }


def _state(state: ListingState, proofs: _Proofs) -> list[Any]:
    words = (state.authority, state.programme, state.state, state.date)
    return [*(shown(w) for w in words), proofs.number(state.evidence)]


def _both(name: Name) -> list[str]:
    return [shown(name.en), shown(name.ru)]


class _Proofs:
    """Evidence lists, each kept once: many facts of one row rest on the same sources.

    A list is `[[number of the source, locator, quote, archive], ...]` without blank ends; nodes and links hold its
    number, which is never 0.
    """

    def __init__(self, cites: Mapping[str, int]) -> None:
        self._cites = cites
        self._numbers: dict[str, int] = {}
        self._names: dict[Name, int] = {}
        self.lists: list[list[list[Any]]] = [[]]

    def name(self, name: Name) -> int:
        """The number of a name that many acts share, as of a court."""
        if name not in self._names:
            self._names[name] = len(self._names)
        return self._names[name]

    @property
    def names(self) -> list[list[str]]:
        """The shared names, by number: Latin and Russian."""
        return [_both(name) for name in self._names]

    def number(self, evidence: Iterable[Evidence]) -> int:
        """The number of this evidence; 0 where there is none."""
        found: list[list[Any]] = []
        for one in evidence:
            if one.source in self._cites:
                cells = [self._cites[one.source], shown(one.locator), shown(one.quote), openable(one.archive_url) or ""]
                while len(cells) > 1 and not cells[-1]:
                    cells.pop()
                found.append(cells)
        if not found:
            return 0
        key = repr(found)
        if key not in self._numbers:
            self._numbers[key] = len(self.lists)
            self.lists.append(found)
        return self._numbers[key]


def _more(picture: NetworkPicture, index: Mapping[str, int], proofs: _Proofs, lang: str) -> dict[str, Any]:
    """What the script needs beside nodes and links: words, marks, labels of tokens, what the page opens with.

    The sources it takes from the list that stands in the page anyhow."""
    return {
        "lang": lang, "min": picture.min_matters, "weight": picture.min_weight, "focus": [index[i] for i in picture.focus if i in index],
        "kinds": {
            k: {"path": m.path, "light": m.light, "dark": m.dark, "group": m.group, "label": m.label(lang),
                "on": int(k in picture.kinds_on)}
            for k, m in marks().items()
        },
        "words": {k: v for k, v in messages(lang).items() if k.split(".")[0] not in _NOT_FOR_SCRIPTS}, "labels": _labels(picture, lang),
        "places": {
            p: word for p in sorted({shown(p) for n in picture.nodes for p in n.places}) if (word := place_name(p, lang)) != p
        },
        "proofs": proofs.lists, "names": proofs.names,
        "chance": [
            [index[a], index[b], c.matters, c.expected, c.ratio, c.q]
            for (a, b), c in sorted(picture.chance.items()) if a in index and b in index
        ],
        "programmes": list(vocabulary("programme")),
        "files": {
            "title": shown(picture.title.first(lang)), "hash": shown(picture.data_hash), "cut": shown(picture.cut.first(lang)),
            "profile": picture.profile, "engine": engine(),
        },
    }  # fmt: skip


_NOT_FOR_SCRIPTS = frozenset({"title", "lead", "figure", "left_out", "cut", "profile", "sides", "matrix"})
_TOKENS = {"role": "role", "stage": "stage", "outcome": "outcome", "basis": "basis", "status": "record_status",
           "confidence": "confidence"}  # fmt: skip


def _labels(picture: NetworkPicture, lang: str) -> dict[str, dict[str, str]]:
    """The labels of every vocabulary token that the picture shows."""
    used: defaultdict[str, set[str]] = defaultdict(set)
    for edge in picture.edges:
        used["role"].add(edge.kind)
        for act in edge.acts:
            for name in _TOKENS:
                used[name].add(getattr(act, name) or "")
    for node in picture.nodes:
        used["role"].update(node.roles)
    return {name: {t: token_label(_TOKENS[name], t, lang) for t in sorted(used[name]) if t} for name in sorted(used)}


def _has_matters(picture: NetworkPicture) -> bool:
    return any(n.kind == "matter" for n in picture.nodes)


def _summary(picture: NetworkPicture, lang: str) -> str:
    seen = {
        n.id: n
        for n in picture.nodes
        if opens_with(picture, n) and (not is_official(n) or n.matters >= picture.min_matters)
    }
    if not _has_matters(picture) and picture.min_weight > 1:
        met = {i for e in picture.edges if e.weight >= picture.min_weight for i in (e.source, e.target)}
        seen = {i: n for i, n in seen.items() if i in met}
    links = sum(
        e.source in seen and e.target in seen and (_has_matters(picture) or e.weight >= picture.min_weight)
        for e in picture.edges
    )
    pairs = any(map(is_official, picture.nodes)) and not _has_matters(picture)
    return message(
        "summary_pairs" if pairs else "summary", lang, shown=len(seen), all=len(picture.nodes), links=links,
        officials=sum(is_official(n) for n in seen.values()), matters=sum(n.kind == "matter" for n in seen.values()),
    )  # fmt: skip


def _by_name(picture: NetworkPicture, lang: str) -> list[Edge]:
    name = {n.id: n.name.first(lang) for n in picture.nodes}
    return sorted(picture.edges, key=lambda e: (name[e.source], e.source, e.id))


def _tables(picture: NetworkPicture, index: Mapping[str, int], cites: Mapping[str, int], lang: str) -> _Tables:
    partners: defaultdict[str, dict[str, int]] = defaultdict(dict)
    for (a, b), count in picture.shared.items():
        partners[a][b] = partners[b][a] = count
    near: defaultdict[str, set[str]] = defaultdict(set)
    for edge in picture.edges:
        near[edge.source].add(edge.target)
        near[edge.target].add(edge.source)
    linked = {i: sorted(ids) for i, ids in near.items()}
    return _Tables({n.id: n.name for n in picture.nodes}, dict(partners), linked, index, cites, lang)


@dataclass(frozen=True, slots=True)
class _Tables:
    """Rows of the tables, as text; every cell is escaped by the template."""

    names: Mapping[str, Name]
    partners: Mapping[str, Mapping[str, int]]
    linked: Mapping[str, Sequence[str]]
    index: Mapping[str, int]
    cites: Mapping[str, int]
    lang: str

    def official(self, node: Node) -> dict[str, Any]:
        most = sorted(self.partners.get(node.id, {}).items(), key=lambda p: (-p[1], p[0]))[:3]
        return {
            **self._head(node),
            "roles": ", ".join(token_label("role", r, self.lang) for r in node.roles),
            "institutions": "; ".join(shown(i.first(self.lang)) for i in node.institutions),
            "matters": node.matters, "cases": node.cases, "balance": f"{node.adverse} / {node.favourable} / {node.other}",
            "active": "–".join(map(str, sorted(set(node.years or ())))),
            "listings": [(s.state, self._listing(s)) for s in node.listings],
            "others": ", ".join(f"{shown(self.names[i].first(self.lang))} ({k})" for i, k in most),
        }  # fmt: skip

    def thing(self, node: Node) -> dict[str, Any]:
        return {
            **self._head(node), "label": mark(node.kind).label(self.lang),
            "facts": "; ".join(
                f"{message('fact.' + f.label, self.lang)}: {shown(f.value.first(self.lang))}" for f in node.facts
            ),
            "others": ", ".join(shown(self.names[i].first(self.lang)) for i in self.linked.get(node.id, ())),
        }  # fmt: skip

    def act(self, edge: Edge, act: Act) -> dict[str, Any]:
        notes = [token_label("basis", act.basis, self.lang), "" if act.counts else message("not_counted", self.lang)]
        notes.append("" if act.status == "accepted" else token_label("record_status", act.status, self.lang))
        outcome = token_label("outcome", act.outcome, self.lang)
        return {
            "name": shown(self.names[edge.source].first(self.lang)), "role": token_label("role", act.role, self.lang),
            "matter": shown(self.names[edge.target].first(self.lang)),
            "stage": token_label("stage", act.stage, self.lang) if act.stage else message("case_as_whole", self.lang),
            "court": shown(act.court.first(self.lang)) if act.court else "", "date": act.date or "",
            "outcome": f"{outcome}, {months_text(act.months, self.lang)}" if act.months else outcome,
            "basis": "; ".join(filter(None, notes)), "cites": self._cites(act.evidence),
        }  # fmt: skip

    def _head(self, node: Node) -> dict[str, Any]:
        return {
            "index": self.index[node.id], "kind": node.kind, "listed": node.listed,
            "name": shown(node.name.first(self.lang)) or message("unnamed", self.lang),
            "second": shown(node.name.second(self.lang)), "cites": self._cites(node.evidence),
        }  # fmt: skip

    def _listing(self, state: ListingState) -> str:
        words = message("state." + state.state, self.lang)
        when = message("as_of_date", self.lang, date=state.date) if state.state == "not_found" else state.date
        return f"{shown(state.programme or state.authority)}: {words}" + (f" {shown(when)}" if state.date else "")

    def _cites(self, evidence: Iterable[Evidence]) -> Markup:
        numbers = sorted({self.cites[e.source] + 1 for e in evidence if e.source in self.cites})
        return Markup(" ").join(Markup('<a href="#r{0}">{0}</a>').format(n) for n in numbers)
