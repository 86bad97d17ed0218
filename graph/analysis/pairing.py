"""Who meets whom at sittings more often than blind pairing gives: counts and tests of pairs and triples.

Null of a pair: within a stratum (a court in a period, sittings with as many officials of either group), given
how often each of the two sat while both were there, one's sittings are dealt out blindly over the other's.
Each is there from the first to the last sighting in the court, except where long unseen. Only sittings with both groups named are
looked at, so that harder searching for one official's cases, or names that are missing more often in some
cases, move both sides alike.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy.sparse import csr_array

from graph.analysis import hypergeometric, three_way
from graph.analysis.docket import Docket, presence
from graph.analysis.hypergeometric import Strata

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]
_NAMES = ((0, 1), (0, 2), (1, 2))
_CROWD = 4  # sittings with so many officials of a group or more are one kind


@dataclass(frozen=True, slots=True)
class Pairs:
    """Every pair of two groups that could have met: arrays of equal length.

    `observed` counts the matters with a dated sitting that they had together, `most` the largest count there could be; `court` is
    one in which they could have met.
    """

    left: Ints
    right: Ints
    court: Ints
    observed: Ints
    expected: Floats
    most: Ints
    p: Floats
    least: Floats


@dataclass(frozen=True, slots=True)
class Triples:
    """Triples that met at least so often; `family` is how many there are all of whose pairs met and one of whose
    pairs stands out."""

    members: tuple[Ints, Ints, Ints]
    observed: Ints
    expected: Floats
    most: Ints
    p: Floats
    least: Floats
    family: int


@dataclass(frozen=True, slots=True)
class _Bench:
    """The participations of one group: rows sorted by sitting; when each person was there, by court."""

    person: Ints
    sitting: Ints
    first: Ints  # for each row: from which to which sitting the person was there
    last: Ints


def pairs(
    docket: Docket, left: int, right: int, *, period: str = "year", kinds: Ints | None = None, min_met: int = 2
) -> Pairs:
    """Observed and expected meetings of each pair of `left` and `right` (codes of groups) that could have met.

    `kinds` divides the strata further: one code for each sitting, as the group of its articles. A pair that met
    less than `min_met` times is never a team, so its p is 1.

    Source: sum of hypergeometric counts over strata, exact by convolution; testability by the largest overlap.
    """
    sides, stratum = _benches(docket, (left, right), period, kinds)
    a, b = sides
    strata, codes, place = _could_meet(a, b, stratum, len(docket.people), windows=period != "none")
    at = np.zeros(int(stratum.max(initial=0)) + 1, dtype=np.int64)
    at[stratum[stratum >= 0]] = docket.court[stratum >= 0]
    met = _together(a, b, len(docket.people), docket.matter)
    keys, counts = np.unique(met, return_counts=True)
    observed = np.zeros(strata.tests, dtype=np.int64)
    observed[np.searchsorted(codes, keys)] = counts
    asked = observed >= min_met
    p = np.ones(strata.tests)
    p[asked] = hypergeometric.upper_tails(strata.chosen(asked), observed[asked])
    return Pairs(
        codes // len(docket.people), codes % len(docket.people), at[place], observed, hypergeometric.expected(strata),
        hypergeometric.largest(strata), p, hypergeometric.least_p(strata),
    )  # fmt: skip


def _benches(docket: Docket, groups: tuple[int, ...], period: str, kinds: Ints | None) -> tuple[list[_Bench], Ints]:
    """Participations of the groups in dated sittings that have them all, and each sitting's stratum."""
    periods = docket.period(period)
    total = len(docket.day)
    sizes = [np.bincount(docket.sitting[docket.group == g], minlength=total) for g in groups]
    usable = (periods >= 0) & np.all([s > 0 for s in sizes], axis=0)
    parts = [docket.court, periods, *([] if kinds is None else [kinds]), *(np.minimum(s, _CROWD) for s in sizes)]
    usable[_repeats(docket, groups, usable)] = False
    stratum = parts[0].astype(np.int64)
    for part in parts[1:]:
        stratum = stratum * (int(part.max(initial=0)) + 2) + part + 1
    benches = []
    for group in groups:
        mine = (docket.group == group) & (periods[docket.sitting] >= 0)
        person, sitting = docket.person[mine], docket.sitting[mine]
        first, last = presence(docket, person, sitting)
        keep = usable[sitting]
        benches.append(_Bench(person[keep], sitting[keep], first[keep], last[keep]))
    dense = np.full(total, -1, dtype=np.int64)
    dense[usable] = np.unique(stratum[usable], return_inverse=True)[1]
    return benches, dense


def _repeats(docket: Docket, groups: tuple[int, ...], usable: Bools) -> Ints:
    """Sittings at which just the same people of the groups stand as at an earlier one of the same matter.

    An investigator and a prosecutor without a court stand before every court that heard the matter, and met once.
    """
    heard = np.bincount(docket.matter[usable], minlength=int(docket.matter.max(initial=-1)) + 1)
    again = usable & (heard[docket.matter] > 1)
    mine = again[docket.sitting] & np.isin(docket.group, np.array(groups))
    if not mine.any():
        return np.zeros(0, dtype=np.int64)
    sitting = docket.sitting[mine]
    rows = pl.DataFrame({"sitting": sitting, "group": docket.group[mine], "person": docket.person[mine]})
    who = pl.format("{}:{}", "group", "person").sort_by("group", "person").str.join(" ").alias("who")
    sets = rows.group_by("sitting").agg(who).sort("sitting")
    at = sets["sitting"].to_numpy()
    sets = sets.with_columns(pl.Series("matter", docket.matter[at]), pl.Series("day", docket.day[at]))
    first = sets.sort("day", "sitting").unique(["matter", "who"], keep="first", maintain_order=True)
    return np.setdiff1d(at, first["sitting"].to_numpy())


def _posts(bench: _Bench, stratum: Ints, *, windows: bool) -> pl.DataFrame:
    """Each person once for each stratum and stretch of being there; without `windows`, once for each stratum."""
    frame = pl.DataFrame(
        {"stratum": stratum[bench.sitting], "person": bench.person, "first": bench.first, "last": bench.last}
    )
    if not windows:
        frame = frame.with_columns(first=pl.lit(0, dtype=pl.Int64), last=pl.lit(len(stratum), dtype=pl.Int64))
    return frame.unique().sort("stratum", "person", "first")


def _could_meet(a: _Bench, b: _Bench, stratum: Ints, people: int, *, windows: bool) -> tuple[Strata, Ints, Ints]:
    """The strata of every pair that could have met, the pairs' codes (left * people + right), ascending, and the
    number of one stratum of each."""
    total = len(stratum)
    both = _posts(a, stratum, windows=windows).join(_posts(b, stratum, windows=windows), on="stratum", suffix="_b")
    both = both.filter(pl.col("person") != pl.col("person_b"))
    at = both["stratum"].to_numpy()
    low = np.maximum(both["first"].to_numpy(), both["first_b"].to_numpy()) if windows else np.zeros_like(at)
    high = np.minimum(both["last"].to_numpy(), both["last_b"].to_numpy()) if windows else np.full_like(at, total)
    left, right = both["person"].to_numpy(), both["person_b"].to_numpy()
    sittings = np.flatnonzero(stratum >= 0)
    size = _between(np.sort(stratum[sittings] * (total + 1) + sittings), at, low, high, total)
    ours = _between(_sorted_keys(a.person, a.sitting, stratum, people), at * people + left, low, high, total)
    theirs = _between(_sorted_keys(b.person, b.sitting, stratum, people), at * people + right, low, high, total)
    keep = (ours > 0) & (theirs > 0)
    code = (left * people + right)[keep]
    order = np.argsort(code, kind="stable")
    codes, one, test = np.unique(code[order], return_index=True, return_inverse=True)
    strata = Strata(len(codes), test.astype(np.int64), size[keep][order], ours[keep][order], theirs[keep][order])
    return strata, codes, at[keep][order][one]


def _sorted_keys(who: Ints, sitting: Ints, stratum: Ints, people: int) -> Ints:
    """(stratum, who, sitting) as one ascending number each."""
    total = len(stratum)
    return np.sort((stratum[sitting] * people + who) * (total + 1) + sitting)


def _between(keys: Ints, owner: Ints, low: Ints, high: Ints, total: int) -> Ints:
    """How many keys of each owner have a sitting from `low` to `high`."""
    start = np.searchsorted(keys, owner * (total + 1) + low)
    stop = np.searchsorted(keys, owner * (total + 1) + high, side="right")
    return np.asarray(np.maximum(stop - start, 0), dtype=np.int64)


def _together(a: _Bench, b: _Bench, people: int, matter: Ints | None = None) -> Ints:
    """The code of the pair, once for each sitting in which it met; with the `matter` of each sitting, once for each
    matter."""
    left = pl.DataFrame({"sitting": a.sitting, "left": a.person})
    right = pl.DataFrame({"sitting": b.sitting, "right": b.person})
    met = left.join(right, on="sitting").filter(pl.col("left") != pl.col("right"))
    if matter is not None and len(np.unique(matter)) < len(matter):
        about = pl.Series("matter", matter[met["sitting"].to_numpy()])
        met = met.with_columns(about).unique(["left", "right", "matter"])
    return np.asarray(met["left"].to_numpy() * people + met["right"].to_numpy())


def triples(
    docket: Docket,
    groups: tuple[int, int, int],
    standing: tuple[Ints, Ints, Ints],
    *,
    period: str = "year",
    kinds: Ints | None = None,
    min_met: int = 2,
) -> Triples:
    """Triples of three groups that met `min_met` times or more, against what their pairs explain.

    `standing` has the codes (left * people + right) of the pairs that stand out, for the groups 1-2, 1-3, 2-3. A
    triple is looked at only if one of its pairs stands out; the test itself holds all its pairs' counts fixed, so
    this choice does not favour it.
    """
    people = len(docket.people)
    benches, stratum = _benches(docket, groups, period, kinds)
    rows = [pl.DataFrame({"sitting": x.sitting, f"p{n}": x.person}) for n, x in enumerate(benches)]
    met = rows[0].join(rows[1], on="sitting").join(rows[2], on="sitting")
    met = met.filter((pl.col("p0") != pl.col("p1")) & (pl.col("p0") != pl.col("p2")) & (pl.col("p1") != pl.col("p2")))
    often = met.group_by("p0", "p1", "p2").len("met").filter(pl.col("met") >= min_met)
    pair_codes = [often[f"p{x}"].to_numpy() * people + often[f"p{y}"].to_numpy() for x, y in _NAMES]
    some = np.any([np.isin(c, s) for c, s in zip(pair_codes, standing, strict=True)], axis=0)
    often = often.filter(pl.Series(some)).sort("p0", "p1", "p2").with_row_index("test")
    often = often.with_columns(pl.col("test").cast(pl.Int64))
    joint = [_together(benches[x], benches[y], people) for x, y in _NAMES]
    family = _triangles(joint, people) - _triangles(
        [codes[~np.isin(codes, s)] for codes, s in zip(joint, standing, strict=True)], people
    )
    tables, order = _tables(often, met, benches, stratum, people, windows=period != "none")
    observed = np.bincount(order, weights=tables.all_three, minlength=often.height).astype(np.int64)
    p, mean, most, least = three_way.upper_tails(often.height, order, tables, observed)
    members = tuple(often[f"p{n}"].to_numpy() for n in range(3))
    return Triples((members[0], members[1], members[2]), observed, mean, most, p, least, family)


def _triangles(joint: list[Ints], people: int) -> int:
    """How many triples have all three pairs among those that met."""

    def matrix(codes: Ints) -> csr_array:
        unique = np.unique(codes)
        ones = np.ones(len(unique), dtype=np.int64)
        return csr_array((ones, (unique // people, unique % people)), shape=(people, people))

    first_second, first_third, second_third = (matrix(codes) for codes in joint)
    return int((first_second @ second_third).multiply(first_third).sum())


def _tables(
    often: pl.DataFrame, met: pl.DataFrame, benches: list[_Bench], stratum: Ints, people: int, *, windows: bool
) -> tuple[three_way.Tables, Ints]:
    """The 2 x 2 x 2 counts of each triple in each stratum where all its pairs met; and whose each table is."""
    total, strata = len(stratum), int(stratum.max(initial=0)) + 1
    rows = often.select("test", "p0", "p1", "p2")
    pair_keys: list[Ints] = []
    for x, y in _NAMES:
        pair, keys, where = _pair_keys(often, benches, x, y, stratum)
        pair_keys.append(keys)
        rows = rows.join(pair, on=[f"p{x}", f"p{y}"])
        on = ["pair", "stratum"] if "stratum" in rows.columns else ["pair"]
        rows = rows.join(where, on=on).rename({"pair": f"pair{x}{y}"})
    for n, bench in enumerate(benches):
        span = _posts(bench, stratum, windows=windows).rename(
            {"person": f"p{n}", "first": f"first{n}", "last": f"last{n}"}
        )
        rows = rows.join(span, on=["stratum", f"p{n}"])
    rows = rows.sort("test", "stratum")
    column = {name: rows[name].to_numpy() for name in rows.columns}
    at, test = column["stratum"], column["test"]
    low = np.max([column[f"first{n}"] for n in range(3)], axis=0) if windows else np.zeros_like(at)
    high = np.min([column[f"last{n}"] for n in range(3)], axis=0) if windows else np.full_like(at, total)
    sittings = np.flatnonzero(stratum >= 0)
    size = _between(np.sort(stratum[sittings] * (total + 1) + sittings), at, low, high, total)
    single = [
        _between(_sorted_keys(x.person, x.sitting, stratum, people), at * people + column[f"p{n}"], low, high, total)
        for n, x in enumerate(benches)
    ]
    double = [
        _between(keys, column[f"pair{x}{y}"] * strata + at, low, high, total)
        for (x, y), keys in zip(_NAMES, pair_keys, strict=True)
    ]
    mine = met.join(often, on=["p0", "p1", "p2"])
    sitting = mine["sitting"].to_numpy()
    keys = np.sort((mine["test"].to_numpy() * strata + stratum[sitting]) * (total + 1) + sitting)
    triple = _between(keys, test * strata + at, low, high, total)
    a, b, c = single
    ab, ac, bc = double
    return three_way.Tables(size, a, b, c, ab, ac, bc, triple), test


def _pair_keys(
    often: pl.DataFrame, benches: list[_Bench], x: int, y: int, stratum: Ints
) -> tuple[pl.DataFrame, Ints, pl.DataFrame]:
    """Numbers of the pairs x-y of the triples, their meetings as (pair, stratum, sitting) keys, and their strata."""
    pair = often.select(f"p{x}", f"p{y}").unique().sort(f"p{x}", f"p{y}").with_row_index("pair")
    pair = pair.with_columns(pl.col("pair").cast(pl.Int64))
    left = pl.DataFrame({"sitting": benches[x].sitting, f"p{x}": benches[x].person})
    right = pl.DataFrame({"sitting": benches[y].sitting, f"p{y}": benches[y].person})
    left = left.filter(pl.col(f"p{x}").is_in(pair[f"p{x}"].unique().implode()))
    met = left.join(right, on="sitting").join(pair, on=[f"p{x}", f"p{y}"]).select("pair", "sitting")
    sitting = met["sitting"].to_numpy()
    met = met.with_columns(pl.Series("stratum", stratum[sitting]))
    strata, total = int(stratum.max(initial=0)) + 1, len(stratum)
    keys = (met["pair"].to_numpy() * strata + stratum[sitting]) * (total + 1) + sitting
    return pair, np.sort(keys), met.select("pair", "stratum").unique()


def attracted(
    docket: Docket, group: int, court: int, sitting: Ints, kind: Ints, fixed: Ints, *, period: str = "year"
) -> Pairs:
    """Observed and expected matters of each kind for each official of `group` in one court.

    `sitting` and `kind` say what each sitting was about (several kinds are several rows); only those sittings are
    looked at. `fixed` divides the strata further. `left` is the official, `right` the kind.
    """
    periods = docket.period(period)
    total = len(docket.day)
    about = (docket.court[sitting] == court) & (periods[sitting] >= 0)
    kinded = np.zeros(total, dtype=bool)
    kinded[sitting[about]] = True
    mine = (docket.group == group) & (docket.court[docket.sitting] == court) & (periods[docket.sitting] >= 0)
    person, sat = docket.person[mine], docket.sitting[mine]
    taken = np.bincount(sat, minlength=total)
    usable = kinded & (taken > 0)
    first, last = presence(docket, person, sat)
    keep = usable[sat]
    officials = _Bench(person[keep], sat[keep], first[keep], last[keep])
    shown = about & usable[sitting]
    always = np.zeros(int(shown.sum()), dtype=np.int64)
    # kinds are numbered beyond people, so that none is taken for an official
    people = len(docket.people) + int(kind.max(initial=0)) + 1
    about_kinds = _Bench(kind[shown] + len(docket.people), sitting[shown], always, always + total)
    parts = np.stack([periods, np.minimum(taken, _CROWD), fixed])[:, usable]
    stratum = np.full(total, -1, dtype=np.int64)
    stratum[usable] = np.unique(parts, axis=1, return_inverse=True)[1] if usable.any() else 0
    strata, codes, _ = _could_meet(officials, about_kinds, stratum, people, windows=period != "none")
    keys, counts = np.unique(_together(officials, about_kinds, people), return_counts=True)
    observed = np.zeros(strata.tests, dtype=np.int64)
    observed[np.searchsorted(codes, keys)] = counts
    return Pairs(
        codes // people, codes % people - len(docket.people), np.full(len(codes), court, dtype=np.int64), observed,
        hypergeometric.expected(strata), hypergeometric.largest(strata), hypergeometric.upper_tails(strata, observed),
        hypergeometric.least_p(strata),
    )  # fmt: skip
