"""What a guard has to say: two spans that do not agree, and why."""

from dataclasses import dataclass

from agent.citations.reading import Reading

Span = tuple[int, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """A disagreement, with the words of both sides. A side that says nothing is None."""

    guard: str
    claim: str | None
    source: str | None
    claim_span: Span | None  #: in the claim's text
    source_span: Span | None  #: in the source sentence; a judgement's is from its own sentence on
    conflict: bool  #: the source says otherwise; False: it only does not say it
    sentence: int = 0  #: of the passage, that the source's words stand in; 0 is the nearest
    elsewhere: str | None = None  #: where the passage has the claim's words, bound to another item

    def reason(self, place: str) -> str:
        """One line that names both sides and the place."""
        if self.claim is None:
            return f"{self.guard}: {place} says '{self.source}', the sentence does not"
        found = f" (found '{self.source}')" if self.source is not None else ""
        if self.elsewhere is not None:
            return f"{self.guard}: '{self.claim}' belongs to '{self.elsewhere}' in {place}{found}"
        return f"{self.guard}: '{self.claim}' is not in {place}{found}"


def finding(
    guard: str,
    claim: Reading,
    source: Reading,
    said: Span | None,
    found: Span | None,
    *,
    conflict: bool,
    sentence: int = 0,
    elsewhere: str | None = None,
) -> Finding:
    """A finding with the words at both spans."""
    return Finding(
        guard=guard,
        claim=claim.quote(*said) if said else None,
        source=source.quote(*found) if found else None,
        claim_span=said,
        source_span=found,
        conflict=conflict,
        sentence=sentence,
        elsewhere=elsewhere,
    )


def around(index: int, reading: Reading, *, before: int = 1, after: int = 1) -> Span:
    """A token with its neighbours: `can be`."""
    first, last = max(0, index - before), min(len(reading.tokens) - 1, index + after)
    return reading.tokens[first].start, reading.tokens[last].end
