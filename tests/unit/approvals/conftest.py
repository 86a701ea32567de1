"""A real store in a temporary file."""

from collections.abc import AsyncGenerator
from pathlib import Path
from shutil import copyfile

import pytest

from agent.store import Store, open_store
from migrations import upgrade


@pytest.fixture(scope="session")
def empty_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("approvals") / "empty.db"
    upgrade(f"sqlite:///{file}")
    return file


@pytest.fixture
async def store(empty_file: Path, tmp_path: Path) -> AsyncGenerator[Store]:
    opened = await open_store(f"sqlite:///{copyfile(empty_file, tmp_path / 'store.db')}")
    yield opened
    await opened.close()
