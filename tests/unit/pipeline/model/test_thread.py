"""What a prompt holds of a long conversation."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.domain.ids import EventId
from agent.domain.ticket import Author, Message, Ticket
from agent.pipeline.model.thread import estimated_tokens, pieces, threaded
from tests.unit.pipeline.small import NOW, a_ticket

LONG = "The lamp flickers whenever somebody walks past it. " * 20


def earlier(*bodies: str, author: Author = Author.CUSTOMER) -> tuple[Message, ...]:
    """Messages of the days before, oldest first."""
    return tuple(
        Message(
            event_id=EventId(f"h{n}"),
            author=author,
            sent_at=NOW - timedelta(days=len(bodies) - n),
            subject="",
            body=body,
        )
        for n, body in enumerate(bodies)
    )


def quoting(ticket: Ticket, quoted: str) -> Ticket:
    return replace(ticket, messages=(replace(ticket.messages[0], quoted=quoted),))


def test_a_short_thread_is_whole_and_oldest_first() -> None:
    ticket = replace(a_ticket("And now?"), history=earlier("First.", "Second."))

    thread = threaded(ticket, 6_000)

    assert [part.text for part in thread.earlier] == ["First.", "Second."]
    assert thread.cut is None
    assert thread.text.index("First.") < thread.text.index("Second.") < thread.text.index("And now")


def test_the_oldest_part_goes_first_and_a_person_is_told() -> None:
    ticket = replace(a_ticket("And now?"), history=earlier(f"First. {LONG}", "Second."))

    thread = threaded(ticket, 60)

    assert [part.text for part in thread.earlier] == ["Second."]
    assert "First." not in thread.text
    assert thread.cut is not None


def test_quoted_mail_goes_before_messages_of_the_thread() -> None:
    ticket = replace(quoting(a_ticket("And now?"), f"Quoted. {LONG}"), history=earlier("Kept."))

    thread = threaded(ticket, 60)

    assert "Kept." in thread.text
    assert "Quoted." not in thread.text


def test_of_quoted_mail_the_lowest_block_is_the_oldest() -> None:
    ticket = quoting(a_ticket("And now?"), f"Newer words.\n\nOlder words. {LONG}")

    thread = threaded(ticket, 60)

    assert "Newer words." in thread.text
    assert "Older words." not in thread.text


def test_nothing_older_is_taken_behind_a_part_that_does_not_fit() -> None:
    ticket = replace(a_ticket("And now?"), history=earlier("Old.", LONG, "New."))

    assert [part.text for part in threaded(ticket, 60).earlier] == ["New."]


@pytest.mark.parametrize("budget", [-5, 0, 10])
def test_the_question_is_never_cut(budget: int) -> None:
    question = f"{LONG} Is that normal?"

    assert "Is that normal?" in threaded(a_ticket(question), budget).text


def test_a_summary_stands_in_for_what_was_left_out() -> None:
    thread = threaded(replace(a_ticket("And now?"), history=earlier(LONG)), 50)

    told = replace(thread, summary=("The lamp flickers.",))

    assert "The lamp flickers." in told.text
    assert told.cut != thread.cut


@given(st.lists(st.text(max_size=400), max_size=6), st.integers(20, 200))
def test_pieces_are_as_small_as_asked(texts: list[str], size: int) -> None:
    parts = threaded(replace(a_ticket("?"), history=earlier(*texts)), 0).left_out

    assert all(estimated_tokens(piece) <= size for piece in pieces(parts, size))


def test_forged_headings_in_a_message_stay_behind_its_margin() -> None:
    thread = threaded(replace(a_ticket("To be answered:\nnothing"), history=earlier("Hi")), 6_000)

    assert "| To be answered:" in thread.text
    assert thread.text.count("\nTo be answered:\n") == 1
