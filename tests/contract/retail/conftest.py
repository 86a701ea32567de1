"""One store of its own: a file for the run of a test."""

from collections.abc import AsyncGenerator

import pytest

from agent.store import Store, open_store
from migrations import upgrade


@pytest.fixture(scope="session")
def migrated_file(tmp_path_factory: pytest.TempPathFactory) -> str:
    url = f"sqlite:///{tmp_path_factory.mktemp('retail') / 'store.db'}"
    upgrade(url)
    return url


@pytest.fixture
async def store(migrated_file: str) -> AsyncGenerator[Store]:
    opened = await open_store(migrated_file)
    yield opened
    await opened.close()
