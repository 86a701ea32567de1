"""The model-free writer: policy sentences to the letter, and the tools' own phrases.

It quotes; it never words a fact itself. What no source answers well enough is handed over.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from agent.domain.desk import Desk
from agent.domain.draft import ClaimKind, SourceKind, WrittenBy
from agent.pipeline.compose import is_foreign
from agent.pipeline.cues import Cues, cues
from agent.pipeline.lookups import NEEDS_ORDER, is_personal, topics
from agent.pipeline.match import Matcher
from agent.pipeline.phrasings import phrasings_of
from agent.pipeline.ports import Answered, Brief, Sentence, ToolTrouble, Written
from agent.pipeline.questions import Asked, alone
from agent.pipeline.quotes import Asking, Quote, best_quotes, quotes_of
from agent.pipeline.tellings import told

WRITER = "model-free"


class ModelFreeWriter:
    """Answers each question with one or two proved sentences, or says who will."""

    def __init__(self) -> None:
        self._matchers = Matchers()

    async def write(self, brief: Brief) -> Written:
        return written(brief, self._matchers(brief.desk, brief.ticket.language))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Reply:
    """What is said to one question."""

    facts: tuple[Sentence, ...] = ()
    frame: str = ""  #: key of what is asked or announced instead
    reason: str = ""  #: why the question is not answered, in words


def written(brief: Brief, matcher: Matcher) -> Written:
    """The reply to a brief. Pure: the same brief gives the same reply."""
    research = brief.research
    contexts = research.contexts or ("",) * len(research.questions)
    pairs = zip(research.questions, contexts, strict=True)
    questions = alone(tuple(Asked(text=text, context=context) for text, context in pairs))
    replies = _replies(questions, brief, matcher)
    answered = _answered(replies)
    return Written(
        sentences=(*_facts(replies), *_frames(replies, answered, brief)),
        answered=answered,
        reasons=tuple(dict.fromkeys(reply.reason for reply in replies if reply.reason))
        or (("question: the message asks nothing that could be read",) if not replies else ()),
        written_by=WrittenBy(writer=WRITER),
    )


def _replies(questions: Sequence[Asked], brief: Brief, matcher: Matcher) -> list[_Reply]:
    quotes = _quotes(brief, matcher)
    said: set[str] = set()
    replies: list[_Reply] = []
    for n, question in enumerate(questions):
        reply = _reply(n, question, quotes, brief, matcher)
        fresh = tuple(fact for fact in reply.facts if fact.text not in said)
        said.update(fact.text for fact in fresh)
        replies.append(_Reply(facts=fresh, frame=reply.frame, reason=reply.reason))
    return replies


def _reply(
    n: int, question: Asked, quotes: Sequence[Quote], brief: Brief, matcher: Matcher
) -> _Reply:
    table = cues(brief.ticket.language)
    touched = topics(question, brief.triage, brief.desk, table)
    told_by_tools = told(n, question, touched, brief.research.grounds)
    chosen = best_quotes(question, quotes, matcher, _asking(brief))
    trouble = next((t for t in brief.research.troubles if t.question == n), None)
    personal = is_personal(question, brief.triage, table) or "balance" in touched
    if told_by_tools.answers and (personal or not chosen):
        keep = chosen if _adds(question, touched, table) else ()
        return _Reply(facts=_sentences(n, told_by_tools.sentences, keep))
    if trouble is not None and (not chosen or _only_the_record_tells(trouble, touched)):
        return _in_trouble(trouble, n)
    if not chosen:
        return _Reply(frame="hand_over", reason=unanswered(n, brief))
    beside = () if told_by_tools.answers else told_by_tools.sentences
    return _Reply(facts=_sentences(n, (), chosen, beside))


def _only_the_record_tells(trouble: ToolTrouble, touched: frozenset[str]) -> bool:
    """Where an order is, no policy knows; but who names none may be asking in general."""
    return trouble.code != "missing-argument" and bool(touched & NEEDS_ORDER)


def _asking(brief: Brief) -> Asking:
    ranked = brief.triage.ranked or ((brief.triage.category, brief.triage.confidence),)
    return Asking(
        categories=dict(ranked),
        country=brief.ticket.requester.country,
        phrasings=phrasings_of(brief.desk, brief.ticket.language),
        above=brief.desk.thresholds.answer_above,
    )


def _adds(question: Asked, touched: frozenset[str], table: Cues) -> bool:
    """Whether policy belongs beside what a tool told: how long, how much, what to do."""
    return "balance" not in touched and bool(table.slots_of(question.text) & _FOR_POLICY)


_FOR_POLICY = frozenset({"duration", "money", "manner"})


def _in_trouble(trouble: ToolTrouble, n: int) -> _Reply:
    frame, reason = told_of(trouble, n)
    return _Reply(frame=frame, reason=reason)


def told_of(trouble: ToolTrouble, n: int) -> tuple[str, str]:
    """What a reply says of a failed lookup (key of a frame), and why question n stays open."""
    frame, why = _TROUBLES.get(trouble.code, ("hand_over", trouble.code))
    return frame, f"question {n + 1}: {trouble.tool} {why}"


_TROUBLES = {
    "missing-argument": ("ask_order", "needs the order number, which is not given"),
    "not-found": ("not_found", "found nothing of this requester under that number"),
    "unverified": ("sign_in", "reads personal data, and the requester is not verified"),
    "needs-approval": ("requested", "waits for an approval"),
    "timeout": ("hand_over", "did not answer in time"),
    "backend": ("hand_over", "could not be reached"),
    "refused": ("hand_over", "refused the lookup"),
}


def unanswered(n: int, brief: Brief) -> str:
    """Why question n stays open: a policy in another language may answer, or none does."""
    found = [
        ground.source.ref
        for ground in brief.research.grounds
        if ground.question == n and is_foreign(ground, brief.ticket.language)
    ]
    if found:
        language = brief.ticket.language
        return (
            f"question {n + 1}: no policy in {language!r}; "
            f"{found[0].id!r} in {found[0].language!r} may answer"
        )
    return f"question {n + 1}: no policy sentence answers it well enough"


# --- from replies to sentences -----------------------------------------------------------------


def _sentences(
    paragraph: int,
    first: Sequence[Sentence],
    chosen: Sequence[Quote],
    last: Sequence[Sentence] = (),
) -> tuple[Sentence, ...]:
    quoted = tuple(
        Sentence(text=q.text, kind=ClaimKind.FACT, grounds=(q.key,), paragraph=paragraph)
        for q in chosen
    )
    return (*first, *quoted, *last)


def _facts(replies: Sequence[_Reply]) -> list[Sentence]:
    return [fact for reply in replies for fact in reply.facts]


def _answered(replies: Sequence[_Reply]) -> Answered:
    open_ones = [reply for reply in replies if reply.frame]
    if replies and not open_ones:
        return Answered.FULLY
    return Answered.PARTLY if any(reply.facts for reply in replies) else Answered.NOT


def _frames(replies: Sequence[_Reply], answered: Answered, brief: Brief) -> list[Sentence]:
    keys = [reply.frame for reply in replies if reply.frame] if replies else ["ask_detail"]
    return framed(keys, answered, brief, paragraph=len(replies))


def framed(
    keys: Sequence[str], answered: Answered, brief: Brief, *, paragraph: int
) -> list[Sentence]:
    """What is asked or announced in the desk's own words, each once, below the facts."""
    frames = brief.desk.voice(brief.ticket.language).frames
    return [
        Sentence(
            text=frames[_named(key, answered)],
            kind=ClaimKind.QUESTION if key.startswith("ask_") else ClaimKind.NEXT_STEP,
            paragraph=paragraph,
        )
        for key in dict.fromkeys(keys)
    ]


def _named(key: str, answered: Answered) -> str:
    return "hand_over_part" if key == "hand_over" and answered is Answered.PARTLY else key


# --- quotes of a desk --------------------------------------------------------------------------


def _quotes(brief: Brief, matcher: Matcher) -> list[Quote]:
    language = brief.ticket.language
    return [
        quote
        for ground in brief.research.grounds
        if ground.source.ref.kind is SourceKind.POLICY and not is_foreign(ground, language)
        for quote in quotes_of(ground, matcher, _categories(brief.desk, ground.source.ref.file))
    ]


def _categories(desk: Desk, file: str | None) -> tuple[str, ...]:
    return next((policy.categories for policy in desk.policies if policy.file == file), ())


class Matchers:
    """One matcher a desk and language, made again when the desk's files change."""

    def __init__(self) -> None:
        self._made: dict[tuple[str, str], tuple[str, Matcher]] = {}

    def __call__(self, desk: Desk, language: str) -> Matcher:
        version, matcher = self._made.get((desk.name, language), (None, None))
        if matcher is None or version != desk.content_hash or not desk.content_hash:
            matcher = Matcher(desk, language)
            self._made[(desk.name, language)] = (desk.content_hash, matcher)
        return matcher
