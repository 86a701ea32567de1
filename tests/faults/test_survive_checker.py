"""The checker of the kill run finds each fault that is planted, and nothing in a clean run."""

from dataclasses import replace

import pytest

from bench.survive.checker import Found, Published, Sent, check

SENT = (
    Sent(id="a0", conversation="A", number=0),
    Sent(id="a1", conversation="A", number=1),
    Sent(id="b0", conversation="B", number=0),
    Sent(id="c0", conversation="C", number=0),
    Sent(id="x", conversation="", number=0, garbage=True),
)
A1 = Published(
    draft="dA1", conversation="A", revision=1, answers=("a0",), partition=0, offset=0, value=b"A1"
)
A2 = replace(A1, draft="dA2", revision=2, answers=("a1",), offset=1, value=b"A2")
B1 = replace(A1, draft="dB1", conversation="B", answers=("b0",), partition=1, value=b"B1")
CLEAN = Found(
    drafts=(A1, A2, B1, replace(A2, offset=7)),
    outcomes={"a0": ["superseded"], "a1": ["ready"], "b0": ["review"], "c0": ["no-reply"]},
    dead=("invalid-json",),
    unended=0,
    unpublished=0,
)


def test_a_clean_run_has_no_faults_and_its_re_sends_are_counted() -> None:
    report = check(SENT, CLEAN)
    assert (report.faults, report.resent, report.drafts) == ([], 1, 3)


PLANTED = {
    "missing: a1": replace(CLEAN, outcomes={**CLEAN.outcomes, "a1": []}),
    "missing: b0": replace(CLEAN, drafts=(A1, A2)),
    "missing: c0": replace(CLEAN, outcomes={**CLEAN.outcomes, "c0": ["no-reply", "ready"]}),
    "unfinished: 2 rows": replace(CLEAN, unended=2),
    "unfinished: 1 outbox": replace(CLEAN, unpublished=1),
    "garbage: 1 sent, 0 dead-lettered": replace(CLEAN, dead=()),
    "garbage: 1 sent, 1 dead-lettered, 0 with": replace(CLEAN, dead=("",)),
    "garbage: 1 sent, 2": replace(CLEAN, dead=("x", "y")),
    "identity: A revision 2 has two": replace(
        CLEAN, drafts=(*CLEAN.drafts, replace(A2, draft="other", offset=9))
    ),
    "identity: draft dA2 was sent with two": replace(
        CLEAN, drafts=(*CLEAN.drafts, replace(A2, value=b"A2'", offset=9))
    ),
    "order: A revision 1 after 2": replace(
        CLEAN, drafts=(replace(A1, offset=5), replace(A2, offset=1), B1)
    ),
    "order: A answers its messages": replace(CLEAN, drafts=(replace(A1, answers=("a1", "a0")), B1)),
    "order: A is spread": replace(CLEAN, drafts=(A1, replace(A2, partition=2), B1)),
    "doubled: a0": replace(CLEAN, drafts=(A1, replace(A2, answers=("a0", "a1")), B1)),
}


@pytest.mark.parametrize("fault", PLANTED)
def test_each_planted_fault_is_found(fault: str) -> None:
    assert any(line.startswith(fault) for line in check(SENT, PLANTED[fault]).faults)
