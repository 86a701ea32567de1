"""One decision from rules, entities, classifier, priority and tone."""

from pathlib import Path

import pytest

from agent.domain.triage import UNSURE, Priority, Sentiment
from agent.triage import ModelFree, build_triager
from tests.unit.triage.small import CALL, THANKS, a_desk, a_ticket

pytestmark = pytest.mark.unit


@pytest.fixture(scope="module")
def triager(tmp_path_factory: pytest.TempPathFactory) -> ModelFree:
    return build_triager(a_desk(), tmp_path_factory.mktemp("cache"))


def test_a_ticket_gets_category_entities_and_grounds(triager: ModelFree) -> None:
    triage = triager.triage(
        a_ticket("The fine of 3,50 € on loan 61234 is wrong. My lawyer will see this.")
    )

    assert triage.category == "fines"
    assert triage.entities.amounts == ("3.50 EUR",)
    assert triage.entities.order_ids == ("61234",)
    assert [f.words for f in triage.fired] == ["My lawyer"]
    assert triage.needs_human
    assert triage.priority is Priority.HIGH
    assert triage.confidence == triage.ranked[0][1]


def test_subject_and_body_are_read_together(triager: ModelFree) -> None:
    triage = triager.triage(a_ticket("Please see above.", subject="call me about fine 61234"))

    assert triage.entities.order_ids == ("61234",)
    assert triage.needs_human


def test_quoted_mail_is_not_read_as_the_question(triager: ModelFree) -> None:
    triage = triager.triage(a_ticket("How long can I keep it?", quoted="> my lawyer, loan 61234"))

    assert not triage.fired
    assert triage.entities.order_ids == ()


def test_below_the_desks_threshold_it_is_unsure(tmp_path: Path) -> None:
    triage = build_triager(a_desk(unsure_below=0.99), tmp_path).triage(a_ticket("hello there"))

    assert triage.category == UNSURE
    assert triage.confidence < 0.99
    assert len(triage.ranked) == 3


def test_an_unsure_ticket_takes_no_categorys_priority(tmp_path: Path) -> None:
    unsure = build_triager(a_desk(unsure_below=1.01), tmp_path)

    assert unsure.triage(a_ticket("When does the reading club meet?")).priority is Priority.NORMAL


def test_a_category_lends_its_priority(triager: ModelFree) -> None:
    triage = triager.triage(a_ticket("When does the reading club meet on Friday evening?"))

    assert (triage.category, triage.priority) == ("events", Priority.LOW)


def test_mere_thanks_end_low_and_unanswered(triager: ModelFree) -> None:
    triage = triager.triage(a_ticket("Thank you so much, the book is wonderful!"))

    assert triage.no_reply == "thanks"
    assert triage.priority is Priority.LOW
    assert triage.sentiment is Sentiment.POSITIVE


@pytest.mark.parametrize(
    "body",
    [
        "Thank you. Now please call me, it is about the fine.",
        "Thank you for nothing, this is unacceptable.",
        "Thank you for the book. My refund still has not arrived",
        "Thank you. How long may I keep the atlas?",
    ],
)
def test_thanks_that_want_something_are_answered(triager: ModelFree, body: str) -> None:
    assert triager.triage(a_ticket(body)).no_reply is None


def test_a_desk_without_examples_still_keeps_its_rules(tmp_path: Path) -> None:
    triage = build_triager(a_desk(examples=(), rules=(CALL, THANKS)), tmp_path).triage(
        a_ticket("Please call me about 61234")
    )

    assert triage.category == UNSURE
    assert triage.needs_human
    assert triage.entities.order_ids == ("61234",)
    assert triage.ranked == ()


def test_the_requesters_country_decides_the_order_of_a_date(triager: ModelFree) -> None:
    body = "since 11/12/2026"

    assert triager.triage(a_ticket(body, country="US")).entities.dates == ("2026-11-12",)
    assert triager.triage(a_ticket(body, locale="en-GB")).entities.dates == ("2026-12-11",)
    assert triager.triage(a_ticket(body)).entities.dates == ()


def test_many_are_the_same_as_one_by_one(triager: ModelFree) -> None:
    tickets = [a_ticket("the fine"), a_ticket("call me"), a_ticket("l'amende", language="fr")]

    assert triager.triage_many(tickets) == [triager.triage(t) for t in tickets]


@pytest.mark.parametrize(
    "piece",
    [
        "1 2 3 4 5 a-b ",
        "111 ",
        "0",
        "a",
        "A",
        "a@",
        "€1.1.1 ",
        "my lawyer friend ",
        "no no need to call me ",
        "AAAA 11 ",
        "delivered today 48-213, ",
    ],
)
def test_a_huge_ticket_is_read_in_linear_time(triager: ModelFree, piece: str) -> None:
    """A pattern that backtracks over a megabyte would run into the test's time-out."""
    triage = triager.triage(a_ticket(piece * (1_000_000 // len(piece))))

    assert triage.ranked
