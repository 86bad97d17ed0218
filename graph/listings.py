"""Listed or not: where a person stands on every sanctions list of the vocabulary, and who passes a filter by lists.

Nothing found is no answer where nobody looked: the states keep listed, delisted, cannot tell, looked up and not
found, and not looked up apart.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import TYPE_CHECKING, NamedTuple

from graph.answers import Row
from graph.dates import earliest, first_day, last_day, latest
from ontology import vocabulary

if TYPE_CHECKING:
    from graph.casebook import Casebook

LISTED, DELISTED, CANNOT_TELL, NOT_FOUND, NOT_LOOKED = "listed", "delisted", "cannot_tell", "not_found", "not_looked"
_Programme = tuple[str, "str | None"]


class _Entry(NamedTuple):
    """One listing: when it began and ended; `ended` also where the day is not known."""

    listed: str | None
    delisted: str | None
    ended: bool


@dataclass(frozen=True, slots=True)
class Lists:
    """What a filter names: an authority as a whole, or one programme of it."""

    token: str
    authority: str
    programme: str | None

    def holds(self, state: Row) -> bool:
        """Whether a state speaks of these lists."""
        if self.programme:
            return bool(state["programme"] == self.programme)
        return bool(state["authority"] == self.authority)

    @property
    def programmes(self) -> list[str]:
        """The programmes of the vocabulary that these are."""
        if self.programme:
            return [self.programme]
        return [t for t, w in vocabulary("programme").items() if w.more["authority"] == self.authority]


def named_lists(tokens: Iterable[str]) -> list[Lists]:
    """The lists that tokens of authorities (`EU`) or programmes (`EU-2024-1485`) name, in either case of letters.

    Raises:
        ValueError: a token is neither; the message offers the nearest ones.
    """
    authorities, programmes = vocabulary("authority"), vocabulary("programme")
    found = []
    for token in dict.fromkeys(t.strip().upper() for t in tokens if t.strip()):
        if token in programmes:
            found.append(Lists(token, programmes[token].more["authority"], token))
        elif token in authorities:
            found.append(Lists(token, token, None))
        else:
            known = [*authorities, *programmes]
            near = ", ".join(get_close_matches(token, known, n=3, cutoff=0.4)) or ", ".join(known)
            raise ValueError(f"{token!r} is no authority and no programme (there are {near})")
    return found


class ListingBook:
    """The listings and look-ups of a casebook, by person."""

    def __init__(self, casebook: Casebook) -> None:
        self._casebook = casebook
        self._entries = _entries(casebook)
        self._checks = _checks(casebook)
        self._covered = _covered(casebook, {scope for _, scope in self._checks})
        self._unlisted: dict[frozenset[tuple[str, str]], list[Row]] = {}

    def states(self, person: str) -> list[Row]:
        """The state of a person (canonical id) on each programme, in the vocabulary's order.

        Listings that name no programme follow with `programme` null. The date is that of the listing, the delisting
        or the state of the list that was looked up. Persons of whom nothing special is known share one list.
        """
        own = self._entries.get(person, {})
        others = self._casebook.identity.unsure("person", person)
        doubted = {programme for other in others for programme in self._entries.get(other, {})}
        covered = self._covered.get(person, frozenset())
        if own or doubted:
            return self._stated(own, doubted, covered)
        if covered not in self._unlisted:
            self._unlisted[covered] = self._stated({}, set(), covered)
        return self._unlisted[covered]

    def _stated(
        self,
        own: Mapping[_Programme, Sequence[_Entry]],
        doubted: set[_Programme],
        covered: frozenset[tuple[str, str]],
    ) -> list[Row]:
        vocabular: list[_Programme] = [(w.more["authority"], token) for token, w in vocabulary("programme").items()]
        more = sorted((own.keys() | doubted) - set(vocabular), key=lambda p: (p[0], p[1] or ""))
        checked = self._checked(covered)
        states = []
        for authority, programme in [*vocabular, *more]:
            key = (authority, programme)
            if key in own:
                state, day = _standing(own[key])
            elif key in doubted:
                state, day = CANNOT_TELL, None
            elif programme in checked and not _secret(programme):
                state, day = NOT_FOUND, checked[programme]
            else:
                state, day = NOT_LOOKED, None
            states.append({"authority": authority, "programme": programme, "state": state, "date": day})
        return states

    def _checked(self, covered: frozenset[tuple[str, str]]) -> dict[str | None, str | None]:
        """The programmes in which somebody looked people of these datasets and categories up, with the last date."""
        days: defaultdict[str | None, list[str]] = defaultdict(list)
        for scope in covered:
            for programme, day in self._checks[scope]:
                days[programme] += [day] if day else []
        return {programme: latest(found) for programme, found in days.items()}

    def unlooked(self, lists: Lists) -> list[str]:
        """The programmes of these lists in which nobody looked anybody up."""
        looked = {programme for found in self._checks.values() for programme, _ in found}
        return [p for p in lists.programmes if p not in looked or _secret(p)]


def listed_reason(states: Sequence[Row], lists: Sequence[Lists]) -> str | None:
    """Why somebody is not among those listed now by any of `lists`; None if he is."""
    found = {s["state"] for s in states if any(named.holds(s) for named in lists)}
    if LISTED in found:
        return None
    return next((state for state in (CANNOT_TELL, DELISTED) if state in found), "not_listed")


def unlisted_reason(states: Sequence[Row], lists: Sequence[Lists]) -> str | None:
    """Why somebody is not among those looked up and not found in all of `lists`; None if he is.

    An authority as a whole needs all its programmes of the vocabulary.
    """
    found = {s["state"] for s in states if any(named.holds(s) for named in lists)}
    for state in (LISTED, CANNOT_TELL, DELISTED):
        if state in found:
            return state
    not_found = {s["programme"] for s in states if s["state"] == NOT_FOUND}
    wanted = [named.programmes for named in lists]
    return None if all(p and not_found.issuperset(p) for p in wanted) else NOT_LOOKED


def _secret(programme: str | None) -> bool:
    word = vocabulary("programme").get(programme or "")
    return word is not None and word.more["public"] != "yes"


def _standing(entries: Sequence[_Entry]) -> tuple[str, str | None]:
    """State and date by all listings of one person in one programme.

    A listing that some source leaves open stands if none was ended, or if it began after the last end. One that
    began before it is the ended one in an older source; where its date leaves that open, nobody can tell.
    """
    ended = [e for e in entries if e.ended]
    still = [e for e in entries if not e.ended]
    if not ended:
        return LISTED, earliest(e.listed for e in still if e.listed)
    ends = [e.delisted for e in ended if e.delisted]
    end = latest(ends)
    if end is None or len(ends) < len(ended):
        return (CANNOT_TELL, None) if still else (DELISTED, end)
    after = [e.listed for e in still if e.listed and first_day(e.listed) > last_day(end)]
    if after:
        return LISTED, earliest(after)
    open_ = [e for e in still if e.listed is None or last_day(e.listed) > first_day(end)]
    return (CANNOT_TELL, None) if open_ else (DELISTED, end)


def _entries(casebook: Casebook) -> dict[str, dict[_Programme, list[_Entry]]]:
    found: defaultdict[str, defaultdict[_Programme, list[_Entry]]] = defaultdict(lambda: defaultdict(list))
    rows = casebook.listings.drop_nulls("person").select(
        "person", "authority", "programme", "list_date", "delist_date", "conflicts"
    )
    for person, authority, programme, listed, delisted, conflicts in rows.iter_rows():
        # sources that differ on the day agree that the listing ended
        ended = delisted is not None or "delist_date" in conflicts
        found[person][authority, programme].append(_Entry(listed, delisted, ended))
    return {person: dict(by_programme) for person, by_programme in found.items()}


def _checks(casebook: Casebook) -> dict[tuple[str, str], list[tuple[str, str | None]]]:
    """Look-ups by (dataset, category): programme and the state of the list, else the day of the look-up."""
    found: defaultdict[tuple[str, str], list[tuple[str, str | None]]] = defaultdict(list)
    for row in casebook.list_checks.iter_rows(named=True):
        found[row["dataset"], row["scope"]].append((row["programme"], row["as_of"] or row["checked_on"]))
    return dict(found)


def _covered(casebook: Casebook, scopes: set[str]) -> dict[str, frozenset[tuple[str, str]]]:
    """The look-ups that a person fell under: by the category that a record has in its own dataset."""
    known = set(casebook.list_checks.select("dataset", "scope").rows())
    found: defaultdict[str, set[tuple[str, str]]] = defaultdict(set)
    people = casebook.table("people").select("person_id", "dataset", "category").drop_nulls()
    for person, dataset, category in people.filter(people["category"].is_in(sorted(scopes))).iter_rows():
        if (dataset, category) in known:
            found[person].add((dataset, category))
    return {person: frozenset(checks) for person, checks in found.items()}
