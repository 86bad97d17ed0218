"""Recurrence and teams over 160,598 real cases, against the plain NetworkX way; and the same cases as case tables.

    python -m benchmarks.wisconsin [../shared/data/scale/wisconsin] [--tables FOLDER] [--load] [--slow COUNTIES]

The data are public records of Wisconsin circuit courts, not of repression: they serve for speed and recurrence only.
What is odd about them: a county is taken as the court, for a branch is one judge's seat and would leave nobody to
compare with; court reporters are read as secretaries; some "officials" are no people (`Digital Recording`, `Off the
Record`, `CD`) and are left out; a case stands alone, so it is its own matter. `--tables` writes the case tables and
`--load` loads them too. The NetworkX way runs over the counties with most cases (`--slow`), the same for both.
"""

from __future__ import annotations

import argparse
import csv
import resource
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeVar

import networkx as nx
import numpy as np
import polars as pl
from scipy.sparse import csr_array

from benchmarks.figures import Figure, in_child, machine
from graph.analysis.docket import GROUPS, Docket, docket
from graph.analysis.even_draw import even_draws
from graph.analysis.multiple_testing import LEVEL, corrected
from graph.analysis.pairing import pairs, triples

Result = TypeVar("Result")
DATA = Path("../shared/data/scale/wisconsin")
ROLES = {
    "presiding_official": "judge",
    "responsible_judge": "presiding_judge",
    "court_reporter": "secretary",
    "prosecutor": "prosecutor",
    "defence_attorney": "defence_lawyer",
}
NOBODY = ("digital recording", "off the record", "recorded hearing", "cd", "tape", "dar", "recording", "none", "vacant")
"""Words in the column of names that are no people: how a hearing was recorded."""
WITH_REPORTERS = {**GROUPS, "secretary": "secretary"}


def involvements(folder: Path) -> pl.DataFrame:
    """The involvements of all cases, with the columns that the analyses read."""
    cases = pl.read_csv(folder / "cases.csv.gz", infer_schema_length=0).select("case_uid", "county", "defendant_hash")
    rows = pl.read_csv(folder / "participation.csv.gz", infer_schema_length=0).join(cases, on="case_uid")
    word = pl.col("official_name").str.strip_chars().str.to_lowercase()
    people = rows.filter(~word.is_in(list(NOBODY)) & (word.str.len_chars() > 1))
    return people.select(
        person=pl.concat_str(pl.lit("wi/"), "official_name"),
        role=pl.col("role").replace_strict(ROLES),
        matter="case_uid",
        case="case_uid",
        defendant="defendant_hash",
        court="county",
        date="date",
        first_day=pl.col("date").str.to_date(strict=False),
        last_day=pl.col("date").str.to_date(strict=False),
        basis=pl.lit("stated"),
        counts=pl.lit(True),
    ).with_columns(official=pl.col("role") != "defence_lawyer")


def timed(call: Callable[[], Result]) -> tuple[float, Result]:
    """Seconds and result; the seconds of this process alone, which a busy machine does not change much."""
    start = time.process_time()
    result = call()
    return time.process_time() - start, result


def measure(frame: pl.DataFrame) -> list[Figure]:
    """Seconds for each analysis from the involvements and from the docket, with q values."""
    out = []
    seconds, everyone = timed(lambda: docket(frame, None))
    print(
        f"docket of all roles: {seconds:.2f} s, {len(everyone.sitting):,} participations, {len(everyone.day):,} sittings"
    )
    seconds, count = timed(lambda: _recurring(everyone))
    out.append(
        Figure(
            "recurring (s), with q values",
            f"{seconds:.2f} s, {count} uneven rows",
            "1 s",
            seconds,
            most=1,
        )
    )
    seconds, book = timed(lambda: docket(frame, WITH_REPORTERS))
    print(f"docket of judges, prosecutors, reporters: {seconds:.2f} s")
    judge, prosecutor, secretary = (book.groups.index(g) for g in ("judge", "prosecutor", "secretary"))
    seconds, standing = timed(lambda: _pairs(book, judge, prosecutor))
    out.append(
        Figure(
            "pairs judge-prosecutor (s), with q values",
            f"{seconds:.2f} s, {len(standing)} stand out",
            "3 s",
            seconds,
            most=3,
        )
    )
    others = [_pairs(book, judge, secretary), _pairs(book, prosecutor, secretary)]
    seconds, found = timed(lambda: _triples(book, (judge, prosecutor, secretary), (standing, *others)))
    out.append(
        Figure(
            "triples (s), with q values",
            f"{seconds:.2f} s, {found[0]} of {found[1]} stand out",
            "10 s",
            seconds,
            most=10,
        )
    )
    return out


def _recurring(book: Docket) -> int:
    draws = even_draws(book)
    return int((corrected(draws.p, draws.least)[0] < LEVEL).sum())


def _pairs(book: Docket, left: int, right: int) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    found = pairs(book, left, right)
    q, _, _ = corrected(found.p, found.least)
    return np.asarray((found.left * len(book.people) + found.right)[q < LEVEL], dtype=np.int64)


def _triples(
    book: Docket, groups: tuple[int, int, int], standing: Sequence[np.ndarray[tuple[int], np.dtype[np.int64]]]
) -> tuple[int, int]:
    found = triples(book, groups, (standing[0], standing[1], standing[2]))
    q, _, _ = corrected(found.p, found.least, others=np.zeros(found.family - len(found.p)))
    return int((q < LEVEL).sum()), len(q)


def against_networkx(frame: pl.DataFrame, counties: int) -> Figure:
    """Pair counts of the counties with most cases: ours, and those of the plain way; both must be equal."""
    most = (
        frame.group_by("court")
        .agg(pl.col("matter").n_unique().alias("n"))
        .sort("n", descending=True)["court"][:counties]
    )
    part = frame.filter(pl.col("court").is_in(most.implode()) & pl.col("role").is_in(list(GROUPS)))
    graph, kinds = _two_mode(part)
    book = docket(part)
    slow, plain = timed(lambda: _plain(part, graph, kinds))
    fast, ours = timed(lambda: _counts(book))
    if plain != ours:
        raise SystemExit(f"the counts differ: {len(set(plain.items()) ^ set(ours.items()))} pairs")
    print(f"{len(ours):,} judge-prosecutor pairs of {counties} counties, equal counts both ways")
    return Figure("pair counts (s)", f"{fast:.2f} s", f"networkx {slow:.2f} s", slow / fast, least=50)


def _two_mode(frame: pl.DataFrame) -> tuple[nx.Graph[str], dict[str, set[str]]]:
    """People and matters as a graph, and what each of the people was."""
    graph: nx.Graph[str] = nx.Graph()
    kinds: dict[str, set[str]] = {}
    for person, role, matter in frame.select("person", "role", "matter").iter_rows():
        graph.add_edge(person, "matter " + matter)
        kinds.setdefault(person, set()).add(GROUPS[role])
    return graph, kinds


def _plain(frame: pl.DataFrame, graph: nx.Graph[str], kinds: dict[str, set[str]]) -> dict[tuple[str, str], int]:
    """How a researcher does it first: the weighted projection of a two-mode graph, and a loop over its edges."""
    shared = nx.bipartite.weighted_projected_graph(graph, list(kinds))
    out: Counter[tuple[str, str]] = Counter()
    for a, b in shared.edges:
        for judge, prosecutor in ((a, b), (b, a)):
            if "judge" in kinds[judge] and "prosecutor" in kinds[prosecutor]:
                both = set(graph[judge]) & set(graph[prosecutor])
                roles = sum(_sat(frame, judge, prosecutor, both)) if _mixed(kinds, judge, prosecutor) else len(both)
                if roles:
                    out[judge, prosecutor] = roles
    return dict(out)


def _mixed(kinds: dict[str, set[str]], *people: str) -> bool:
    return any(len(kinds[p]) > 1 for p in people)


def _sat(frame: pl.DataFrame, judge: str, prosecutor: str, matters: set[str]) -> list[bool]:
    """For people with two kinds of roles: in which of the matters the one judged and the other prosecuted."""
    names = [m.removeprefix("matter ") for m in matters]
    rows = frame.filter(pl.col("matter").is_in(names) & pl.col("person").is_in([judge, prosecutor]))
    held = {(p, m, GROUPS[r]) for p, m, r in rows.select("person", "matter", "role").iter_rows()}
    return [(judge, m, "judge") in held and (prosecutor, m, "prosecutor") in held for m in names]


def _counts(book: Docket) -> dict[tuple[str, str], int]:
    """The same counts from the docket: sparse matrices of sittings by people, multiplied."""
    sides = []
    for group in ("judge", "prosecutor"):
        mine = book.group == book.groups.index(group)
        ones = np.ones(int(mine.sum()), dtype=np.int64)
        sides.append(
            csr_array((ones, (book.sitting[mine], book.person[mine])), shape=(len(book.day), len(book.people)))
        )
    both = (sides[0].T @ sides[1]).tocoo()
    names = book.people
    rows = zip(both.coords[0].tolist(), both.coords[1].tolist(), both.data.tolist(), strict=True)
    return {(names[a], names[b]): n for a, b, n in rows if a != b}


def write_tables(folder: Path, target: Path) -> None:
    """The cases as our own tables: people, bodies, cases, proceedings, roles, sources."""
    target.mkdir(parents=True, exist_ok=True)
    frame = involvements(folder)
    cases = pl.read_csv(folder / "cases.csv.gz", infer_schema_length=0)
    officials = frame["person"].str.strip_prefix("wi/").unique().sort()
    code = {name: f"o{n}" for n, name in enumerate(officials)}
    counties = {name: f"b{n}" for n, name in enumerate(cases["county"].unique().sort())}
    source = ("wcca",)
    _write(
        target,
        "sources",
        ("source_id", "url", "title"),
        [("wcca", "https://wcca.wicourts.gov/", "Wisconsin Circuit Court Access")],
    )
    _write(target, "bodies", ("body_id", "name", "kind", "level", "country", "source_ids"),
           ((i, f"{n} County Circuit Court", "court", "district", "US", *source) for n, i in counties.items()))  # fmt: skip
    people = [(i, n, "official", *source) for n, i in code.items()]
    people += [(f"d{h}", "", "other", *source) for h in cases["defendant_hash"].drop_nulls().unique().sort()]
    _write(target, "people", ("person_id", "name", "category", "source_ids"), people)
    known = cases.drop_nulls("defendant_hash")
    _write(target, "cases", ("case_id", "person_id", "source_ids"),
           ((c, f"d{d}", *source) for c, d in known.select("case_uid", "defendant_hash").iter_rows()))  # fmt: skip
    acts = known.select("case_uid", "county", "filing_date")
    _write(target, "proceedings", ("proceeding_id", "case_id", "stage", "body_id", "decision_date", "source_ids"),
           ((f"{c}-fi", c, "first_instance", counties[county], day or "", *source) for c, county, day in acts.iter_rows()))  # fmt: skip
    wanted = known["case_uid"]
    roles = (
        frame.filter(pl.col("matter").is_in(wanted.implode()))
        .group_by("matter", "person", "role")
        .agg(pl.col("date").min())
    )
    _write(target, "roles", ("proceeding_id", "case_id", "person_id", "role", "date", "basis", "source_ids"),
           ((f"{m}-fi", m, code[p.removeprefix("wi/")], r, d or "", "stated", *source)
            for m, p, r, d in roles.sort("matter", "person", "role").iter_rows()))  # fmt: skip


def _write(target: Path, name: str, header: Sequence[str], rows: object) -> None:
    with (target / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(rows)  # type: ignore[arg-type]


def load(tables: Path) -> list[Figure]:
    """The tables loaded into a workspace of their own: minutes, and the memory of the load and its second process."""
    with tempfile.TemporaryDirectory() as folder:
        seconds, megabytes = in_child(_load, tables, Path(folder) / "workspace")
    return [
        Figure("load (min)", f"{seconds / 60:.1f} min", "10 min", seconds / 600, most=1),
        Figure("peak memory of the load (GB)", f"{megabytes / 1000:.2f} GB", "4 GB", megabytes / 4000, most=1),
    ]


def _load(tables: Path, workspace: Path) -> None:
    from loaders.loading import load_paths

    load_paths(workspace, [tables], dataset="wisconsin")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, nargs="?", default=DATA)
    parser.add_argument("--tables", type=Path, help="write the case tables into this folder")
    parser.add_argument("--load", action="store_true", help="load the case tables and say how long it took")
    parser.add_argument("--slow", type=int, default=3, metavar="COUNTIES")
    given = parser.parse_args()
    if not (given.folder / "participation.csv.gz").is_file():
        print(f"skipped: {given.folder.name} is not there; name the folder of the Wisconsin cases")
        return 0
    print(machine())
    frame = involvements(given.folder)
    print(
        f"{frame['matter'].n_unique():,} cases, {frame.height:,} participations of {frame['person'].n_unique():,} people"
    )
    figures = [*measure(frame), against_networkx(frame, given.slow)]
    gigabytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
    figures.append(Figure("peak memory (GB)", f"{gigabytes:.2f} GB", "4 GB", gigabytes / 4, most=1))
    if given.tables or given.load:
        with tempfile.TemporaryDirectory() as spare:
            target = given.tables or Path(spare) / "wisconsin"
            write_tables(given.folder, target)
            if given.load:
                figures += load(target)
    for figure in figures:
        print(figure)
    return int(not all(f.kept for f in figures))


if __name__ == "__main__":
    raise SystemExit(main())
