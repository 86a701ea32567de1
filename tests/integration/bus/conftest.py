"""A topic, a consumer group and an SQLite store of the test's own, on the run's broker."""

import secrets
from collections.abc import AsyncGenerator
from pathlib import Path

import pytest

from agent.store import Store, open_store
from migrations import upgrade
from tests.broker import make_topic


@pytest.fixture
def url(tmp_path: Path) -> str:
    address = f"sqlite:///{tmp_path / 'store.db'}"
    upgrade(address)
    return address


@pytest.fixture
async def store(url: str) -> AsyncGenerator[Store]:
    opened = await open_store(url)
    yield opened
    await opened.close()


@pytest.fixture
async def topic(kafka: str) -> str:
    name = f"in-{secrets.token_hex(4)}"
    await make_topic(kafka, name, settings={"max.message.bytes": str(9 * 1024 * 1024)})
    return name
