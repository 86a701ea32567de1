"""What a ticket asks: its questions, each with the words around it that it leans on.

A plain statement asks too ("My parcel has not arrived."), where no question takes it up.
Greetings, thanks and signatures ask nothing.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from agent.domain.ticket import Message, Ticket
from agent.pipeline.cues import Cues, cues, folded_text, weak_stems
from retrieval.sentences import split_sentences
from retrieval.text import tokens, words


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One thing that the ticket asks."""

    text: str  #: in the asker's words, without courtesies
    context: str = ""  #: what the ticket says around it
    only: bool = False  #: the ticket asks nothing else

    @property
    def query(self) -> str:
        return f"{self.text}\n{self.context}".strip()


class _Kind(StrEnum):
    QUESTION = "question"
    WANT = "want"
    PROBLEM = "problem"
    PLAIN = "plain"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Unit:
    """A sentence of a message, or one of the questions that a sentence joins."""

    text: str
    kind: _Kind
    paragraph: int
    stems: frozenset[str]
    topics: frozenset[str]


#: One ticket must not hold the event loop for seconds: each question is looked up and answered,
#: and finding them takes time with the square of their number.
MOST = 20
_READ = 20_000  #: characters of a message; one that a person wrote has a tenth of it


def asked(ticket: Ticket) -> tuple[Asked, ...]:
    """The first `MOST` questions of the waiting messages, in order; empty when nothing is said."""
    found = [q for message in ticket.messages for q in _of_message(message, ticket.language)]
    return alone(tuple(dict.fromkeys(found)))[:MOST]


def not_read(ticket: Ticket, questions: int) -> str | None:
    """Why a person must look: the ticket says or asks more than is read of it."""
    if questions >= MOST:
        return f"question: the message asks {MOST} things or more; the first {MOST} were read"
    if any(len(message.body) > _READ for message in ticket.messages):
        return f"question: the message is long; its first {_READ} characters were read"
    return None


def alone(questions: tuple[Asked, ...]) -> tuple[Asked, ...]:
    """The same questions; a single one is marked as such."""
    return tuple(replace(question, only=len(questions) == 1) for question in questions)


def _of_message(message: Message, language: str) -> list[Asked]:
    table = cues(language)
    units = list(_units(message.body[:_READ], language, table))
    subject = list(_units(message.subject, language, table))
    if not any(unit.kind is not _Kind.PLAIN for unit in units):
        asking = [unit for unit in subject if unit.kind is not _Kind.PLAIN]
        units = [*units, *(asking or ([] if units else subject))]
    about = " ".join(unit.text for unit in subject)
    return [_about(question, about) for question in _gather(units, table)]


def _about(question: Asked, subject: str) -> Asked:
    if not subject or subject in question.query:
        return question
    return replace(question, context=f"{subject}\n{question.context}".strip())


# --- sentences --------------------------------------------------------------------------------


def _units(body: str, language: str, table: Cues) -> Iterator[_Unit]:
    text = _without_signoff(body, table)
    for span in split_sentences(text, language):
        paragraph = len(_BLANK.findall(text, 0, span.start))
        sentence = text[span.start : span.end]
        if _is_signoff(sentence, table):
            continue
        sentence = _without_courtesy(sentence, table)
        for part in _parts(sentence, language, table):
            stems = frozenset(tokens(part, language))
            if stems or table.asks.within(folded_text(part)):
                yield _Unit(
                    text=part,
                    kind=_kind(part, stems, table, language),
                    paragraph=paragraph,
                    stems=stems,
                    topics=table.topics_of(part),
                )


_BLANK = re.compile(r"\n[ \t\r]*\n")
_FAREWELL_WORDS = 6  #: a longer line says more than goodbye
_LINES_AFTER = 4  #: name, role, company, telephone


def _without_signoff(body: str, table: Cues) -> str:
    """The body up to a short closing line near its end, unless something is asked below it."""
    lines = body.splitlines(keepends=True)
    for i, line in enumerate(lines):
        near_end = i > 0 and len(lines) - i - 1 <= _LINES_AFTER
        if near_end and _is_signoff(line, table) and "?" not in "".join(lines[i:]):
            return "".join(lines[:i])
    return body


def _is_signoff(line: str, table: Cues) -> bool:
    starts = table.signoffs.spans(folded_text(line.strip()))
    return bool(starts) and starts[0][0] == 0 and len(words(line)) <= _FAREWELL_WORDS


_EDGE = " \t\r\n,;.!:-\u2013\u2014)("
_NAME = re.compile(r"[ \t]*(?:[^\W\d_a-z][\w'.-]*[ \t]*){1,3}[,!:\r\n]")


def _without_courtesy(sentence: str, table: Cues) -> str:
    """The sentence without greeting and thanks around it; empty when it is nothing else."""
    text = _without_greeting(sentence.strip(), table)
    while True:
        shorter = _without_edge(text, table)
        if shorter == text:
            return "" if not words(text) else text
        text = shorter


def _without_greeting(text: str, table: Cues) -> str:
    spans = table.greetings.spans(folded_text(text))
    if not spans or spans[0][0] != 0 or len(text) != len(folded_text(text)):
        return text
    rest = text[spans[0][1] :]
    name = _NAME.match(rest)
    return (rest[name.end() :] if name else rest).strip(_EDGE) if rest.strip(_EDGE) else ""


def _without_edge(text: str, table: Cues) -> str:
    """Take one courtesy off the beginning or the end."""
    folded = folded_text(text)
    if len(folded) != len(text):
        return text
    last = len(text.rstrip(_EDGE + "?"))
    for start, end in table.courtesies.spans(folded):
        if start == 0 or end == last:
            return (text[:start] + text[end:]).strip(_EDGE)
    return text


def _parts(sentence: str, language: str, table: Cues) -> list[str]:
    """Cut where a joining word begins a second question, if both sides have matter."""
    folded = folded_text(sentence)
    if len(folded) != len(sentence) or not sentence:
        return [sentence] if sentence else []
    for start, _ in table.asks.spans(folded):
        cut = _join_before(folded, start, table)
        if cut is None:
            continue
        first, second = sentence[:cut].rstrip(" ,;"), sentence[start:]
        if tokens(first, language) and tokens(second, language):
            mark = "?" if _asks(sentence, table) else ""
            return [first + mark, *_parts(second, language, table)]
    return [sentence]


def _join_before(folded: str, start: int, table: Cues) -> int | None:
    """Where the joining word begins that ends right before `start`."""
    before = folded[:start].rstrip(" ,;")
    for begin, end in table.joins.spans(before):
        if end == len(before):
            return begin
    return None


def _kind(text: str, stems: frozenset[str], table: Cues, language: str) -> _Kind:
    """A statement of weak words alone is no wish and no trouble to be answered by itself."""
    folded = folded_text(text)
    if _asks(text, table):
        return _Kind.QUESTION
    if stems <= weak_stems(language) and not table.topics_of(text):
        return _Kind.PLAIN
    if table.wants.within(folded):
        return _Kind.WANT
    return _Kind.PROBLEM if table.problems.within(folded) else _Kind.PLAIN


def _asks(text: str, table: Cues) -> bool:
    """A question mark; or, as people leave it out, a question's beginning.

    It begins the sentence, behind "and" or "besides", or stands behind a comma. A single question
    word before a comma opens a clause ("When I opened it, …"), not a question.
    """
    if text.rstrip(" \"'»”)").endswith("?"):
        return True
    folded = _without_opener(folded_text(text).lstrip("¿ "), table)
    for start, end in table.asks.spans(folded):
        long = len(folded[start:end].split()) > 1
        if (start == 0 and (long or "," not in folded)) or (long and _told(folded, start, end)):
            return True
    behind = table.after_comma.spans(folded)
    return any(folded[:start].rstrip(" ¿").endswith((",", ":")) for start, _ in behind)


def _without_opener(folded: str, table: Cues) -> str:
    spans = [end for start, end in table.openers.spans(folded) if start == 0]
    return folded[spans[0] :].lstrip(" ,:;-¿") if spans else folded


def _told(folded: str, start: int, end: int) -> bool:
    """Three words or more announce a question wherever they stand ("I would like to know")."""
    return len(re.findall(r"\w+", folded[start:end])) > 2


# --- from sentences to questions ---------------------------------------------------------------


def _gather(units: Sequence[_Unit], table: Cues) -> Iterator[Asked]:
    """Each question with its context; then what stands open and no question takes up."""
    questions = [i for i, unit in enumerate(units) if unit.kind is _Kind.QUESTION]
    taken: dict[int, list[int]] = {q: [] for q in questions}
    alone: list[int] = []
    for i, unit in enumerate(units):
        if unit.kind is _Kind.QUESTION:
            continue
        owner = _owner(i, units, questions, table)
        if owner is not None:
            taken[owner].append(i)
        elif unit.kind is not _Kind.PLAIN or not questions:
            alone.append(i)
    asking = {q: _asked(units, [q], _around(q, units, taken[q], table)) for q in questions}
    asking |= dict(_statements(units, alone))
    yield from (asking[i] for i in sorted(asking))


def _owner(i: int, units: Sequence[_Unit], questions: Sequence[int], table: Cues) -> int | None:
    """The question that takes a statement up: the next in its paragraph, else the one before."""
    near = [q for q in questions if units[q].paragraph == units[i].paragraph]
    after = [q for q in near if q > i]
    before = [q for q in near if q < i]
    for q in (*after[:1], *before[-1:]):
        if _takes_up(units[q], units[i], table):
            return q
    later = [q for q in questions if q > i]
    if later and _leans(units[later[0]], table) and units[i].kind is not _Kind.PLAIN:
        return later[0]
    return None


def _takes_up(question: _Unit, statement: _Unit, table: Cues) -> bool:
    if statement.kind is _Kind.PLAIN or _leans(question, table):
        return True
    if question.topics & statement.topics or question.stems & statement.stems:
        return True
    return statement.kind is _Kind.PROBLEM and not statement.topics


def _leans(unit: _Unit, table: Cues) -> bool:
    """Whether it points back, or says too little to stand alone."""
    return len(unit.stems) < 2 or table.leans.within(folded_text(unit.text))


def _around(q: int, units: Sequence[_Unit], taken: Sequence[int], table: Cues) -> list[int]:
    """Context of a question: the statements it takes up; if it leans, the question before."""
    context = list(taken)
    earlier = [i for i in range(q) if units[i].kind is _Kind.QUESTION]
    if earlier and not context and _leans(units[q], table):
        context.append(earlier[-1])
    return context


def _statements(units: Sequence[_Unit], alone: Sequence[int]) -> Iterator[tuple[int, Asked]]:
    """Each wish asks; troubles, or plain words where there is nothing else, ask as one."""
    wants = [i for i in alone if units[i].kind is _Kind.WANT]
    rest = [i for i in alone if i not in wants]
    if wants:
        for i in wants:
            yield i, _asked(units, [i], rest)
    elif rest:
        yield rest[0], _asked(units, rest, ())


def _asked(units: Sequence[_Unit], asks: Iterable[int], around: Iterable[int]) -> Asked:
    return Asked(
        text=" ".join(units[i].text for i in asks),
        context=" ".join(units[i].text for i in around),
    )
