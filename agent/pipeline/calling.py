"""One call of a tool for a ticket, and its result as a source that a sentence can rest on."""

import hashlib
from dataclasses import dataclass

from agent.citations.source import Fact, Source
from agent.domain.draft import SourceKind, SourceRef, canonical
from agent.domain.ids import SourceId
from agent.domain.ticket import Ticket
from agent.pipeline.lookups import Lookup
from tools.base import Scope, ToolResult
from tools.errors import NeedsApproval, RetryCall, ToolFailed
from tools.registry import Registry
from tools.render import render_label


@dataclass(frozen=True, slots=True, kw_only=True)
class LookedUp:
    lookup: Lookup
    result: ToolResult | None
    facts: tuple[Fact, ...] = ()
    label: str | None = None  #: in the ticket's language
    code: str = ""
    detail: str = ""


async def look_up(lookup: Lookup, ticket: Ticket, registry: Registry) -> LookedUp:
    scope = Scope(
        requester=ticket.requester.id, verified=ticket.requester.verified, desk=ticket.desk
    )
    try:
        result = await registry.call(lookup.tool, lookup.arguments, scope)
    except RetryCall as exc:
        return LookedUp(lookup=lookup, result=None, code="missing-argument", detail=exc.hint)
    except ToolFailed as exc:
        return LookedUp(lookup=lookup, result=None, code=exc.code, detail=exc.detail)
    except NeedsApproval:
        detail = "has a side effect and waits for an approval"
        return LookedUp(lookup=lookup, result=None, code="needs-approval", detail=detail)
    phrases = registry.get(lookup.tool).phrases(result, ticket.language)
    facts = tuple(Fact(text=p.text, fields=p.fields, topic=p.topic) for p in phrases)
    label = render_label(lookup.tool, result.data, ticket.language)
    return LookedUp(lookup=lookup, result=result, facts=facts, label=label)


def tool_source(source_id: SourceId, result: ToolResult, done: LookedUp) -> Source:
    text = canonical(dict(result.data))
    ref = SourceRef(
        id=source_id,
        kind=SourceKind.TOOL,
        label=done.label or result.label,
        content_hash=hashlib.sha256(text.encode()).hexdigest(),
        end=len(text),
        tool=result.tool,
        text=text,
    )
    return Source(ref=ref, text=text, facts=done.facts)
