"""The review queue's API on a port of this machine, with drafts that wait."""

import asyncio
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
import uvicorn

from tests.unit.web.shop import a_shop

WAITING = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class Running:
    url: str
    csrf: str
    drafts: tuple[str, ...]


class _Server:
    """In a thread with an event loop of its own: the store's connections belong to one."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._up = threading.Event()
        self._server: uvicorn.Server | None = None
        self._drafts: tuple[str, ...] = ()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._serve()), daemon=True)

    def start(self) -> Running:
        self._thread.start()
        assert self._up.wait(60), "the server did not come up"
        assert self._server is not None
        (listening,) = self._server.servers
        port = listening.sockets[0].getsockname()[1]
        url = f"http://127.0.0.1:{port}"
        page = httpx.get(f"{url}/queue", headers={"accept": "text/html"}).text
        csrf = page.partition('name="csrf" content="')[2].partition('"')[0]
        assert csrf, "the page has no token; every write would be refused for that alone"
        return Running(url=url, csrf=csrf, drafts=self._drafts)

    def stop(self) -> None:
        if self._server is not None:
            self._server.should_exit = True
        self._thread.join(30)

    async def _serve(self) -> None:
        async with a_shop(self._folder) as shop:
            self._drafts = tuple([(await shop.waiting()).id for _ in range(WAITING)])
            config = uvicorn.Config(shop.app, host="127.0.0.1", port=0, log_level="error")
            self._server = _Announcing(config, self._up)
            await self._server.serve()


class _Announcing(uvicorn.Server):
    def __init__(self, config: uvicorn.Config, up: threading.Event) -> None:
        super().__init__(config)
        self._up = up

    async def startup(self, sockets: object = None) -> None:
        await super().startup(sockets)  # pyright: ignore[reportArgumentType] -- none are given
        self._up.set()


@pytest.fixture(scope="session")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    server = _Server(tmp_path_factory.mktemp("api"))
    try:
        yield server.start()
    finally:
        server.stop()
