"""Whether the officials of a court divide the work by kind of matter, as when one judge tries all treason cases."""

from __future__ import annotations

from collections.abc import Collection

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy.special import chdtrc

from graph import articles
from graph.analysis.docket import Docket

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
DIVIDED = 0.15
"""Below this p-value a division of the work is assumed: lenient, for an overlooked one accuses people."""
UNKNOWN = "unknown"


def article_groups(involvements: pl.DataFrame) -> dict[str, list[str]]:
    """The groups of articles charged in each matter, sorted; a matter without articles is not in it."""
    charged = involvements.select("matter", "articles").explode("articles").drop_nulls().unique()
    known = {text: _group(text) for text in charged["articles"].unique().to_list()}
    named = charged.with_columns(pl.col("articles").replace_strict(known, default=None, return_dtype=pl.String))
    rows = named.group_by("matter").agg(pl.col("articles").unique().sort())
    return dict(rows.iter_rows())


def _group(text: str) -> str:
    """The article's group of offences, else the article without its parts."""
    try:
        article = articles.parse(text)
    except ValueError:
        return text
    return articles.group(article) or article.whole


def kinds(docket: Docket, groups: dict[str, list[str]]) -> tuple[list[str], Ints]:
    """A code for what each sitting was about: all its groups of articles together, or `unknown`."""
    names = ["+".join(groups.get(m, [])) or UNKNOWN for m in docket.matters]
    labels = sorted(set(names))
    code = {name: i for i, name in enumerate(labels)}
    by_matter = np.array([code[name] for name in names], dtype=np.int64)
    return labels, by_matter[docket.matter] if len(by_matter) else np.zeros(0, dtype=np.int64)


def divided(docket: Docket, group: int, kind: Ints, *, period: str) -> Floats:
    """For each court the p-value that its officials of `group` have the kinds of matter alike, period by period.

    Courts with nothing to compare get 1.
    """
    statistic, freedom = division(docket, group, kind, period=period)
    return np.asarray(np.where(freedom > 0, chdtrc(np.maximum(freedom, 1), statistic), 1.0))


def division(
    docket: Docket, group: int, kind: Ints, *, period: str, without: Collection[int] = ()
) -> tuple[Floats, Floats]:
    """Pearson's chi-squared of officials against kinds in each court, summed over periods, and its degrees of freedom.

    `without` leaves officials out; sittings of kind -1 are not used. Large-sample, so a rough guide for small courts.
    """
    periods = docket.period(period)
    mine = (docket.group == group) & (periods[docket.sitting] >= 0) & (kind[docket.sitting] >= 0)
    mine &= ~np.isin(docket.person, np.array(sorted(without), dtype=np.int64))
    sitting, person = docket.sitting[mine], docket.person[mine]
    frame = pl.DataFrame(
        {"court": docket.court[sitting], "period": periods[sitting], "person": person, "kind": kind[sitting]}
    )
    stratum = ["court", "period"]
    cells = frame.group_by([*stratum, "person", "kind"]).len("n")
    cells = cells.with_columns(
        pl.col("n").sum().over([*stratum, "person"]).alias("row"),
        pl.col("n").sum().over([*stratum, "kind"]).alias("column"),
    )
    strata = cells.group_by(stratum).agg(
        (pl.col("n").cast(pl.Float64) ** 2 / pl.col("row") / pl.col("column")).sum().alias("share"),
        pl.col("n").sum().cast(pl.Float64).alias("total"),
        ((pl.col("person").n_unique().cast(pl.Float64) - 1) * (pl.col("kind").n_unique().cast(pl.Float64) - 1)).alias(
            "freedom"
        ),
    )
    # N - 1 in place of N makes the mean right under the permutation of so few matters
    usable = strata.filter((pl.col("freedom") > 0) & (pl.col("total") > 1))
    parts = usable.with_columns(((pl.col("total") - 1) * (pl.col("share") - 1)).alias("statistic"))
    sums = parts.group_by("court").agg(pl.col("statistic", "freedom").sum())
    statistic, freedom = np.zeros(len(docket.courts)), np.zeros(len(docket.courts))
    statistic[sums["court"].to_numpy()] = sums["statistic"].to_numpy()
    freedom[sums["court"].to_numpy()] = sums["freedom"].to_numpy()
    return statistic, freedom
