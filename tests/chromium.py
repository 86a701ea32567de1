"""A real browser for tests: the distribution's Chromium, driven through Playwright."""

# axe-playwright-python ships no types.
# pyright: reportMissingTypeStubs=false

import shutil
from collections.abc import Generator
from contextlib import contextmanager
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, sync_playwright

_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def missing() -> str | None:
    """Why no browser can be started; None when one can."""
    if _program() is None:
        return "no chromium on the PATH (Debian: apt-get install chromium)"
    return None


@contextmanager
def browser() -> Generator[Browser]:
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(
            executable_path=_program(), args=["--no-sandbox", "--disable-dev-shm-usage"]
        )
        yield started
        started.close()


def violations(page: Page) -> list[tuple[str, str]]:
    """Rules of accessibility that a page breaks: the rule's id, and the first element at fault."""
    axe: Any = Axe()
    found: list[dict[str, Any]] = axe.run(page).response["violations"]
    return [(one["id"], one["nodes"][0]["html"]) for one in found]


def _program() -> str | None:
    return next((found for name in _NAMES if (found := shutil.which(name))), None)
