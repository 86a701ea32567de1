"""`citedesk eval questions`: is the passage found, is the answer quoted, is a near miss declined.

No model takes part. A question is split as a ticket is, searched over its own handbook, and
answered with a few quoted sentences that the claim checker proves; or it is declined.
"""

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cache, lru_cache, partial
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from agent.citations.checker import ClaimChecker
from agent.desk import load_desk
from agent.domain.ids import ConversationId, DeskName, EventId, TicketId
from agent.domain.ticket import Assurance, Author, Channel, Message, Requester, Ticket
from agent.evals.chance import chance
from agent.evals.errors import BadCases
from agent.evals.measures import auroc, rounded, share
from agent.evals.retrieval import choose
from agent.pipeline.cues import cues
from agent.pipeline.kinds import SPECIFIC, answers_of
from agent.pipeline.meaning import glossary_of
from agent.pipeline.questions import Asked, asked
from agent.pipeline.research import fused, policy_source, rankings
from retrieval.answers import Said, excerpts
from retrieval.corpus import Passage, Policy, all_passages
from retrieval.index import Filter, FusedIndex, Hit, Options
from retrieval.refusal import REFUSE_BELOW
from tools.render import TOOL_NAMES

CUTS = (1, 3, 5)
_AT = datetime(2026, 1, 1, tzinfo=UTC)
_READ = 5  #: passages that are read for an answer
_SOFT = 0.4  #: of a kind that many a sentence has: what is allowed, how a thing is done
_HALF = 0.5  #: of a span that must lie in the other to count as found
_Short = Annotated[str, Field(min_length=1, max_length=300)]


class Gold(BaseModel):
    """A span that answers by itself; `start` counts characters of the file."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    file: _Short
    quote: Annotated[str, Field(min_length=1)]
    start: Annotated[int, Field(ge=0)]

    @property
    def end(self) -> int:
        return self.start + len(self.quote)


class Question(BaseModel):
    """A question in the asker's words; `lang` is its language."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    id: _Short
    lang: Annotated[str, Field(pattern="^[a-z]{2}$")]
    question: Annotated[str, Field(min_length=1, max_length=20_000)]
    corpus: _Short
    gold: tuple[Gold, ...] = ()
    answerable: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Tried:
    """What became of a question."""

    question: Question
    rank: int | None  #: place of the first passage that holds a gold span, from 1
    chance: float  #: that something found answers
    from_gold: bool  #: a proved sentence of the answer lies in a gold span

    @property
    def refused(self) -> bool:
        return self.chance < REFUSE_BELOW


def read_questions(path: Path) -> list[Question]:
    """The questions of a JSON Lines file. Raises `BadCases` with the first line at fault."""
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except UnicodeDecodeError as exc:
        raise BadCases(path, f"is not UTF-8 at byte {exc.start}", mend="save it as UTF-8") from exc
    found = [_question(path, n, line) for n, line in enumerate(lines, start=1) if line.strip()]
    if not found:
        raise BadCases(path, "holds no question", mend="write one JSON object a line")
    return found


def _question(path: Path, number: int, line: str) -> Question:
    try:
        return Question.model_validate(json.loads(line))
    except ValidationError as exc:
        fault = exc.errors(include_url=False)[0]
        where = ".".join(str(part) for part in fault["loc"])
        raise BadCases(path, f"{where}: {fault['msg']}", line=number, mend="mend it") from exc
    except ValueError as exc:
        mend = "write one JSON object a line"
        raise BadCases(path, f"no JSON ({exc})", line=number, mend=mend) from exc


#: Sections of a handbook are of all lengths, which a length normalisation of 0.75 over-punishes.
HANDBOOK_B = 0.6


def options_of(
    folder: Path | None, *, legs: str, feedback: bool = False, model: Path | None = None
) -> tuple[Options, str]:
    """How to search, with a desk's glossary where one is named, and who asks.

    Raises `EvalError` for a leg that is not known, `DeskError` for a desk with faults.
    """
    options = replace(choose(legs=legs, feedback=feedback, model=model), b=HANDBOOK_B)
    if folder is None:
        return options, "employee"
    desk = load_desk(folder, known_tools=TOOL_NAMES)
    glossary = cache(partial(glossary_of, desk))
    return replace(options, glossary_of=glossary), desk.audience


def measure_questions(
    questions: Sequence[Question],
    handbooks: Mapping[str, Sequence[Policy]],
    *,
    options: Options,
    audience: str = "employee",
) -> dict[str, Any]:
    """All figures, over all questions and by their language. Raises `BadCases` for a false span."""
    askers = {corpus: Asker(policies, options, audience) for corpus, policies in handbooks.items()}
    tried = [askers[question.corpus].tries(question) for question in questions]
    by_lang: defaultdict[str, list[Tried]] = defaultdict(list)
    for one in tried:
        by_lang[one.question.lang].append(one)
    report = figures(tried)
    report["by_lang"] = {lang: figures(part) for lang, part in sorted(by_lang.items())}
    return report


def figures(tried: Sequence[Tried]) -> dict[str, Any]:
    """Shares of 0 to 1; None where there is nothing to share."""
    real = [one for one in tried if one.question.answerable]
    near_misses = [one for one in tried if not one.question.answerable]
    found = [one for one in real if one.rank is not None and one.rank <= CUTS[-1]]
    return {
        "gold_in_top": {
            str(k): rounded(share(o.rank is not None and o.rank <= k for o in real)) for k in CUTS
        },
        "answered_from_gold": rounded(share(o.from_gold and not o.refused for o in real)),
        "unanswerable_refused": rounded(share(o.refused for o in near_misses)),
        "answerable_refused": rounded(share(o.refused for o in found)),
        "refusal_auroc": rounded(auroc([o.chance for o in real], [o.chance for o in near_misses])),
        "questions": len(tried),
        "answerable": len(real),
    }


def columns(report: Mapping[str, Any]) -> tuple[str, ...]:
    return ("figure", "all", *report["by_lang"])


def rows_of(report: Mapping[str, Any]) -> list[tuple[str, ...]]:
    """A row for each figure: over all, then by language."""
    parts = [report, *report["by_lang"].values()]
    names = [name for name in report if name not in ("gold_in_top", "by_lang")]
    rows = [
        (f"gold_in_top.{k}", *(_cell(part["gold_in_top"][str(k)]) for part in parts)) for k in CUTS
    ]
    return [*rows, *((name, *(_cell(part[name]) for part in parts)) for name in names)]


def _cell(value: float | None) -> str:
    return "-" if value is None else f"{value:.4g}"


# --- one handbook -----------------------------------------------------------------------------


class Asker:
    """Asks questions of one handbook."""

    def __init__(self, policies: Sequence[Policy], options: Options, audience: str) -> None:
        self._files = {policy.file: policy.text for policy in policies}
        self._index = FusedIndex(all_passages(policies), options=options)
        self._checker = ClaimChecker()
        self._seen_by = Filter(languages=(policies[0].language,), day=_AT.date(), audience=audience)

    def tries(self, question: Question) -> Tried:
        gold = [self._true(span, question) for span in question.gold]
        parts = asked(_ticket(question)) or (Asked(text=question.question),)
        whole = "\n".join(part.query for part in parts)
        queries = (whole, *(part.query for part in parts))
        runs = rankings(
            queries, index=self._index, seen_by=self._seen_by, asked_in=question.lang, k=_READ * 2
        )
        hits = fused(runs)[:_READ]
        places = (n for n, hit in enumerate(hits, start=1) if _holds(hit.passage, gold))
        return Tried(
            question=question,
            rank=next(places, None),
            chance=chance(parts, index=self._index, seen_by=self._seen_by, asked_in=question.lang),
            from_gold=any(
                _overlap(said.passage.policy.file, said.start, said.end, span)
                for said in self._answer(whole, parts, hits, question.lang)
                for span in gold
            ),
        )

    def _true(self, gold: Gold, question: Question) -> Gold:
        """The span with the file's own path, after a look that the quote stands there."""
        names = [f for f in self._files if f == gold.file or f.endswith(f"/{gold.file}")]
        for name in names:
            if self._files[name][gold.start : gold.end] == gold.quote:
                return gold.model_copy(update={"file": name})
        problem = "does not stand at its start" if names else "is of a file that is not there"
        mend = "offsets count characters of the file as UTF-8, line ends kept"
        raise BadCases(
            f"question {question.id!r}", f"its quote of {gold.file} {problem}", mend=mend
        )

    def _answer(
        self, whole: str, parts: Sequence[Asked], hits: Sequence[Hit], lang: str
    ) -> list[Said]:
        """The sentences of the excerpts that the claim checker proves, to the letter."""
        matter, _ = self._index.matter(whole, seen_by=self._seen_by, asked_in=lang)
        wanted = frozenset(k for part in parts for k in cues(lang).slots_of(part.text))
        has_kind = partial(_has_kind, wanted, self._seen_by.languages[0]) if wanted else None
        scored = [(hit.passage, hit.score) for hit in hits]
        found = excerpts(scored, matter, has_kind=has_kind)
        return [one for excerpt in found for one in excerpt.sentences if self._proved(one)]

    def _proved(self, said: Said) -> bool:
        language, source = said.passage.policy.language, policy_source(said.passage)
        text = " ".join(said.text.split())
        claims = self._checker.check(text, language=language, sources=[source])
        return any(claim.verdict.proved for claim in claims)


def _has_kind(wanted: frozenset[str], language: str, sentence: str) -> float:
    has = _kinds(sentence, language)
    return max(has.get(kind, 0.0) * (1.0 if kind in SPECIFIC else _SOFT) for kind in wanted)


@lru_cache(maxsize=8_192)
def _kinds(sentence: str, language: str) -> Mapping[str, float]:
    return answers_of(sentence, language)


def _holds(passage: Passage, gold: Iterable[Gold]) -> bool:
    return any(
        passage.policy.file == span.file
        and min(passage.end, span.end) - max(passage.start, span.start)
        >= _HALF * (span.end - span.start)
        for span in gold
    )


def _overlap(file: str, start: int, end: int, span: Gold) -> bool:
    """Whether half of the shorter of both lies in the other."""
    common = min(end, span.end) - max(start, span.start)
    return file == span.file and common >= _HALF * min(end - start, span.end - span.start)


def _ticket(question: Question) -> Ticket:
    message = Message(
        event_id=EventId(question.id),
        author=Author.CUSTOMER,
        sent_at=_AT,
        subject="",
        body=question.question,
    )
    return Ticket(
        id=TicketId(question.id),
        conversation=ConversationId(question.id),
        desk=DeskName("questions"),
        channel=Channel.API,
        requester=Requester(id="asker", assurance=Assurance.CLAIMED),
        language=question.lang,
        messages=(message,),
        received_at=_AT,
    )
