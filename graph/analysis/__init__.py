"""Patterns that stand up: each analysis is one function of a casebook that gives an `Answer`.

`ANALYSES` lists them with the question each answers and its options. Options that all share (`without`, `origins`,
`sweep`) are applied here; what they mean is said in `graph.analysis.sensitivity`. Docs are in `docs/analyses/`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ontology import word

if TYPE_CHECKING:
    from graph.answers import Answer
    from graph.casebook import Casebook


@dataclass(frozen=True, slots=True)
class Option:
    """An option of an analysis: its name in Python, its type, its default, what it does.

    `many` options take a sequence; `choices` closes the values.
    """

    name: str
    type: type[str] | type[int] | type[float] | type[bool] | type[Path]
    default: str | int | float | bool | None
    help: str
    choices: Sequence[str] = ()
    many: bool = False


@dataclass(frozen=True, slots=True)
class Analysis:
    """One analysis: its name, the question it answers, its own options, and the columns that name a row."""

    name: str
    question: str
    own: Sequence[Option]
    key: Sequence[str]
    rests_on_roles: bool = True
    """Whether leaving out involvements changes anything; `coverage` describes them all."""

    @property
    def options(self) -> Sequence[Option]:
        """All options, the shared ones last."""
        return (*self.own, *(SHARED if self.rests_on_roles else ()))

    def run(self, casebook: Casebook, **options: Any) -> Answer:
        """The answer; options are those of `options`, by name.

        Raises:
            ValueError: an option or a value that the analysis does not have.
            UnknownTerm: a role that no vocabulary has.
        """
        known = {o.name for o in self.options}
        for name in options:
            if name not in known:
                raise ValueError(f"{self.name} has no option {name!r} (it has {', '.join(sorted(known))})")
        for name, value in options.items():
            if isinstance(value, int) and value < 0:
                raise ValueError(f"{name} must be 0 or more, got {value}")
        if options.get("role") is not None:
            word("role", options["role"])
        without = tuple(options.pop("without", None) or ())
        origins = bool(options.pop("origins", False))
        sweep = bool(options.pop("sweep", False))
        function: Callable[..., Answer] = getattr(import_module(f"graph.analysis.{self.name}"), self.name)
        if not self.rests_on_roles:
            return function(casebook, **options)
        from graph.analysis import sensitivity

        used = sensitivity.narrowed(casebook, without, origins=origins) if without else casebook
        if sweep:
            answer = sensitivity.swept(lambda book: function(book, **options), used, key=self.key, origins=origins)
        else:
            answer = function(used, **options)
        return _said(answer, casebook, used, without, origins=origins)


def _said(answer: Answer, casebook: Casebook, used: Casebook, without: Sequence[str], *, origins: bool) -> Answer:
    """The answer with what was left out before it was made, and the footnote on coverage."""
    from dataclasses import replace

    from graph.analysis.coverage import footnote

    parameters = dict(answer.parameters)
    left = dict(answer.left_out)
    if without:
        parameters["without"] = list(without)
        left["involvements"] = casebook.involvements.height - used.involvements.height
    if origins:
        parameters["origins"] = True
    return replace(answer, parameters=parameters, left_out=left, notes=[*answer.notes, footnote(casebook)])


_PERIODS = ("year", "half", "quarter", "month", "none")
_PERIOD = Option("period", str, "year", "Compare within periods of this length.", _PERIODS)
_TOP = Option("top", int, 0, "Show only so many rows; 0 shows all.")
_COURT = Option("court", str, None, "Only this court (its id).")
_ROLE = Option("role", str, None, "Only officials in this role.")
_SEED = Option("seed", int, 0, "Seed of the random draws.")


def _least(default: int) -> Option:
    return Option("min_matters", int, default, "Leave out rows with fewer matters.")


SHARED: Sequence[Option] = (
    Option(
        "without",
        str,
        None,
        "Leave out weak evidence first.",
        ("single-source", "disputed", "low-confidence", "found-on-lists"),
        many=True,
    ),
    Option("origins", bool, False, "Count sources of one origin as one when leaving out single sources."),
    Option(
        "sweep", bool, False, "Recompute under every choice and say which findings stand and which hang on one source."
    ),
)

ANALYSES: Mapping[str, Analysis] = {
    a.name: a
    for a in (
        Analysis(
            "recurring",
            "Which officials come up more often than an even draw in their court would give?",
            (_ROLE, _COURT, _PERIOD, _least(2), Option("roster", Path, None, "CSV of who held office when: court, person, role, from, to, weight."), _TOP),
            ("person", "role", "court"),
        ),
        Analysis(
            "teams",
            "Which judges, prosecutors, investigators and experts sit together more often than chance gives?",
            (
                _PERIOD,
                Option("strata", str, "auto", "What is held fixed; auto adds the group of articles where both sides divide the work by it.", ("auto", "court,period", "court,period,article-group")),
                Option("size", str, "all", "Pairs, triples or both.", ("all", "pairs", "triples")),
                _COURT, _least(2), _TOP,
            ),
            ("members",),
        ),
        Analysis(
            "steering",
            "Are matters within a court given out as if by lot, or does a judge attract a kind of them?",
            (Option("by", str, None, "Only this way of sorting matters.", ("article", "category", "sex", "citizenship")), _COURT, _PERIOD, _least(2), _SEED, _TOP),
            ("court", "person", "by", "kind"),
        ),
        Analysis(
            "chain",
            "Who decided each step of a case, how fast, and what became of it?",
            (
                Option("by", str, "case", "Steps of cases, or what courts and panels made of decisions they reviewed.", ("case", "court")),
                Option("case", str, None, "Only this case (its id)."),
                Option("min_steps", int, 2, "Leave out cases with fewer known steps."),
            ),
            ("case", "stage", "proceeding", "court", "panel"),
        ),
        Analysis(
            "experts",
            "Who certifies what for whom?",
            (Option("role", str, None, "Only experts, or only witnesses.", ("expert_witness", "witness")), _least(1), _TOP),
            ("person", "role", "partner", "partner_role"),
        ),
        Analysis(
            "careers",
            "Which posts did an official hold, as stated and as seen?",
            (Option("person", str, None, "Only this person (an id)."), Option("min_posts", int, 2, "Leave out people with fewer posts.")),
            ("person", "post", "institution", "basis"),
        ),
        Analysis(
            "exchanges",
            "Who was released, who stayed behind and resembles them, who was arrested before?",
            (
                Option("exchange", str, None, "Only this deal (its id)."),
                Option("part", str, None, "Only this part.", ("released", "named", "behind", "arrests")),
                Option("days", int, 730, "How many days before a deal arrests are shown."),
                Option("top", int, 20, "How many of those left behind are shown for each deal; 0 shows all."),
            ),
            ("exchange", "part", "person"),
        ),
        Analysis(
            "gaps",
            "Who acted against defendants and is on no list that was looked up?",
            (Option("lists", str, None, "Only these authorities or programmes.", many=True), _ROLE, _least(1), _TOP),
            ("person",),
        ),
        Analysis(
            "structure",
            "Who links the network of officials, and does that stay when cases are missing?",
            (
                Option("drops", int, 200, "How many draws without some of the matters."),
                Option("share", float, 0.1, "The share of matters that each draw leaves out."),
                _SEED, _TOP,
            ),
            ("person",),
        ),
        Analysis(
            "coverage",
            "What do the data know, and what is missing?",
            (
                Option("by", str, None, "Only this breakdown.", ("all", "stage", "role", "court", "city", "year", "dataset")),
                Option("min_proceedings", int, 1, "Leave out rows with fewer proceedings."),
            ),
            ("by", "value"),
            rests_on_roles=False,
        ),
    )
}  # fmt: skip


def listing() -> Answer:
    """Every analysis with the question it answers: what `repgraph analyse` prints without a name."""
    from graph.answers import Answer

    rows = [{"analysis": a.name, "question": a.question} for a in ANALYSES.values()]
    return Answer("analyse", {}, ("analysis", "question"), rows)
