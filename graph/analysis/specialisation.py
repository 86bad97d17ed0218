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
    return np.asarray(np.where(freedom > 0, chdtrc(np.maximum(freedom, 1e-9), statistic), 1.0))


def division(
    docket: Docket, group: int, kind: Ints, *, period: str, without: Collection[int] = ()
) -> tuple[Floats, Floats]:
    """A chi-squared of officials against kinds in each court, and its degrees of freedom.

    What each official had of a kind beyond the expected is added up over the periods before it is squared, so that a
    leaning that is weak in every year is seen. `without` leaves officials out; sittings of kind -1 are not used.
    Large-sample, so a rough guide for small courts.

    Source: after the general association statistic of Landis, Heyman and Koch 1978, Int. Stat. Review 46, 237, with the
        covariances of the cells left aside.
    """
    periods = docket.period(period)
    mine = (docket.group == group) & (periods[docket.sitting] >= 0) & (kind[docket.sitting] >= 0)
    mine &= ~np.isin(docket.person, np.array(sorted(without), dtype=np.int64))
    sitting, person = docket.sitting[mine], docket.person[mine]
    frame = pl.DataFrame(
        {"court": docket.court[sitting], "period": periods[sitting], "person": person, "kind": kind[sitting]}
    )
    stratum = ["court", "period"]
    seen = frame.group_by([*stratum, "person", "kind"]).len("seen")
    rows = frame.group_by([*stratum, "person"]).len("row").with_columns(total=pl.col("row").sum().over(stratum))
    columns = frame.group_by([*stratum, "kind"]).len("column")
    cells = rows.join(columns, on=stratum).join(seen, on=[*stratum, "person", "kind"], how="left")
    n, row, column = (pl.col(c).cast(pl.Float64) for c in ("total", "row", "column"))
    sums = cells.filter(pl.col("total") > 1).group_by("court", "person", "kind").agg(
        (pl.col("seen").fill_null(0) - row * column / n).sum().alias("beyond"),
        (row * (n - row) * column * (n - column) / (n * n * (n - 1))).sum().alias("variance"),
        row.sum(), column.sum(), n.sum(),
    ).filter(pl.col("variance") > 1e-9)  # fmt: skip
    # each square has the mean of its weight, and the weights of one stratum add up to its degrees of freedom
    weight = (1 - pl.col("row") / pl.col("total")) * (1 - pl.col("column") / pl.col("total"))
    by_court = sums.sort("court", "person", "kind").group_by("court", maintain_order=True).agg(
        (pl.col("beyond") ** 2 / pl.col("variance") * weight).sum().alias("statistic"), weight.sum().alias("freedom")
    )  # fmt: skip
    statistic, freedom = np.zeros(len(docket.courts)), np.zeros(len(docket.courts))
    statistic[by_court["court"].to_numpy()] = by_court["statistic"].to_numpy()
    freedom[by_court["court"].to_numpy()] = by_court["freedom"].to_numpy()
    return statistic, freedom
