"""Which sentences answer, and when nothing does."""

from retrieval.answers import excerpts
from retrieval.corpus import all_passages
from retrieval.index import Filter, FusedIndex
from retrieval.refusal import REFUSE_BELOW, answerable, signs
from tests.unit.retrieval.test_index import DAY, a_policy

LEAVE = a_policy(
    "leave",
    "# Leave\n## Carrying over\nLeave is for resting. You may carry five days into the next year. "
    "They lapse in July.\n## Sickness\nReport illness before nine in the morning.",
)
TRAVEL = a_policy(
    "travel",
    "# Travel\n## Hotels\nA hotel may cost 150 euros a night.\n## Trains\nTrains are second class.",
)
MORE = [a_policy(f"x{n}", f"# Topic {n}\nThis is about thing{n} and place{n}.") for n in range(20)]
INDEX = FusedIndex(all_passages([LEAVE, TRAVEL, *MORE]))
SEEN_BY = Filter(languages=("en",), day=DAY)


def chance(question: str, asked_in: str = "en") -> float:
    found = INDEX.search(question, seen_by=SEEN_BY, asked_in=asked_in)
    matter, rarest = INDEX.matter(question, seen_by=SEEN_BY, asked_in=asked_in)
    return answerable(signs(found, matter, rarest))


def best(question: str, asked_in: str = "en") -> list[str]:
    found = INDEX.search(question, seen_by=SEEN_BY, asked_in=asked_in)
    matter, _ = INDEX.matter(question, seen_by=SEEN_BY, asked_in=asked_in)
    scored = [(hit.passage, hit.score) for hit in found]
    return [one.text for excerpt in excerpts(scored, matter) for one in excerpt.sentences]


def test_the_sentence_that_covers_the_question_is_quoted_with_the_one_behind_it() -> None:
    assert best("How many days can I carry over to next year?")[:2] == [
        "You may carry five days into the next year.",
        "They lapse in July.",
    ]


def test_a_question_in_another_language_is_answered_from_the_same_sentence() -> None:
    assert "A hotel may cost 150 euros a night." in best("Wie viel darf ein Hotel kosten?", "de")


def test_no_sentence_is_quoted_twice() -> None:
    quoted = best("leave days year July carry")

    assert len(quoted) == len(set(quoted))


def test_a_question_that_a_passage_covers_is_surer_than_a_near_miss() -> None:
    assert chance("What may a hotel cost a night?") > REFUSE_BELOW
    assert chance("What may a helicopter cost for my grandmother's parrot?") < REFUSE_BELOW


def test_nothing_found_is_nothing_to_answer_with() -> None:
    assert chance("zzz qqq") == 0.0
    assert chance("") == 0.0


def test_what_is_told_around_a_question_weighs_less_than_what_is_asked() -> None:
    asks = "What may a hotel cost a night?"
    told = f"{asks}\nMy grandmother lives in Trondheim and keeps parrots."
    found = INDEX.search(told, seen_by=SEEN_BY)

    def judged(focus: str | None) -> float:
        matter, rarest = INDEX.matter(told, seen_by=SEEN_BY, focus=focus)
        return answerable(signs(found, matter, rarest))

    assert judged(asks) > judged(None)


def test_words_that_tell_little_weigh_less() -> None:
    plain, _ = INDEX.matter("hotel grandmother", seen_by=SEEN_BY)
    weak, _ = INDEX.matter("hotel grandmother", seen_by=SEEN_BY, weak="grandmother")

    assert weak.concepts[0] == plain.concepts[0]
    assert weak.concepts[1][1] < plain.concepts[1][1]
