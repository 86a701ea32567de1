"""One service on Kafka and Postgres for a module's tests: each uses tickets of its own."""

from collections.abc import AsyncGenerator
from pathlib import Path

import pytest
import pytest_asyncio

from agent.bootstrap import Desks, build_desks
from agent.settings import Settings
from migrations import upgrade
from tests.integration.service.town import Town, serving, settings_for


@pytest.fixture(scope="session")
def desks(learnt: Path) -> Desks:
    return build_desks(Settings(data=learnt))


@pytest.fixture(scope="module")
def migrated(postgres_url: str) -> str:
    upgrade(postgres_url)
    return postgres_url


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def town(kafka: str, migrated: str, learnt: Path, desks: Desks) -> AsyncGenerator[Town]:
    async with serving(settings_for(kafka, migrated, learnt), desks) as made:
        yield made
