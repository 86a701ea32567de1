"""Sources that the tests of the checker share."""

from agent.citations.source import Fact, Source
from agent.domain.draft import SourceKind, SourceRef, canonical
from agent.domain.ids import SourceId


def policy(
    text: str,
    *,
    language: str = "en",
    file: str = "policies/en/returns.md",
    id: str = "returns/en#how-long",
    label: str = "returns.md · How long you have",
) -> Source:
    """A whole text as one citable passage."""
    return Source(
        ref=SourceRef(
            id=SourceId(id),
            kind=SourceKind.POLICY,
            label=label,
            content_hash="0" * 64,
            policy_id="returns",
            language=language,
            file=file,
            start=0,
            end=len(text),
            line=1,
        ),
        text=text,
    )


def tool_result(*facts: Fact, **data: str | int | float | bool | None) -> Source:
    """A tool result that says `facts`."""
    text = canonical(data)
    return Source(
        ref=SourceRef(
            id=SourceId("T1"),
            kind=SourceKind.TOOL,
            label="order 48213",
            content_hash="0" * 64,
            tool="order",
            text=text,
        ),
        text=text,
        facts=facts,
    )
