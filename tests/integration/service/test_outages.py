"""The broker or the database goes away under load: nothing is lost, everything ends.

Checker of each: every event that was sent has one end state, and a published draft where it was
answered.
"""

import asyncio
from collections.abc import Sequence
from pathlib import Path

from sqlalchemy import make_url

from agent.bootstrap import Desks
from agent.store.records import Outcome
from deploy.local import Kafka
from migrations import upgrade
from tests.integration.service.proxy import proxy_to
from tests.integration.service.town import Town, a_message, a_name, serving, settings_for


async def all_ended_once(town: Town, tickets: Sequence[str]) -> None:
    for ticket in tickets:
        (ending,) = await town.ended(ticket)
        assert ending.outcome in (Outcome.READY, Outcome.REVIEW)
        drafts = await town.store.drafts(ticket)
        assert [draft.id for draft in drafts] == [ending.draft_id]
    published = [len(await town.published(ticket)) for ticket in tickets[::7]]
    assert min(published) >= 1  # a re-send is allowed, a loss is not


async def test_a_database_that_is_away_for_seconds_loses_nothing(
    kafka: str, migrated: str, learnt: Path, desks: Desks
) -> None:
    """Cut: all connections to Postgres for 3 s, while 40 tickets come in before and during it."""
    address = make_url(migrated)
    tickets = [a_name() for _ in range(40)]
    async with proxy_to(address.port or 5432) as proxy:
        url = address.set(port=proxy.port).render_as_string(hide_password=False)
        async with serving(settings_for(kafka, url, learnt), desks) as town:
            for ticket in tickets[:20]:
                await town.tell(a_message(ticket))
            await proxy.cut()
            for ticket in tickets[20:]:
                await town.tell(a_message(ticket))
            await asyncio.sleep(3)
            worker = town.service.worker
            assert worker is not None
            assert worker.last_error is not None
            await proxy.open()

            await all_ended_once(town, tickets)
            assert worker.last_error is None


async def test_a_broker_that_is_killed_and_comes_back_loses_nothing(
    kafka_server: Kafka, tmp_path: Path, learnt: Path, desks: Desks
) -> None:
    """Kill point: kill -9 of Kafka while 20 drafts are on their way out; 20 more follow."""
    url = f"sqlite:///{tmp_path / 'store.db'}"
    await asyncio.to_thread(upgrade, url)
    tickets = [a_name() for _ in range(40)]
    settings = settings_for(kafka_server.bootstrap, url, learnt)
    async with serving(settings, desks) as town:
        for ticket in tickets[:20]:
            await town.tell(a_message(ticket))
        await asyncio.to_thread(kafka_server.kill)
        await asyncio.to_thread(kafka_server.start)
        for ticket in tickets[20:]:
            await town.tell(a_message(ticket))

        await all_ended_once(town, tickets)
