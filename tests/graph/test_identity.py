"""Who is whom: canonical ids, doubts, contradictions."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.errors import Contradiction, Refused
from graph.identity import VERDICTS, Judgement, check, resolve


def said(left: str, verdict: str, right: str, *, kind: str = "person", line: int = 0) -> Judgement:
    return Judgement(kind, left, right, verdict, "2026-01-01", "tester", "reasons", None, line)


def test_a_group_goes_by_the_least_of_its_ids() -> None:
    identity = resolve([said("e/b", "same", "d/z"), said("e/b", "same", "c/q")])
    assert {identity.canonical("person", t) for t in ("e/b", "d/z", "c/q")} == {"c/q"}
    assert identity.members("person", "d/z") == ("c/q", "d/z", "e/b")


def test_a_thing_that_nobody_judged_is_itself() -> None:
    identity = resolve([said("d/a", "same", "d/b")])
    assert identity.canonical("person", "d/x") == "d/x"
    assert identity.members("person", "d/x") == ("d/x",)


def test_kinds_do_not_mix() -> None:
    identity = resolve([said("d/a", "same", "d/b", kind="body")])
    assert identity.canonical("person", "d/b") == "d/b"
    assert identity.canonical("body", "d/b") == "d/a"


def test_the_last_judgement_of_a_pair_wins_in_either_direction() -> None:
    identity = resolve([said("d/a", "same", "e/a"), said("e/a", "different", "d/a")])
    assert identity.canonical("person", "e/a") == "e/a"
    assert identity.unsure("person", "e/a") == ()


def test_unsure_is_told_by_canonical_ids_on_both_sides() -> None:
    identity = resolve([said("d/b", "unsure", "e/b"), said("d/b", "same", "d/a"), said("e/b", "same", "e/a")])
    assert identity.unsure("person", "d/b") == ("e/a",)
    assert identity.unsure("person", "e/a") == ("d/a",)


def test_a_doubt_ends_where_others_join_the_two() -> None:
    identity = resolve([said("d/a", "unsure", "d/c"), said("d/a", "same", "d/b"), said("d/b", "same", "d/c")])
    assert identity.unsure("person", "d/a") == ()


def test_a_doubt_ends_where_other_members_are_judged_different() -> None:
    identity = resolve([said("d/a", "unsure", "e/a"), said("d/a", "same", "d/b"), said("d/b", "different", "e/a")])
    assert identity.unsure("person", "d/a") == ()


def test_a_group_that_a_judgement_splits_is_not_joined_and_its_members_are_in_doubt() -> None:
    identity = resolve([said("d/a", "same", "d/b"), said("d/b", "same", "d/c"), said("d/a", "different", "d/c")])
    assert [identity.canonical("person", t) for t in ("d/a", "d/b", "d/c")] == ["d/a", "d/b", "d/c"]
    assert identity.unsure("person", "d/b") == ("d/a", "d/c")
    assert identity.unsure("person", "d/a") == ("d/b",)
    assert [j.pair for j in identity.contradictions] == [("d/a", "d/c")]


def test_same_through_others_against_different_is_refused_with_the_chain() -> None:
    old = [said("d/a", "different", "d/c", line=1), said("d/a", "same", "d/b", line=2)]
    with pytest.raises(Contradiction) as refused:
        check(old, said("d/b", "same", "d/c"))
    assert str(refused.value) == (
        "d/a and d/c cannot be the same and different: d/a same d/b because reasons (manifest line 2); "
        "d/b same d/c because reasons; but d/a different d/c because reasons (manifest line 1). "
        "Judge again the pair that is wrong (unsure takes it back), then this one"
    )


def test_different_that_splits_a_group_is_refused() -> None:
    with pytest.raises(Contradiction, match="d/a same d/b .*; d/b same d/c"):
        check([said("d/a", "same", "d/b"), said("d/b", "same", "d/c")], said("d/a", "different", "d/c"))


def test_judging_the_same_pair_again_replaces_the_judgement() -> None:
    check([said("d/a", "same", "d/b")], said("d/b", "different", "d/a"))
    check([said("d/a", "different", "d/b")], [said("d/b", "same", "d/a")])


def test_a_batch_is_checked_as_a_whole() -> None:
    check(
        [said("d/a", "different", "d/b")],
        [said("d/b", "same", "d/c"), said("d/a", "same", "d/c"), said("d/a", "same", "d/b")],
    )
    with pytest.raises(Contradiction):
        check([], [said("d/a", "same", "d/b"), said("d/b", "same", "d/c"), said("d/c", "different", "d/a")])


def test_a_contradiction_that_stands_already_does_not_stop_other_judgements() -> None:
    old = [said("d/a", "same", "d/b"), said("d/b", "same", "d/c"), said("d/a", "different", "d/c")]
    check(old, said("d/x", "same", "d/y"))


@pytest.mark.parametrize(
    ("judgement", "message"),
    [
        (said("d/a", "same", "d/a"), "against itself"),
        (said("d/a", "equal", "d/b"), "a verdict is same, different, unsure"),
        (said("d/a", "same", "d/b", kind="ship"), "person, body, case, proceeding"),
    ],
)
def test_a_judgement_that_says_nothing_is_refused(judgement: Judgement, message: str) -> None:
    with pytest.raises(Refused, match=message):
        check([], judgement)


_IDS = st.sampled_from(["d/a", "d/b", "d/c", "e/a", "e/b"])
_JUDGEMENTS = st.lists(st.builds(said, _IDS, st.sampled_from(VERDICTS), _IDS), max_size=12)


@given(_JUDGEMENTS)
def test_nobody_is_joined_with_somebody_judged_different(judgements: list[Judgement]) -> None:
    identity = resolve(judgements)
    last = {j.pair: j for j in judgements if j.left != j.right}
    for (left, right), judgement in last.items():
        if judgement.verdict == "different":
            assert identity.canonical("person", left) != identity.canonical("person", right)
            assert identity.canonical("person", right) not in identity.unsure("person", left)


@given(_JUDGEMENTS, st.randoms())
def test_only_the_last_of_each_pair_and_no_order_matters(judgements: list[Judgement], random: object) -> None:
    last = list({(j.kind, *j.pair): j for j in judgements}.values())
    random.shuffle(last)  # type: ignore[attr-defined]
    assert resolve(last) == resolve(judgements)


@given(_JUDGEMENTS, _IDS, _IDS)
def test_judging_and_judging_back_restores(judgements: list[Judgement], left: str, right: str) -> None:
    pairs = {j.pair for j in judgements}
    if tuple(sorted((left, right))) not in pairs and left != right:
        after = [*judgements, said(left, "same", right), said(left, "unsure", right)]
        assert {t: resolve(after).canonical("person", t) for t in (left, right)} == {
            t: resolve(judgements).canonical("person", t) for t in (left, right)
        }
