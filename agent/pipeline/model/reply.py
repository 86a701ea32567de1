"""A model's reply: what is wrong with it, and what it becomes. Pure.

Nothing that a model writes is trusted: a sentence names evidence that was given, in the language
of the ticket, without markup; the rest of the reply is the desk's own words.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from agent.citations.kinds import Frames, kind_of
from agent.citations.reading import read
from agent.domain.draft import ClaimKind, SourceKind, WrittenBy
from agent.intake import detect
from agent.pipeline.model.evidence import Shown, source_text
from agent.pipeline.model.fence import one_line
from agent.pipeline.model.schema import Needs, ReplyAnswer, Said
from agent.pipeline.ports import Answered, Brief, Sentence, ToolTrouble, Written
from agent.pipeline.write import framed, told_of, unanswered

_MARKS = re.compile(r"\s*[\[(](?:\^?\d{1,3}|E\d{1,2}(?:\s*[,;]\s*E\d{1,2})*)[\])]")
_MARKUP = re.compile(r"<\s*[/!]?[A-Za-z][^>]*>|\]\(|```|\*\*|&(?:[a-z]{2,8}|#\d{1,6});|^\s*#")
_LINK = re.compile(r"(?:https?://|www\.)\S+|\S+@\S+\.\S+", re.IGNORECASE)
_ENDS = (".", "!", "?", "…", ":")
_OPENING: Final = 200  #: characters; a longer courtesy says something
_TELLING: Final = 40  #: characters from which a sentence's language is sure by itself
_SURE: Final = 0.9
_NEEDS: Final[Mapping[Needs, str]] = {
    Needs.ORDER_NUMBER: "ask_order",
    Needs.DETAIL: "ask_detail",
    Needs.PERSON: "hand_over",
}


def faults(reply: ReplyAnswer, given: Shown, brief: Brief) -> tuple[str, ...]:
    """Why the reply cannot be used, in words that a model can act on; none of the ticket's."""
    found = [
        f"sentence {n} {fault}"
        for n, said in enumerate(reply.sentences, start=1)
        for fault in _sentence_faults(said, given, brief)
    ]
    if not reply.sentences and not reply.open:
        found.append("there is neither a sentence nor an open question")
    if not _in_language([plain(said.text) for said in reply.sentences], brief):
        found.append(f"the sentences are not in the language {brief.ticket.language!r}")
    return tuple(found)


def _sentence_faults(said: Said, given: Shown, brief: Brief) -> Iterator[str]:
    text = plain(said.text)
    if not any(c.isalnum() for c in text):
        yield "is empty"
    if not said.evidence:
        yield "names no evidence"
    if any(key not in given.grounds for key in said.evidence):
        yield f"names evidence that was not given (given: {given.ids})"
    if said.question > len(brief.research.questions):
        yield "answers a question that is not listed"
    if _MARKUP.search(text):
        yield "has markup; write plain text"
    sources = [source_text(given.grounds[k].source) for k in said.evidence if k in given.grounds]
    links = [link.rstrip(".,;:!?)") for link in _LINK.findall(text)]
    if any(not any(link in source for source in sources) for link in links):
        yield "names a link or an address that its evidence does not have"


def plain(text: str) -> str:
    """A sentence on one line, without marks of sources: `compose` puts those."""
    return one_line(_MARKS.sub("", text))


def _in_language(texts: Sequence[str], brief: Brief) -> bool:
    """Whether the whole, and each sentence long enough to tell, is in the ticket's language."""
    language = brief.ticket.language
    known = tuple(dict.fromkeys((*brief.desk.understands, language)))
    whole = detect(" ".join(texts), known, None, language)
    if whole.other is not None or whole.language != language:
        return False
    long = [text for text in texts if len(text) >= _TELLING] if len(texts) > 1 else []
    return all(_may_be(text, language, known) for text in long)


def _may_be(text: str, language: str, known: Sequence[str]) -> bool:
    one = detect(text, known, None, language)
    return one.language == language or one.confidence < _SURE


# --- from a sound reply to sentences ------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class _Stays:
    """A question that stays open: what the reply says instead, and why."""

    frame: str
    reason: str


def written(reply: ReplyAnswer, given: Shown, brief: Brief, by: WrittenBy) -> Written:
    """The reply as the pipeline composes it: facts, and the desk's frames for what stays open."""
    facts = _facts(reply, given, brief)
    open_ones = list(_open(reply, facts, given, brief))
    answered = _answered(facts, open_ones)
    frames = [one.frame for one in open_ones] if brief.research.questions else ["ask_detail"]
    last = len(brief.research.questions)
    return Written(
        sentences=(
            *_opening(reply.opening, brief),
            *facts,
            *framed(frames, answered, brief, paragraph=last),
        ),
        answered=answered,
        reasons=tuple(dict.fromkeys(one.reason for one in open_ones))
        or (() if facts else ("question: the message asks nothing that could be read",)),
        written_by=by,
    )


def _facts(reply: ReplyAnswer, given: Shown, brief: Brief) -> tuple[Sentence, ...]:
    """Each fact once, under its question."""
    facts: dict[str, Sentence] = {}
    for said in reply.sentences:
        text = _ended(plain(said.text))
        sentence = Sentence(
            text=text,
            kind=ClaimKind.FACT,
            grounds=given.names(said.evidence),
            paragraph=said.question - 1,
        )
        facts.setdefault(text, sentence)
    return tuple(facts.values())


def _ended(text: str) -> str:
    return text if text.rstrip("\"'»”)").endswith(_ENDS) else f"{text}."


def _open(
    reply: ReplyAnswer, facts: Sequence[Sentence], given: Shown, brief: Brief
) -> Iterator[_Stays]:
    """Every question that no sentence answers, or that needs a record which was not found."""
    needs = {one.question - 1: one.needs for one in reply.open}
    records = {g.key for g in given.grounds.values() if g.source.ref.kind is SourceKind.TOOL}
    for n in range(len(brief.research.questions)):
        of_it = [fact for fact in facts if fact.paragraph == n]
        told_by_record = any(key in records for fact in of_it for key in fact.grounds)
        trouble = next((t for t in brief.research.troubles if t.question == n), None)
        if of_it and n not in needs and (told_by_record or not _matters(trouble)):
            continue
        if trouble is not None:
            frame, reason = told_of(trouble, n)
            yield _Stays(frame=frame, reason=reason)
        else:
            frame = _NEEDS[needs.get(n, Needs.PERSON)]
            yield _Stays(frame=frame, reason=unanswered(n, brief))


def _matters(trouble: ToolTrouble | None) -> bool:
    """Whether a failed lookup leaves a question open though a policy speaks of it."""
    return trouble is not None and trouble.code != "missing-argument"


def _answered(facts: Sequence[Sentence], open_ones: Sequence[_Stays]) -> Answered:
    if facts and not open_ones:
        return Answered.FULLY
    return Answered.PARTLY if facts else Answered.NOT


def _opening(text: str, brief: Brief) -> Iterator[Sentence]:
    """A courtesy, where it is one by its form and in the right language; else nothing."""
    said = plain(text)
    language = brief.ticket.language
    if not said or len(said) > _OPENING or _MARKUP.search(said) or not _in_language([said], brief):
        return
    if kind_of(read(said, language), Frames.of((), language)) is ClaimKind.COURTESY:
        yield Sentence(text=_ended(said), kind=ClaimKind.COURTESY, paragraph=-1)
