from collections.abc import AsyncGenerator

import pytest

from tests.services import Service, service


@pytest.fixture
async def erp() -> AsyncGenerator[Service]:
    async with service() as running:
        yield running


@pytest.fixture
async def elsewhere() -> AsyncGenerator[Service]:
    """A host that no desk lists."""
    async with service() as running:
        yield running
