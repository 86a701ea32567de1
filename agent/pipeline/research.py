"""What is known about a ticket's questions: tool results within the requester's scope, and policy.

Model-free: which tools are called follows from the words of each question, never from an
instruction in the text, and whose records they read is fixed by the ticket's requester.
"""

import asyncio
from collections.abc import Iterable, Sequence
from functools import cache, lru_cache, partial
from itertools import islice

from agent.citations.source import Source
from agent.domain.desk import Desk
from agent.domain.draft import SourceKind, SourceRef
from agent.domain.ids import SourceId
from agent.domain.ticket import Ticket
from agent.domain.triage import Triage
from agent.pipeline.asks import queries_of, with_missed
from agent.pipeline.calling import LookedUp, look_up, tool_source
from agent.pipeline.lookups import Missing, planned
from agent.pipeline.meaning import glossary_of
from agent.pipeline.phrasings import Phrasings, phrasings_of
from agent.pipeline.ports import Ground, Research, ToolTrouble
from agent.pipeline.questions import Asked, asked
from retrieval.corpus import Passage, all_passages
from retrieval.fusion import diverse, reciprocal_rank
from retrieval.index import (
    Filter,
    FusedIndex,
    Hit,
    Options,
    PolicyIndex,
    lets_through,
    searched,
)
from tools.registry import Registry

PASSAGES = 6  #: a question's passages
TOKENS = 2_500  #: and about how many tokens of a model they may take
_LETTERS = 4  #: of a token, in the languages of the desks


class Indexes:
    """One index a desk, built when first asked for and again when the desk's files change."""

    def __init__(self) -> None:
        self._options: dict[str, tuple[tuple[tuple[str, ...], ...], Options]] = {}
        self._by_desk: dict[str, tuple[str, FusedIndex]] = {}

    def __call__(self, desk: Desk) -> PolicyIndex:
        version, index = self._by_desk.get(desk.name, (None, None))
        if index is None or version != desk.content_hash or not desk.content_hash:
            index = self._kept(desk, index)
            self._by_desk[desk.name] = (desk.content_hash, index)
        return index

    def _kept(self, desk: Desk, index: FusedIndex | None) -> FusedIndex:
        """The index with what changed in the desk; a new one where the words it knows changed."""
        options = self._options.get(desk.name)
        if index is None or options is None or options[0] != desk.glossary:
            made = Options(glossary_of=cache(partial(glossary_of, desk)))
            self._options[desk.name] = (desk.glossary, made)
            return FusedIndex(all_passages(desk.policies), options=made)
        index.change(all_passages(desk.policies))
        return index


class DeskResearcher:
    """Looks up what the ticket asks. Holds no state of a ticket."""

    def __init__(self, registry: Registry, indexes: Indexes | None = None) -> None:
        self._registry = registry
        self._indexes = indexes or Indexes()

    async def research(self, ticket: Ticket, triage: Triage, desk: Desk) -> Research:
        return await research(
            ticket, triage, desk, index=self._indexes(desk), registry=self._registry
        )


async def research(
    ticket: Ticket, triage: Triage, desk: Desk, *, index: PolicyIndex, registry: Registry
) -> Research:
    """The ticket's questions and what was found for each. A failed lookup never raises."""
    questions = with_missed(asked(ticket), triage)
    lookups, missing = planned(questions, ticket, triage, desk)
    looked_up = await asyncio.gather(*(look_up(call, ticket, registry) for call in lookups))
    grounds = [
        *_tool_grounds(looked_up),
        *_policy_grounds(questions, ticket, triage, desk, index),
    ]
    return Research(
        questions=tuple(question.text for question in questions),
        contexts=tuple(question.context for question in questions),
        grounds=tuple(_keyed(grounds)),
        troubles=(*_troubles(looked_up), *(_missing(gap) for gap in missing)),
    )


# --- tools ------------------------------------------------------------------------------------


def _tool_grounds(looked_up: Iterable[LookedUp]) -> list[Ground]:
    found = [(done, done.result) for done in looked_up if done.result is not None]
    return [
        Ground(
            key="",
            source=tool_source(SourceId(f"T{n}"), result, done),
            topic=done.facts[0].topic if done.facts else "",
            question=done.lookup.question,
            score=1.0,
        )
        for n, (done, result) in enumerate(found, start=1)
    ]


def _troubles(looked_up: Sequence[LookedUp]) -> Iterable[ToolTrouble]:
    """What went wrong, but not that an order which is there has no shipment yet."""
    found = {done.lookup.subject for done in looked_up if done.result is not None}
    for done in looked_up:
        if done.result is None and not (done.code == "not-found" and done.lookup.subject in found):
            yield ToolTrouble(
                tool=done.lookup.tool,
                code=done.code,
                detail=done.detail,
                question=done.lookup.question,
            )


def _missing(gap: Missing) -> ToolTrouble:
    return ToolTrouble(
        tool=gap.tool,
        code="missing-argument",
        detail=f"needs {gap.argument}, which the ticket does not give",
        question=gap.question,
    )


# --- policy -----------------------------------------------------------------------------------


def _policy_grounds(
    questions: Sequence[Asked], ticket: Ticket, triage: Triage, desk: Desk, index: PolicyIndex
) -> list[Ground]:
    """The passages of every question, each once, under the question that found it first."""
    found: dict[str, Ground] = {}
    for n, question in enumerate(questions):
        for hit in _hits(question, ticket, desk, index, queries_of(n, triage)):
            ground = Ground(key="", source=policy_source(hit.passage), question=n, score=hit.score)
            found.setdefault(hit.passage.id, ground)
    return list(found.values())


def _hits(
    question: Asked, ticket: Ticket, desk: Desk, index: PolicyIndex, rewritten: Sequence[str]
) -> list[Hit]:
    """In the ticket's language; where that has nothing, the desk's own language as evidence."""
    for language in dict.fromkeys((ticket.language, desk.default_language)):
        seen_by = Filter(
            languages=(language,),
            day=ticket.received_at.date(),
            country=ticket.requester.country,
            audience=ticket.requester.audience,
        )
        runs = rankings(
            (question.query, *rewritten),
            index=index,
            seen_by=seen_by,
            asked_in=ticket.language,
            k=PASSAGES,
        )
        runs.append(_asked_alike(question, phrasings_of(desk, language), seen_by))
        if any(runs):
            return picked(fused(runs))
    return []


def rankings(
    queries: Iterable[str], *, index: PolicyIndex, seen_by: Filter, asked_in: str, k: int
) -> list[list[Hit]]:
    """The `k` best passages of each query, once for queries that are equal."""
    return [
        index.search(query, seen_by=seen_by, k=k, asked_in=asked_in)
        for query in dict.fromkeys(queries)
    ]


def picked(hits: Sequence[Hit]) -> list[Hit]:
    """What a writer is given: no near-duplicates, within a budget of about `TOKENS`."""
    return diverse(
        hits,
        words=lambda hit: _stems(hit.passage),
        cost=lambda hit: len(hit.passage.text) // _LETTERS,
        k=PASSAGES,
        budget=TOKENS,
    )


@lru_cache(maxsize=8_192)
def _stems(passage: Passage) -> frozenset[str]:
    return frozenset(searched(passage))


def _asked_alike(question: Asked, phrasings: Phrasings, seen_by: Filter) -> list[Hit]:
    """The passages that people ask for in such words, as far as the requester may see them."""
    if not phrasings:
        return []
    likeness = phrasings.likeness(question.query)
    seen = (p for p in phrasings.passages(likeness) if lets_through(seen_by, p.policy))
    return [
        Hit(passage=p, score=1 / rank) for rank, p in enumerate(islice(seen, PASSAGES), start=1)
    ]


def fused(runs: Sequence[Sequence[Hit]]) -> list[Hit]:
    """Several rankings as one, by reciprocal rank; a hit keeps the score it had first."""
    best: dict[str, Hit] = {}
    for hit in (hit for run in runs for hit in run):
        best.setdefault(hit.passage.id, hit)
    return [best[i] for i in reciprocal_rank([[hit.passage.id for hit in run] for run in runs])]


def policy_source(passage: Passage) -> Source:
    """The passage as a source: offsets count characters of the whole policy file."""
    policy = passage.policy
    ref = SourceRef(
        id=SourceId(passage.id),
        kind=SourceKind.POLICY,
        label=" · ".join(passage.headings),
        content_hash=policy.content_hash,
        policy_id=policy.id,
        language=policy.language,
        file=policy.file,
        start=passage.start,
        end=passage.end,
        line=passage.line,
        valid_from=policy.valid_from.isoformat() if policy.valid_from else None,
        valid_to=policy.valid_to.isoformat() if policy.valid_to else None,
    )
    return Source(ref=ref, text=policy.text)


def _keyed(grounds: Sequence[Ground]) -> Iterable[Ground]:
    for n, ground in enumerate(grounds, start=1):
        yield Ground(
            key=f"E{n}",
            source=ground.source,
            topic=ground.topic,
            question=ground.question,
            score=ground.score,
        )
