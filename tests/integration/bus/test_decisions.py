"""Decisions over a real broker: a signed one decides, others do not, and none blocks the next."""

from agent.approvals import ApprovalState
from agent.bus.decisions import Decisions, Take
from agent.bus.ingest import IngestSettings
from agent.store import Store
from agent.store.errors import StoreUnavailable
from tests.broker import send
from tests.contract.store.asking import a_counter
from tests.integration.bus.reading import until
from tests.unit.approvals.test_external import a_decision, signed, taking


def listening(bootstrap: str, topic: str, take: Take) -> Decisions:
    settings = IngestSettings(
        bootstrap=bootstrap,
        group=f"g-{topic}",
        member="m1",
        session_timeout_ms=6_000,
        batch=200,
        max_message_bytes=8_388_608,
        high_water=1_000,
        pause_seconds=0.05,
    )
    return Decisions(settings, topic=topic, take=take)


async def test_a_signed_decision_decides_behind_what_is_refused_and_after_an_outage(
    kafka: str, topic: str, store: Store
) -> None:
    """The store is away for two attempts; the batch comes again, and what it held counts once."""
    counter = a_counter(store)
    (approval,) = await counter.ask("c-1")
    external = taking(counter)
    away = 2

    async def take(value: bytes) -> object:
        nonlocal away
        if away:
            away -= 1
            raise StoreUnavailable("test", "unplugged")
        return await external.take(value)

    right = signed(a_decision(approval))
    forged = signed(a_decision(approval, decision="refused"), b"another key of thirty-two bytes!!")
    await send(kafka, topic, b"\xff not json", forged, right, right)
    decisions = listening(kafka, topic, take)
    await decisions.start()
    try:

        async def decided() -> bool:
            return (await counter.approvals.get(approval.id)).state is ApprovalState.APPROVED

        await until(decided)
        await until(lambda: decisions.last_error is None)
    finally:
        await decisions.stop()

    noted = await store.audit(f"approval/{approval.id}")
    actions = [entry.action for _, entry in noted]
    assert away == 0
    assert actions.count("approval.decided") == 1
    assert "approval.decision-refused" in actions
