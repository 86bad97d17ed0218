"""Whether matters go to the judges of a court by lot: who attracts which articles, which kinds of defendants."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import permutations, product
from math import factorial

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy.special import chdtrc

from graph.analysis import power
from graph.analysis.docket import Docket, docket
from graph.analysis.finding import NO_PATTERN, UNTESTABLE, joined, named, power_notes, rounded, sources_of
from graph.analysis.multiple_testing import LEVEL, corrected
from graph.analysis.pairing import Pairs, attracted
from graph.analysis.specialisation import DIVIDED, article_groups, division, kinds
from graph.answers import Answer, Row
from graph.casebook import Casebook

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
COLUMNS = (
    "court", "court_name", "person", "name", "by", "kind", "matters", "observed", "expected", "ratio", "low", "high",
    "effect_size", "p", "q", "smallest_ratio", "reading", "method", "matter_ids", "sources",
)  # fmt: skip
JUDGES = {"presiding_judge": "judge", "judge": "judge"}
BY = ("article", "category", "sex", "citizenship")
ATTRACTS = "uneven"
SPECIALISED = "compatible with specialisation"
DRAWS = 1999
_EXACT = 5000
_LONGEST = 9  # sittings of a stratum whose orders are written out
_ENOUGH = 20  # arrangements as extreme as the observed one, after which no more are drawn
_BLOCK = 200
_ALL = "any"


@dataclass(frozen=True, slots=True)
class _Question:
    """One way to sort matters: a code for each (sitting, kind) and what is held fixed."""

    by: str
    labels: Sequence[str]
    sitting: Ints
    kind: Ints
    fixed: Ints


def steering(
    casebook: Casebook,
    *,
    by: str | None = None,
    court: str | None = None,
    period: str = "year",
    min_matters: int = 2,
    seed: int = 0,
    top: int = 0,
) -> Answer:
    """Judges who get more of a kind of matter than a draw within court and period gives, the least likely first.

    Rows with a person ask of one judge and one kind; rows without ask whether the court's draw as a whole is
    compatible with chance. Kinds are groups of articles, and with articles held fixed the defendants' categories,
    sexes and citizenships. Where other judges of the court divide the work by article too, attraction of articles
    is put down to that: p and q are then 1 and the reading says so.

    Shape: one row per judge and kind with `min_matters` matters or more, and per court; ties by matters, then id.
    Units: `effect_size` is the log odds ratio for a judge, Cramer's V for a court.
    Raises:
        ValueError: `by` or period that does not exist, or a threshold below 1.
    Source: exact stratified hypergeometric test for judges; for courts permutation of the matters of court and
        period, all arrangements where they are few, else drawn until 20 are as extreme (Besag and Clifford 1991,
        Biometrika 78, 301); Benjamini-Hochberg over the testable.
    """
    if min_matters < 1:
        raise ValueError(f"min_matters must be 1 or more, got {min_matters}")
    if by is not None and by not in BY:
        raise ValueError(f"{by!r} is none of {', '.join(BY)}")
    asked = casebook.involvements
    if court is not None:
        asked = asked.filter(pl.col("court") == casebook.canonical("body", court))
    book = docket(asked, JUDGES)
    questions = [q for q in _questions(casebook, asked, book) if by in (None, q.by)]
    drafts = _judge_drafts(book, questions, period, min_matters) + _court_drafts(book, questions, period, seed)
    _mark_divided(book, questions, drafts, period)
    notes = _correct(casebook, book, drafts)
    rows = _rows(casebook, asked, book, questions, drafts, min_matters)
    kept = rows[:top] if top else rows
    left = {"beyond_top": len(rows) - len(kept), "sittings_without_date": int((book.day < 0).sum())}
    parameters = {"by": by, "court": court, "period": period, "min_matters": min_matters, "seed": seed, "top": top or None}  # fmt: skip
    return Answer(
        "steering", {k: v for k, v in parameters.items() if v is not None}, COLUMNS, kept, notes,
        {k: v for k, v in left.items() if v},
    )  # fmt: skip


def _questions(casebook: Casebook, asked: pl.DataFrame, book: Docket) -> list[_Question]:
    """The ways in which the matters of the docket are sorted."""
    groups = article_groups(asked)
    _, whole = kinds(book, groups)
    free = np.zeros(len(book.day), dtype=np.int64)
    out = [_question("article", groups, book, free)]
    people = casebook.people.select("person", "category", "sex", "citizenships")
    charged = asked.select("matter", pl.col("defendant").alias("person")).drop_nulls().unique()
    facts = charged.join(people, on="person")
    for by, column in (("category", "category"), ("sex", "sex"), ("citizenship", "citizenships")):
        frame = facts.select("matter", column)
        if frame.schema[column] == pl.List(pl.String):
            frame = frame.explode(column)
        found = frame.drop_nulls().group_by("matter").agg(pl.col(column).unique().sort())
        out.append(_question(by, dict(found.iter_rows()), book, whole))
    return [q for q in out if len(q.sitting)]


def _question(by: str, values: Mapping[str, Sequence[str]], book: Docket, fixed: Ints) -> _Question:
    """Sittings whose matter has a value are asked about; the others say nothing."""
    labels = sorted({v for found in values.values() for v in found})
    code = {label: i for i, label in enumerate(labels)}
    pairs = [(s, code[v]) for s, m in enumerate(book.matter.tolist()) for v in values.get(book.matters[m], ())]
    table = np.array(pairs, dtype=np.int64).reshape(-1, 2)
    return _Question(by, labels, table[:, 0], table[:, 1], fixed)


def _judge_drafts(book: Docket, questions: Sequence[_Question], period: str, least: int) -> list[Row]:
    """One draft for each court, judge and kind that could have come together."""
    out = []
    for n, question in enumerate(questions):
        for place in range(len(book.courts)):
            found = attracted(book, 0, place, question.sitting, question.kind, question.fixed, period=period)
            for i in range(len(found.p)):
                out.append(_draft(found, i, n, place, question, least))
    return out


def _draft(found: Pairs, i: int, n: int, place: int, question: _Question, least: int) -> Row:
    observed, expected = int(found.observed[i]), float(found.expected[i])
    return {
        "question": n, "court": place, "person": int(found.left[i]), "kind": int(found.right[i]), "by": question.by,
        "observed": observed, "expected": expected, "most": int(found.most[i]), "least": float(found.least[i]),
        "p": float(found.p[i]) if observed >= least else 1.0, "method": "exact",
    }  # fmt: skip


def _mark_divided(book: Docket, questions: Sequence[_Question], drafts: list[Row], period: str) -> None:
    """Marks attractions of articles that a division of the work by article would explain.

    That is so where the other judges of the court divide the work too, or where the judges of all courts together
    do, the most extreme of each court left out (by chi-squared or by one of them alone); and where too few judges are known to tell.
    """
    asked = [d for d in drafts if d["by"] == "article"]
    for draft in drafts:
        draft["divided"] = False
    if not any(d["p"] < LEVEL for d in asked):
        return
    kind = _whole_kind(book, questions[asked[0]["question"]])
    extreme: dict[int, tuple[float, int]] = {}
    for draft in asked:
        if draft["person"] is not None:
            found = (draft["p"], draft["person"])
            extreme[draft["court"]] = min(extreme.get(draft["court"], found), found)
    statistic, freedom = division(book, 0, kind, period=period, without={person for _, person in extreme.values()})
    everywhere = freedom.sum() > 0 and chdtrc(freedom.sum(), statistic.sum()) < DIVIDED
    question = questions[asked[0]["question"]]
    # chi-squared sees a division that is weak and wide, this one that is strong and narrow
    others = _judge_drafts(_without(book, {person for _, person in extreme.values()}), [question], period, 2)
    if others:
        p, least = (np.array([d[c] for d in others], dtype=np.float64) for c in ("p", "least"))
        everywhere |= bool(corrected(p, least)[0].min() < DIVIDED)
    known: dict[tuple[int, int], bool] = {}
    for draft in asked:
        if draft["p"] >= LEVEL:
            continue
        out = draft["person"] if draft["person"] is not None else extreme.get(draft["court"], (0.0, -1))[1]
        key = (draft["court"], out)
        if key not in known:
            known[key] = bool(everywhere) or _others_divide(book, kind, *key, period)
        draft["divided"] = known[key]


def _without(book: Docket, people: Collection[int]) -> Docket:
    """The docket without the participations of these people."""
    keep = ~np.isin(book.person, np.array(sorted(people), dtype=np.int64))
    return replace(book, sitting=book.sitting[keep], group=book.group[keep], person=book.person[keep])


def _whole_kind(book: Docket, question: _Question) -> Ints:
    """One code for each sitting from all its kinds; -1 where nothing is known."""
    out = np.full(len(book.day), -1, dtype=np.int64)
    order = np.lexsort((question.kind, question.sitting))
    frame = pl.DataFrame({"s": question.sitting[order], "k": question.kind[order]})
    sets = frame.group_by("s", maintain_order=True).agg(pl.col("k"))
    labels: dict[tuple[int, ...], int] = {}
    for sitting, values in sets.iter_rows():
        out[sitting] = labels.setdefault(tuple(values), len(labels))
    return out


def _others_divide(book: Docket, kind: Ints, court: int, person: int, period: str) -> bool:
    """Whether the judges of a court without this one divide the work; with one other left nobody can tell."""
    mine = (book.court == court) & (kind >= 0)
    here = book.person[mine[book.sitting]]
    if len(np.unique(here[here != person])) < 2:
        return True
    statistic, freedom = division(book, 0, kind, period=period, without={person})
    return bool(freedom[court] > 0 and chdtrc(freedom[court], statistic[court]) < DIVIDED)


def _court_drafts(book: Docket, questions: Sequence[_Question], period: str, seed: int) -> list[Row]:
    """One draft for each court and question: is the draw as a whole compatible with chance."""
    periods = book.period(period)
    out = []
    for n, question in enumerate(questions):
        kind = _whole_kind(book, question)
        usable = (kind >= 0) & (periods >= 0)
        keep = usable[book.sitting]
        sitting, person = book.sitting[keep], book.person[keep]
        for place in range(len(book.courts)):
            mine = book.court[sitting] == place
            if len(np.unique(person[mine])) < 2 or len(np.unique(kind[sitting[mine]])) < 2:
                continue
            at, unit = np.unique(sitting[mine], return_inverse=True)
            stratum = np.unique(np.stack([periods[at], question.fixed[at]]), axis=1, return_inverse=True)[1]
            test = permutation_test(person[mine], unit, kind[at], stratum, seed=seed + place)
            draft = {
                "question": n, "court": place, "person": None, "kind": None, "by": question.by,
                "observed": None, "expected": None, "most": 0, "least": test.least, "p": test.p, "method": test.method,
                "effect_size": test.effect, "tried": sorted({book.matters[book.matter[s]] for s in at.tolist()}),
            }  # fmt: skip
            out.append(draft)
    return out


@dataclass(frozen=True, slots=True)
class Permutation:
    """What permuting the officials over the matters of each stratum gives: `least` is the smallest p possible."""

    p: float
    least: float
    effect: float
    method: str


def permutation_test(person: Ints, sitting: Ints, kind: Ints, stratum: Ints, *, seed: int) -> Permutation:
    """Whether persons and kinds go together within strata, by Pearson's statistic summed over strata.

    `person` and `sitting` (0, 1, ...) say who sat where; `kind` and `stratum` describe each sitting. Kinds are
    permuted over whole sittings, so that a bench of three counts as one draw. All arrangements are tried where
    there are at most 5,000, else 1,999 random ones by `seed`.
    """
    order = np.argsort(stratum, kind="stable")
    place = np.empty_like(order)
    place[order] = np.arange(len(order))
    what = np.unique(kind, return_inverse=True)[1][order]
    bounds = np.flatnonzero(np.diff(stratum[order])) + 1
    parts = [slice(a, b) for a, b in zip([0, *bounds.tolist()], [*bounds.tolist(), len(order)], strict=True)]
    rows = np.argsort(place[sitting], kind="stable")
    who, where = np.unique(person, return_inverse=True)[1][rows], place[sitting][rows]
    ends = np.searchsorted(where, [p.stop for p in parts])
    pieces = [slice(a, b) for a, b in zip([0, *ends[:-1].tolist()], ends.tolist(), strict=True)]

    seen = float(_statistics(who, what[where][None, :], pieces)[0])
    effect = _cramers_v(seen, who, what[where], pieces)
    arrangements = _few_arrangements(what, parts)
    if arrangements is not None:
        values = _statistics(who, arrangements[:, where], pieces)
        p = float(np.mean(values >= seen - 1e-9))
        return Permutation(p, float(np.mean(values >= values.max() - 1e-9)), effect, "exact")
    rng = np.random.default_rng(seed)
    reached = tried = 0
    while tried < DRAWS and reached < _ENOUGH:
        block = np.tile(what, (min(_BLOCK, DRAWS - tried), 1))
        for part in parts:
            block[:, part] = rng.permuted(block[:, part], axis=1)
        hits = np.cumsum(_statistics(who, block[:, where], pieces) >= seen - 1e-9) + reached
        stop = int(np.searchsorted(hits, _ENOUGH)) + 1  # Besag and Clifford: stop at the draw that reaches it
        tried += min(stop, len(hits))
        reached = int(hits[min(stop, len(hits)) - 1])
    p = reached / tried if reached >= _ENOUGH else (1 + reached) / (1 + DRAWS)
    return Permutation(p, 1 / (1 + DRAWS), effect, f"{DRAWS} permutations")


def _few_arrangements(what: Ints, parts: Sequence[slice]) -> Ints | None:
    """Every distinct order of the kinds within the strata, a row each; None where there are too many to try."""
    choices: list[list[tuple[int, ...]]] = []
    total = 1
    for part in parts:
        mine = what[part]
        if len(np.unique(mine)) == 1:
            choices.append([tuple(mine.tolist())])
            continue
        total *= _orders(np.bincount(mine).tolist())
        if total > _EXACT or len(mine) > _LONGEST:
            return None
        choices.append(sorted(set(permutations(mine.tolist()))))
    return np.array([[x for piece in pieces for x in piece] for pieces in product(*choices)], dtype=np.int64)


def _orders(counts: Sequence[int]) -> int:
    """In how many orders things of these counts can stand."""
    out = factorial(sum(counts))
    for count in counts:
        out //= factorial(count)
    return out


def _statistics(who: Ints, kinds: Ints, parts: Sequence[slice]) -> Floats:
    """Pearson's statistic summed over strata, for each row of `kinds`."""
    total = np.zeros(len(kinds))
    width = int(kinds.max(initial=0)) + 1
    for part in parts:
        a, people = np.unique(who[part], return_inverse=True)
        size = part.stop - part.start
        if len(a) < 2:
            continue
        cell = (np.arange(len(kinds))[:, None] * len(a) + people) * width + kinds[:, part]
        cells = np.bincount(cell.ravel(), minlength=len(kinds) * len(a) * width).reshape(len(kinds), len(a), width)
        rows = np.bincount(people)[None, :, None]
        columns = np.maximum(cells.sum(axis=1, keepdims=True), 1)
        total += size * ((cells**2 / rows / columns).sum(axis=(1, 2)) - 1)
    return total


def _cramers_v(statistic: float, who: Ints, what: Ints, parts: Sequence[slice]) -> float:
    most = sum((p.stop - p.start) * max(0, min(len(np.unique(who[p])), len(np.unique(what[p]))) - 1) for p in parts)
    return float(np.sqrt(statistic / most)) if most else 0.0


def _correct(casebook: Casebook, book: Docket, drafts: list[Row]) -> list[str]:
    """Sets p, q, reading and smallest ratio of all drafts, in one family; returns notes."""
    for draft in drafts:
        if draft["divided"]:
            draft["p"] = 1.0
    p = np.array([d["p"] for d in drafts], dtype=np.float64)
    least = np.array([d["least"] for d in drafts], dtype=np.float64)
    q, able, family = corrected(p, least)
    most = np.array([d["most"] for d in drafts], dtype=np.float64)
    mean = np.array([d["expected"] or 0.0 for d in drafts], dtype=np.float64)
    smallest = np.where(able, power.smallest_ratio(most, mean, level=LEVEL / max(family, 1)), np.nan)
    for i, draft in enumerate(drafts):
        draft["q"], draft["smallest_ratio"] = float(q[i]), float(smallest[i])
        draft["reading"] = (
            SPECIALISED if draft["divided"] else ATTRACTS if q[i] < LEVEL else NO_PATTERN if able[i] else UNTESTABLE
        )
    names = named(casebook, "body", book.courts)
    texts = {i: str(names[c].get("en") or c) for i, c in enumerate(book.courts)}
    single = [i for i, d in enumerate(drafts) if d["person"] is not None]
    split = sorted({texts[d["court"]] for d in drafts if d["divided"]})
    notes = [
        "uneven is not steered: who drew the lots, and which matters never reached the tables, is not known",
        f"{family} of {len(drafts)} tests could have found something",
        *power_notes(texts, np.array([drafts[i]["court"] for i in single], dtype=np.int64), smallest[single]),
    ]
    if split:
        notes.append(f"{SPECIALISED} (other judges divide the work by article too, or too few are known to tell): " + "; ".join(split))  # fmt: skip
    if any(d["by"] == "article" and d["reading"] == ATTRACTS for d in drafts):
        notes.append("an article that goes to one judge may be that judge's field: steering and specialisation of one look the same")  # fmt: skip
    if int(book.vague.sum()) * 10 > len(book.day):
        notes.append("many sittings are not dated to the day: comings and goings within the period are not allowed for")
    return notes


def _rows(
    casebook: Casebook, asked: pl.DataFrame, book: Docket, questions: Sequence[_Question], drafts: Sequence[Row], least: int
) -> list[Row]:  # fmt: skip
    shown = [d for d in drafts if d["person"] is None or d["observed"] >= least]
    matters = _matters(book, questions, shown)
    people = named(casebook, "person", (book.people[d["person"]] for d in shown if d["person"] is not None))
    courts = named(casebook, "body", (book.courts[d["court"]] for d in shown))
    cards = sources_of(casebook, asked.filter(pl.col("counts")), ("matter", "court"))
    rows = []
    for draft, ids in zip(shown, matters, strict=True):
        person = None if draft["person"] is None else book.people[draft["person"]]
        place = book.courts[draft["court"]]
        observed, mean = draft["observed"], draft["expected"]
        low, high = power.ratio_interval(np.array([float(observed or 0)]), np.array([mean or 0.0]))
        rows.append(
            {
                "court": place, "court_name": courts[place], "person": person,
                "name": people[person] if person else None, "by": draft["by"],
                "kind": _ALL if draft["kind"] is None else questions[draft["question"]].labels[draft["kind"]],
                "matters": len(ids), "observed": observed,
                "expected": rounded(mean), "ratio": rounded(observed / mean) if mean else None,
                "low": rounded(float(low[0])) if person else None, "high": rounded(float(high[0])) if person else None,
                "effect_size": rounded(draft.get("effect_size", _log_odds(observed or 0, mean or 0.0, draft["most"]))),
                "p": rounded(draft["p"]), "q": rounded(draft["q"]), "smallest_ratio": rounded(draft["smallest_ratio"]),
                "reading": draft["reading"], "method": draft["method"], "matter_ids": ids,
                "sources": joined(cards.get((m, place), []) for m in ids),
            }
        )  # fmt: skip
    rows.sort(key=lambda r: (r["q"], r["p"], -r["matters"], r["court"], r["person"] or "", r["by"], r["kind"]))
    return rows


def _log_odds(observed: int, mean: float, most: int) -> float:
    """Log odds ratio of the observed count against the expected one, out of the most there could be.

    Half a matter is added to each cell (Haldane 1956), so that none gives infinity.
    """
    return float(np.log((observed + 0.5) / (most - observed + 0.5)) - np.log((mean + 0.5) / (most - mean + 0.5)))


def _matters(book: Docket, questions: Sequence[_Question], drafts: Iterable[Row]) -> list[list[str]]:
    """The matters that each draft rests on."""
    of_judge: dict[int, set[int]] = {}
    for sitting, person in zip(book.sitting.tolist(), book.person.tolist(), strict=True):
        of_judge.setdefault(person, set()).add(sitting)
    of_kind: list[dict[int, set[int]]] = []
    for question in questions:
        found: dict[int, set[int]] = {}
        for sitting, kind in zip(question.sitting.tolist(), question.kind.tolist(), strict=True):
            found.setdefault(kind, set()).add(sitting)
        of_kind.append(found)
    out: list[list[str]] = []
    for draft in drafts:
        if draft["person"] is None:
            out.append(draft["tried"])
            continue
        both = of_judge[draft["person"]] & of_kind[draft["question"]][draft["kind"]]
        out.append(sorted({book.matters[book.matter[s]] for s in both if book.court[s] == draft["court"]}))
    return out
