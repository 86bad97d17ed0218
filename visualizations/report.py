"""The findings on one page: what recurs, who is not listed, each exchange, what the data cannot say.

Numbers open the matters behind them, rows cite their sources. Nothing is counted here: every table is an analysis.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from markupsafe import Markup, escape

from graph.analysis import ANALYSES
from graph.analysis.finding import NO_PATTERN
from graph.answers import Answer
from graph.casebook import Casebook
from visualizations.acts import references_of
from visualizations.charts import PLOTS, drawn
from visualizations.evidence import EvidenceBook
from visualizations.sheets import Figure, Numbering, Sheet, Table, sheet_page
from visualizations.shell import Footing
from visualizations.texts import shown, token_label

Row = Mapping[str, Any]
TESTED = ("recurring", "teams", "steering")
_MOST = 200
_TEXTS: Mapping[str, tuple[str, str]] = {
    "title": ("Findings", "Что найдено"),
    "lead": (
        "What stands out beyond chance, who acted and is on no list that was looked up, each exchange, and what the data cannot say. A role in a proceeding is not a finding of guilt.",
        "Что выделяется сверх случайного, кто участвовал и не найден в проверенных списках, каждый обмен и чего данные не говорят. Роль в процессе не означает вины.",
    ),
    "findings": ("findings beyond chance (q < 0.05)", "находок сверх случайного (q < 0,05)"),
    "recurring": ("officials, role and court with two matters or more", "должностных лиц по роли и суду с двумя делами и более"),
    "gaps": ("officials not found where they were looked up", "должностных лиц не найдено там, где проверяли"),
    "released": ("people released in exchanges", "освобождённых при обменах"),
    "t.chance": ("Patterns against chance", "Закономерности против случайности"),
    "t.recurring": ("Officials who recur", "Кто повторяется"),
    "t.gaps": ("Not found on any list that was looked up", "Не найдены ни в одном проверенном списке"),
    "t.exchanges": ("Released, deal by deal", "Освобождённые, по обменам"),
    "t.behind": ("Left behind: who shares most with those released", "Кто остался: больше всего общего с освобождёнными"),
    "t.same": ("One judge at two steps of a case", "Один судья на двух стадиях дела"),
    "t.reviews": ("What became of decisions that were reviewed", "Что стало с пересмотренными решениями"),
    "t.limits": ("What the data cannot say", "Чего данные не говорят"),
    "analysis": ("analysis", "анализ"), "who": ("who", "кто"), "tests": ("rows", "строк"), "note": ("note", "примечание"),
    "role": ("role", "роль"), "court": ("court", "суд"), "matters": ("matters", "дел"), "months": ("months imposed", "назначено месяцев"),
    "ratio": ("observed / expected (95 %)", "наблюдалось / ожидалось (95 %)"), "q": ("q", "q"), "reading": ("reading", "вывод"),
    "adverse": ("matters against defendants", "дел против подсудимых"), "beside": ("beside listed officials", "рядом с внесёнными в списки"),
    "lists": ("looked up, not found", "проверено, не найдено"), "deal": ("deal", "обмен"), "sides": ("released by → received by", "отпустили → приняли"),
    "called": ("called", "как называют"), "custody": ("days in custody", "дней под стражей"), "verdict": ("days from verdict", "дней от приговора"),
    "officials": ("officials", "должностные лица"), "reasons": ("what they share", "что общего"), "remarks": ("remarks", "замечания"),
    "stage": ("stage", "стадия"), "decisions": ("decisions", "решений"), "changes": ("upheld / changed / overturned", "оставлено / изменено / отменено"),
    "case": ("case", "дело"), "sources": ("sources", "источники"),
}  # fmt: skip


def report(casebook: Casebook, *, lang: str = "en", data_hash: str = "") -> str:
    """The findings as one HTML file that opens without a network."""
    return sheet_page(report_sheet(casebook, lang=lang, data_hash=data_hash))


def report_sheet(casebook: Casebook, *, lang: str = "en", data_hash: str = "") -> Sheet:
    """The same as a sheet: figures, tables and the sources that they cite."""
    found = {name: analysis.run(casebook) for name, analysis in ANALYSES.items()}
    reviews = ANALYSES["chain"].run(casebook, by="court")
    page = _Page(casebook, lang)
    gaps = [r for r in found["gaps"].rows if r["not_found_on"] and not r["listed_on"] and not r["cannot_tell_on"]]
    released = [r for r in found["exchanges"].rows if r["part"] == "released"]
    tables = [
        page.chance(found),
        page.recurring(found["recurring"]),
        page.gaps(gaps),
        page.released(released),
        page.behind([r for r in found["exchanges"].rows if r["part"] == "behind" and r["overlap"] > 1]),
        page.same_judge([r for r in found["chain"].rows if r["same_judges"]]),
        page.reviews([r for r in reviews.rows if not r["panel"]]),
        page.limits(found),
    ]
    stands = sum(_stands(r) for name in TESTED for r in found[name].rows)
    counts = (stands, len(found["recurring"].rows), len(gaps), len(released))  # of the first tables, in their order
    short = [
        (Markup('<a href="#table-{}">{}</a>').format(i, n), page.text(key))
        for i, (n, key) in enumerate(zip(counts, ("findings", "recurring", "gaps", "released"), strict=True))
    ]
    figures = [_figure(found[name]) for name in ("recurring", "gaps", "exchanges", "coverage")]
    # how much a profile hides is not said: a count would leave the workspace
    footing = Footing(data_hash=data_hash, as_of=page.book.cut_off(), profile=casebook.profile)
    return Sheet(
        page.text("title"), page.text("lead"), lang, figures, tables, references_of(page.book, page.numbers), short, "", footing
    )  # fmt: skip


def _stands(row: Row) -> bool:
    return row["q"] is not None and row["q"] < 0.05


def _figure(answer: Answer) -> Figure:
    chart = PLOTS[answer.question](replace(answer, rows=answer.rows[:25]) if answer.question == "gaps" else answer)
    return Figure(chart.title, drawn(chart), chart.height, chart.width)


def opened(count: object, things: Iterable[str]) -> Markup:
    """A number that opens to what it counts."""
    items = Markup("").join(Markup("<li>{}</li>").format(shown(t)) for t in things)
    return Markup("<details><summary>{}</summary><ul>{}</ul></details>").format(escape(shown(count)), items) if items else Markup(escape(shown(count)))  # fmt: skip


def _few(names: Sequence[str], most: int = 3) -> str:
    return ", ".join(names[:most]) + (f" + {len(names) - most}" if len(names) > most else "")


class _Page:
    """The tables of one report: they share a language and the numbering of sources."""

    def __init__(self, casebook: Casebook, lang: str) -> None:
        self.casebook, self.lang = casebook, lang
        self.book, self.numbers = EvidenceBook(casebook), Numbering()
        self._tried: dict[str, list[str]] = {}
        cases = casebook.cases.select("matter", "defendant").drop_nulls().unique().sort("matter", "defendant")
        names = casebook.names("person", cases["defendant"].unique().to_list())
        for matter, defendant in cases.iter_rows():
            self._tried.setdefault(matter, []).append(self._name(names.get(defendant), defendant))

    def text(self, key: str) -> str:
        return _TEXTS[key][self.lang == "ru"]

    def _table(
        self,
        title: str,
        columns: Sequence[str],
        rows: Iterable[Row],
        cells: Callable[[Row], Sequence[object]],
        note: str = "",
    ) -> Table:
        """A table whose last column cites the sources of the row."""
        found = list(rows)
        body = [[*cells(row), self.numbers.cite(s["id"] for s in row["sources"])] for row in found[:_MOST]]
        more = f"{len(found) - _MOST} more: see the analysis" if len(found) > _MOST else ""
        return Table(
            self.text(title),
            [*(self.text(c) for c in columns), self.text("sources")],
            body,
            " · ".join(t for t in (note, more) if t),
        )

    def _name(self, name: Mapping[str, str | None] | None, thing: str | None) -> str:
        names = name or {}
        return names.get(self.lang) or names.get("en") or names.get("ru") or thing or ""

    def _matters(self, ids: Iterable[str]) -> list[str]:
        """What each matter is: who was tried in it, and its id."""
        return [f"{_few(self._tried.get(m, []))} ({m})" for m in ids]

    def _reason(self, reason: str) -> str:
        """What somebody left behind shares, with the name of the official or court in place of the id."""
        kind, thing, rest = reason.split(" ", 2)
        if kind not in ("official", "court"):
            return reason
        return f"{kind} {self._name(self.casebook.name(thing), thing)} {rest}"

    def _role(self, role: str) -> str:
        return token_label("role", role, self.lang)

    def chance(self, found: Mapping[str, Answer]) -> Table:
        """One row for each tested finding; for an analysis without any, one that says so."""
        rows: list[Sequence[object]] = []
        for name in TESTED:
            answer = found[name]
            standing = [r for r in answer.rows if _stands(r)]
            for row in standing[:_MOST]:
                who = (
                    ", ".join(self._name(m["name"], m["person"]) for m in row["members"])
                    if "members" in row
                    else self._name(row["name"], row["person"] or row["court"])
                )
                numbers = f"{row['observed']} / {row['expected']}, q {row['q']}"
                rows.append(
                    [
                        name,
                        who,
                        opened(row["matters"], self._matters(row["matter_ids"])),
                        numbers,
                        row["reading"],
                        self.numbers.cite(s["id"] for s in row["sources"]),
                    ]
                )
            if not standing:
                told = next((n for n in answer.notes if "could have" in n), "")
                rows.append([name, NO_PATTERN, "", "", told, ""])
        columns = ("analysis", "who", "matters", "ratio", "reading", "sources")
        return Table(self.text("t.chance"), [self.text(c) for c in columns], rows)

    def recurring(self, answer: Answer) -> Table:
        return self._table(
            "t.recurring", ("who", "role", "court", "matters", "months", "ratio", "reading"), answer.rows,
            lambda r: (
                self._name(r["name"], r["person"]), self._role(r["role"]), self._name(r["court_name"], r["court"]),
                opened(r["matters"], self._matters(r["matter_ids"])), opened(r["months"] or "", r["case_ids"] if r["months"] else ()),
                "" if r["ratio"] is None else f"{r['ratio']:.2f} ({r['low']:.2f}–{r['high']:.2f})", r["reading"],
            ),
            answer.notes[0],
        )  # fmt: skip

    def gaps(self, rows: Sequence[Row]) -> Table:
        return self._table(
            "t.gaps", ("who", "role", "adverse", "beside", "lists"), rows,
            lambda r: (
                self._name(r["name"], r["person"]), ", ".join(self._role(x) for x in r["roles"]),
                opened(r["adverse"], self._matters(r["adverse_ids"])), ", ".join(self._name(c["name"], c["person"]) for c in r["beside_listed"]),
                ", ".join(r["not_found_on"]),
            ),
        )  # fmt: skip

    def released(self, rows: Sequence[Row]) -> Table:
        return self._table(
            "t.exchanges", ("deal", "who", "sides", "called", "custody", "verdict", "officials"), rows,
            lambda r: (
                f"{r['date'] or '?'} {self._name(r['exchange_name'], r['exchange'])}", self._name(r["name"], r["person"]),
                f"{'|'.join(r['released_by'] or ['?'])} → {'|'.join(r['received_by'] or ['?'])}",
                opened(len(r["classifications"]), (f"{c['category']}: {c['by']}" for c in r["classifications"])),
                "" if r["days_in_custody"] is None else r["days_in_custody"],
                "" if r["days_from_verdict"] is None else r["days_from_verdict"],
                opened(len(r["officials"]), (f"{self._name(o['name'], o['person'])}, {self._role(o['role'])}" for o in r["officials"])),
            ),
        )  # fmt: skip

    def behind(self, rows: Sequence[Row]) -> Table:
        return self._table(
            "t.behind", ("deal", "who", "reasons", "remarks"), rows,
            lambda r: (
                f"{r['date'] or '?'} {self._name(r['exchange_name'], r['exchange'])}", self._name(r["name"], r["person"]),
                opened(r["overlap"], map(self._reason, r["reasons"])), "; ".join(r["remarks"]),
            ),
        )  # fmt: skip

    def same_judge(self, rows: Sequence[Row]) -> Table:
        return self._table(
            "t.same", ("case", "stage", "who"), rows,
            lambda r: (
                self._name(r["name"], r["case"]), token_label("stage", r["stage"], self.lang),
                ", ".join(self._name(j["name"], j["person"]) for j in r["judges"] if j["person"] in r["same_judges"]),
            ),
        )  # fmt: skip

    def reviews(self, rows: Sequence[Row]) -> Table:
        return self._table(
            "t.reviews", ("court", "stage", "decisions", "changes"), rows,
            lambda r: (
                self._name(r["court_name"], r["court"]), token_label("stage", r["stage"], self.lang), opened(r["decisions"], r["decision_ids"]),
                f"{r['upheld']} / {r['changed']} / {r['overturned']}",
            ),
        )  # fmt: skip

    def limits(self, found: Mapping[str, Answer]) -> Table:
        """Every note and everything left out, by analysis."""
        rows: list[Sequence[object]] = []
        said: set[str] = set()
        for name, answer in found.items():
            for note in [*answer.notes, *(f"{k.replace('_', ' ')}: {v}" for k, v in answer.left_out.items())]:
                if note not in said:
                    said.add(note)
                    rows.append([name, note])
        return Table(self.text("t.limits"), [self.text("analysis"), self.text("note")], rows)
