"""The shop's review queue for each test."""

from collections.abc import AsyncGenerator
from pathlib import Path

import pytest

from tests.unit.web.shop import Shop, a_shop


@pytest.fixture
async def shop(tmp_path: Path) -> AsyncGenerator[Shop]:
    async with a_shop(tmp_path) as made:
        yield made
