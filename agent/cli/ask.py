"""`citedesk ask`: one message through the pipeline, no broker and no database."""

import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from agent.cli.desks import desk_folder
from agent.cli.exits import CommandFailed, Exit
from agent.cli.output import as_json_line, out
from agent.domain.draft import ClaimKind, Draft
from agent.domain.events import BODY_LIMIT, RequesterV1, TicketMessage
from agent.domain.ids import ConversationId, EventId
from agent.domain.ticket import Assurance
from agent.pipeline.announce import draft_event
from agent.settings import load_settings

if TYPE_CHECKING:
    from agent.domain.desk import Desk
    from agent.pipeline.ports import Work
    from agent.worker.reader import Reader


async def ask(
    text: str,
    *,
    desk: Path,
    requester: str | None,
    language: str | None,
    country: str | None,
    engines: list[str] | None,
    as_json: bool,
) -> int:
    """0 when the draft is ready, 1 when it would wait for a person."""
    if text == "-":
        text = sys.stdin.buffer.read().decode("utf-8", "replace")
    event = _event(text, desk_folder(desk).name, requester, language, country)
    draft = await _draft(event, desk_folder(desk), engines)
    if as_json:
        as_json_line(draft_event(draft).model_dump(mode="json"))
    else:
        _show(draft)
    return Exit.FOUND if draft.reasons else Exit.OK


def _event(
    text: str, desk: str, requester: str | None, language: str | None, country: str | None
) -> TicketMessage:
    if not text.strip():
        raise CommandFailed("the message is empty; write what a customer would ask", Exit.REFUSED)
    if len(text.encode("utf-8", "replace")) > BODY_LIMIT:
        raise CommandFailed(f"the message is over the limit of {BODY_LIMIT} bytes", Exit.REFUSED)
    try:
        asked_by = RequesterV1(
            id=requester or "you",
            assurance=Assurance.VERIFIED if requester else Assurance.CLAIMED,
            locale=language,
            country=country,
        )
    except ValidationError as exc:
        fault = exc.errors(include_url=False)[0]
        raise CommandFailed(f"--{fault['loc'][0]}: {fault['msg']}", Exit.USAGE) from exc
    return TicketMessage(
        ticket_id="ask",
        desk=desk,
        requester=asked_by,
        body=text,
    )


async def _draft(event: TicketMessage, folder: Path, engines: list[str] | None) -> Draft:
    from agent.bootstrap.model import build_engine, read_calibration
    from agent.bootstrap.pipeline import build_desks, build_pipeline, build_reader

    settings = load_settings()
    desks = build_desks(settings, only=folder)
    desk = next(iter(desks.desks.values()))
    work = _work(event, desk, build_reader(settings), settings.worker.ticket_seconds)
    engine = await build_engine(settings, desks.desks, desks.registry, engines)
    try:
        measured = read_calibration(settings.data, desks.desks)
        pipeline = build_pipeline(desks, engine=engine, model=settings.model, calibration=measured)
        return await pipeline.handle(work)
    finally:
        if engine is not None:
            await engine.close()


def _work(event: TicketMessage, desk: "Desk", reader: "Reader", seconds: float) -> "Work":
    from agent.intake import Received
    from agent.pipeline.ports import Work

    locale = event.requester.locale
    if locale and locale[:2].lower() not in desk.understands:
        known = ", ".join(desk.understands)
        raise CommandFailed(f"--lang {locale!r}: this desk reads {known}", Exit.USAGE)
    now = datetime.now(UTC)
    received = Received(event_id=EventId("ask/1"), event=event, received_at=now)
    return Work(
        conversation=ConversationId("ask"),
        revision=1,
        ticket=reader.ticket([received], desk, ConversationId("ask")),
        desk=desk,
        attempt=1,
        deadline=now + timedelta(seconds=seconds),
    )


def _show(draft: Draft) -> None:
    out.print(draft.body, markup=False)
    out.print()
    triage = draft.triage
    out.print(
        f"{draft.route.value} · {draft.language} · {triage.category} "
        f"({triage.confidence:.0%}) · {triage.priority.value} · {draft.written_by.writer}",
        markup=False,
    )
    for claim in draft.claims:
        if claim.kind is ClaimKind.FACT:
            _show_claim(draft, claim)
    for reason in draft.reasons:
        out.print(f"reason: {reason}", markup=False)


def _show_claim(draft: Draft, claim: Any) -> None:
    labels = {source.id: source for source in draft.sources}
    out.print(f"  {claim.verdict.value:<12} {' '.join(claim.text.split())}", markup=False)
    for evidence in claim.evidence:
        source = labels.get(evidence.source)
        where = source.label if source else evidence.source
        place = f":{source.line}" if source and source.line else ""
        quote = " ".join(evidence.quote.split())
        out.print(
            f"               ← {where}{place} [{evidence.start}:{evidence.end}] “{quote}”",
            markup=False,
        )
