"""Whether the files below a folder changed since somebody last looked."""

import os
from collections.abc import Iterator
from pathlib import Path

_IGNORED = (".", "_")
Seen = frozenset[tuple[str, int, int]]
"""Path, time of the last change in ns, and size of every file."""


def seen(folder: Path, *others: Path) -> Seen:
    """What can be told of the files without reading them; a file that is going away is left out."""
    return frozenset(_stats([*_files(folder), *others]))


def _files(folder: Path) -> Iterator[Path]:
    for root, folders, names in os.walk(folder):
        folders[:] = [name for name in folders if not name.startswith(_IGNORED)]
        yield from (Path(root, name) for name in names if not name.startswith("."))


def _stats(files: list[Path]) -> Iterator[tuple[str, int, int]]:
    for file in files:
        try:
            found = file.stat()
        except OSError:
            continue
        yield str(file), found.st_mtime_ns, found.st_size
