"""Serves the review queue of a database, and nothing else; prints its address."""

import asyncio
import signal
import sys
from contextlib import closing

from agent.bootstrap.approvals import build_approvals
from agent.bootstrap.pipeline import now
from agent.bootstrap.web import build_review_app, serve_review
from agent.settings import DatabaseSettings, Settings
from agent.store import open_store
from agent.web.server import listen


async def serve(url: str) -> None:
    settings = Settings(database=DatabaseSettings(url=url))
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    store = await open_store(url)
    approvals = build_approvals(settings.approvals, store, clock=now)
    app = await build_review_app(settings, store, dict, approvals=approvals, clock=now)
    with closing(listen("127.0.0.1", 0)) as bound:
        print(f"http://127.0.0.1:{bound.getsockname()[1]}", flush=True)
        await serve_review(app, bound, stop)
    await store.close()


if __name__ == "__main__":
    asyncio.run(serve(sys.argv[1]))
