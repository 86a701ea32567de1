"""What the tools' results say to a question, in the tools' own phrases. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from agent.citations.source import Fact
from agent.domain.draft import ClaimKind, SourceKind
from agent.pipeline.ports import Ground, Sentence
from agent.pipeline.questions import Asked

_AT_MOST = 2  #: phrases a question and record

#: The topics of phrases that answer a question's topic, best first.
_TELLS: Mapping[str, tuple[str, ...]] = {
    "delivery": ("delivery", "status"),
    "status": ("status", "delivery"),
    "tracking": ("tracking", "delivery"),
    "shipping": ("shipping", "status"),
    "refund": ("refund",),
    "eligibility": ("refund", "eligibility"),  # once a refund is under way, it is what counts
    "payment": ("payment",),
    "items": ("items",),
    "balance": ("balance",),
}
_KINDS_OF_LEAVE = ("carried_over", "parental", "care", "special")
#: Told beside a policy's answer, but no answer by themselves.
_BESIDE: Mapping[str, tuple[str, ...]] = {"cancel": ("status",)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    sentences: tuple[Sentence, ...]
    answers: bool  #: whether they answer the question, or only stand beside an answer


def told(n: int, question: Asked, touched: frozenset[str], grounds: Sequence[Ground]) -> Told:
    """The phrases that answer the question's topics; of the records it names, where it does."""
    tools = [ground for ground in grounds if ground.source.ref.kind is SourceKind.TOOL]
    records = sorted(_meant(question, tools), key=_closeness)
    answering = _phrases(n, _wanted(touched, records), records)
    if answering:
        return Told(sentences=answering, answers=True)
    beside = [topic for name in _BESIDE if name in touched for topic in _BESIDE[name]]
    return Told(sentences=_phrases(n, beside, records)[:1], answers=False)


def _wanted(touched: frozenset[str], records: Sequence[Ground]) -> list[str]:
    """Of each topic of the question, the closest topic of which a record says something."""
    if "balance" in touched:
        kinds = [kind for kind in _KINDS_OF_LEAVE if kind in touched]
        if kinds:
            return kinds
    said = {fact.topic for ground in records for fact in ground.source.facts}
    closest = (
        next((topic for topic in _TELLS[name] if topic in said), None)
        for name in _TELLS
        if name in touched
    )
    wanted = [topic for topic in closest if topic is not None]
    if "tracking" in wanted:  # a parcel's number says little without where the parcel is
        return [*wanted, "delivery"]
    if "delivery" in wanted and not any(g.source.ref.tool == "shipment" for g in records):
        return [*wanted, "status"]
    return wanted


def _meant(question: Asked, grounds: Sequence[Ground]) -> list[Ground]:
    named = [g for g in grounds if (order := order_of(g)) and order in question.query]
    return named or list(grounds)


def _closeness(ground: Ground) -> int:
    """A shipment knows more of a parcel than its order does."""
    return _CLOSEST.index(tool) if (tool := ground.source.ref.tool) in _CLOSEST else len(_CLOSEST)


_CLOSEST: tuple[str | None, ...] = ("shipment", "refund_eligibility", "order")


def order_of(ground: Ground) -> str | None:
    """The order number that a result's label carries."""
    digits = [word for word in ground.source.ref.label.split() if any(c.isdigit() for c in word)]
    tool = ground.source.ref.tool
    return digits[-1] if digits and tool != "leave_balance" else None


def _phrases(n: int, wanted: Sequence[str], records: Sequence[Ground]) -> tuple[Sentence, ...]:
    """A few phrases of each record; each topic by the tool that knows most of it."""
    most = _AT_MOST + ("tracking" in wanted)
    by_record: dict[str, list[Sentence]] = {}
    spoken: set[tuple[str, str]] = set()
    for topic in dict.fromkeys(wanted):
        for ground in records:
            record = order_of(ground) or ground.source.ref.label
            facts = _of_topic(ground, topic)
            found = by_record.setdefault(record, [])
            if facts and (record, topic) not in spoken:
                spoken.add((record, topic))
                found += [_said(n, fact, ground) for fact in facts[: most - len(found)]]
    return tuple(sentence for found in by_record.values() for sentence in found)


def _of_topic(ground: Ground, topic: str) -> list[Fact]:
    return [fact for fact in ground.source.facts if fact.topic == topic]


def _said(n: int, fact: Fact, ground: Ground) -> Sentence:
    return Sentence(text=fact.text, kind=ClaimKind.FACT, grounds=(ground.key,), paragraph=n)
