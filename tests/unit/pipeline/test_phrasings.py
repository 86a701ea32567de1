"""What a desk's question bank teaches."""

from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import numpy as np

from agent import kept
from agent.domain.desk import AskedAs, Desk
from agent.pipeline.phrasings import Phrasings, phrasings_of
from agent.pipeline.sentences import quotable
from agent.pipeline.sureness import Signs, sure
from agent.pipeline.write import ModelFreeWriter
from tests.unit.pipeline.small import a_brief, a_desk, a_ticket

ZIP = ("warranty", "A broken zip is repaired free of charge.")
DAYS = ("returns", "You can return an item within 30 days of delivery.")
COST = ("returns", "A return costs €3.90.")
BANK = {
    ("returns", "You can return an item"): (
        "is it too late to get rid of a coat I bought three weeks ago",
        "until when may I change my mind",
        "what's the cut-off for giving something back",
    ),
    ("returns", "A return costs"): (
        "what do I lose when I post something back",
        "is there a charge for changing my mind",
    ),
    ("warranty", "A broken zip"): (
        "the slider came off my jacket, do you mend that",
        "my fly won't close any more, who pays the tailor",
    ),
}


def a_taught_desk() -> Desk:
    asked = tuple(
        AskedAs(policy=policy, language="en", answer=begins, question=question)
        for (policy, begins), questions in BANK.items()
        for question in questions
    )
    return replace(a_desk(), asked=asked)


def test_a_question_is_most_like_those_that_ask_the_same_in_other_words() -> None:
    phrasings = Phrasings(a_taught_desk(), "en")

    for question, key in (
        ("the slider of my coat is gone, can you mend it?", ZIP),
        ("am I too late to change my mind?", DAYS),
    ):
        scores = phrasings.likeness(question).scores
        assert max(scores, key=lambda k: scores[k]) == key


def test_a_sentence_that_nobody_asked_for_is_a_way_to_ask_for_itself() -> None:
    phrasings = Phrasings(a_taught_desk(), "en")
    likeness = phrasings.likeness("How long does delivery to Ireland take?")

    best = max(likeness.scores, key=likeness.of)

    assert best == ("delivery", "Standard delivery to Ireland takes 4 to 6 working days.")


def test_what_is_like_nothing_scores_low() -> None:
    likeness = Phrasings(a_taught_desk(), "en").likeness("Xylophone zebra quartz?")

    assert max(likeness.scores.values()) < 0.1


def test_passages_come_most_alike_first_and_once() -> None:
    phrasings = Phrasings(a_taught_desk(), "en")
    found = [p.id for p in phrasings.passages(phrasings.likeness("do you mend a slider?"))]

    assert found[0] == "warranty/en#how-long-the-warranty-lasts"
    assert len(set(found)) == len(found) == 4


def test_a_desk_without_a_bank_has_no_phrasings() -> None:
    assert not Phrasings(a_desk(), "en")
    assert not Phrasings(a_taught_desk(), "de")
    assert Phrasings(a_desk(), "en").likeness("anything").scores == {}


def test_phrasings_are_learnt_once_for_each_version_of_a_desk() -> None:
    one = replace(a_taught_desk(), content_hash="1")

    assert phrasings_of(one, "en") is phrasings_of(one, "en")
    assert phrasings_of(one, "en") is not phrasings_of(replace(one, content_hash="2"), "en")


def test_learning_twice_gives_the_same() -> None:
    desk = a_taught_desk()

    first, second = (Phrasings(desk, "en").likeness("too late?").scores for _ in range(2))

    assert first == second


async def test_the_writer_answers_in_words_that_no_policy_has() -> None:
    ticket = a_ticket("My slider came off, is it you who mends that?")
    brief = await a_brief(ticket, desk=a_taught_desk())
    untaught = await a_brief(ticket)
    writer = ModelFreeWriter()

    taught, plain = await writer.write(brief), await writer.write(untaught)

    assert [s.text for s in taught.sentences][:1] == [ZIP[1]]
    assert ZIP[1] not in [s.text for s in plain.sentences]


def a_sign(**given: float) -> Signs:
    none = Signs(
        alike=0.0,
        ahead=0.0,
        covers=0.0,
        leads=0.0,
        has_kind=0.0,
        lacks_kind=0.0,
        category=0.0,
    )
    return replace(none, **given)


def test_more_that_speaks_for_a_sentence_makes_it_surer() -> None:
    for sign in ("alike", "ahead", "covers", "leads", "has_kind", "category"):
        steps = [sure(a_sign(**{sign: value / 4})) for value in range(5)]
        assert all(a < b for a, b in pairwise(steps)), sign
    assert sure(a_sign(alike=0.3, lacks_kind=1.0)) < sure(a_sign(alike=0.3))


def test_nothing_that_speaks_for_a_sentence_leaves_it_unused() -> None:
    assert sure(a_sign()) < 0.05
    assert sure(a_sign(alike=1.0, ahead=1.0, covers=1.0)) > 0.99


def test_a_list_item_is_quoted_without_its_marker_and_a_fragment_not_at_all() -> None:
    text = "# Heading\n\n- **Bold** point one.\n- fragment\n\n| a | b |\n\nA line\nthat goes on."

    assert [s for _, s in quotable(text, "en")] == ["Bold point one.", "A line that goes on."]


def test_what_was_learnt_once_is_read_at_the_next_start(tmp_path: Path) -> None:
    first = Phrasings(a_taught_desk(), "en", tmp_path / "bank-1.npz")
    question = "the slider of my coat is gone, can you mend it?"

    learnt_again = Phrasings(a_taught_desk(), "en").likeness(question).scores
    again = Phrasings(a_taught_desk(), "en", tmp_path / "bank-1.npz").likeness(question).scores

    assert first.likeness(question).scores == again == learnt_again


def test_a_kept_bank_of_other_sentences_is_not_believed(tmp_path: Path) -> None:
    desk = a_taught_desk()
    Phrasings(replace(desk, policies=desk.policies[:1]), "en", tmp_path / "bank-1.npz")

    found = Phrasings(desk, "en", tmp_path / "bank-1.npz").likeness("who mends my zip?")

    assert found.scores == Phrasings(desk, "en").likeness("who mends my zip?").scores


def test_a_kept_bank_that_tells_nothing_is_learnt_again(tmp_path: Path) -> None:
    desk, file = a_taught_desk(), tmp_path / "bank-1.npz"
    Phrasings(desk, "en", file)
    weights = kept.load(file)["weights"]
    kept.save({"meta": np.frombuffer(b"{}", dtype=np.uint8), "weights": weights}, file)

    assert Phrasings(desk, "en", file).likeness("who mends my zip?").of(ZIP) > 0
