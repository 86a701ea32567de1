"""Finding a desk's folder from what a user typed."""

from pathlib import Path

from agent.settings import SHIPPED_DESKS


def desk_folder(given: Path) -> Path:
    """The folder itself; else the shipped desk of that name, so that any working folder does."""
    if given.is_dir():
        return given.resolve()
    shipped = SHIPPED_DESKS / given.name
    return shipped if shipped.is_dir() else given
