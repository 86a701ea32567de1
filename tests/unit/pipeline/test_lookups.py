"""Which tools a ticket's questions call for."""

from agent.pipeline.lookups import Lookup, Missing, planned
from agent.pipeline.questions import asked
from tests.unit.pipeline.small import a_desk, a_ticket, a_triage


def plan(
    body: str, *orders: str, language: str = "en"
) -> tuple[tuple[Lookup, ...], tuple[Missing, ...]]:
    ticket = a_ticket(body, language=language)
    return planned(asked(ticket), ticket, a_triage(*orders), a_desk())


def test_an_order_is_looked_up_when_the_ticket_asks_about_it() -> None:
    lookups, missing = plan("Where is my order 48213?", "48213")

    assert [(call.tool, call.arguments) for call in lookups] == [("order", {"order_id": "48213"})]
    assert missing == ()


def test_a_question_of_policy_looks_nothing_up() -> None:
    assert plan("How long do I have to return an item?") == ((), ())


def test_an_order_that_is_not_named_is_missing() -> None:
    lookups, missing = plan("My parcel has not arrived.")

    assert lookups == ()
    assert missing == (Missing(tool="order", argument="order_id", question=0),)


def test_one_order_is_looked_up_once_for_all_questions() -> None:
    lookups, _ = plan("Where is order 48213? Was order 48213 paid for?", "48213")

    assert len(lookups) == 1


def test_at_most_three_orders_are_looked_up() -> None:
    orders = [f"4821{n}" for n in range(6)]

    lookups, _ = plan(f"Where are my orders {', '.join(orders)}? They never arrived.", *orders)

    assert len(lookups) == 3


def test_ones_own_leave_is_looked_up_in_the_askers_words() -> None:
    for language, body in (
        ("en", "How many vacation days do I have left?"),
        ("nl", "Hoeveel vakantiedagen heb ik nog over?"),
        ("de", "Wie viele Urlaubstage habe ich noch?"),
    ):
        lookups, _ = plan(body, language=language)
        assert [call.tool for call in lookups] == ["leave_balance"], body


def test_a_tool_that_the_desk_does_not_have_is_not_called() -> None:
    lookups, _ = plan("Can I still return order 48213?", "48213")

    assert "refund_eligibility" not in [call.tool for call in lookups]
