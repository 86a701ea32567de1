"""Arrays kept in a file between starts: what a start would otherwise learn again."""

import hashlib
import logging
import os
import tempfile
import zipfile
from collections.abc import Generator, Iterable, Mapping
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path
from typing import IO, Any, cast

import numpy as np
from numpy.typing import NDArray

log = logging.getLogger(__name__)
Arrays = Mapping[str, NDArray[Any]]
_GENERATIONS = 3  #: a service and a trial of a changed desk beside it should not relearn in turns


class Unreadable(Exception):
    """A file that holds no whole set of arrays; learning again mends it."""

    def __init__(self, path: Path) -> None:
        super().__init__(f"{path}: not what this version keeps; it will be learnt again")


@contextmanager
def replacing(path: Path) -> Generator[IO[bytes]]:
    """A file to write in the place of `path`: a reader sees the old one or the new one, whole.

    Nothing is replaced when the block raises. Raises `OSError`.
    """
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "wb") as file:
            yield file
        os.replace(name, path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def save(arrays: Arrays, path: Path) -> None:
    """Write whole or not at all. Raises `OSError`."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with replacing(path) as file:
        np.savez(file, allow_pickle=False, **arrays)


def load(path: Path) -> dict[str, NDArray[Any]]:
    """What `save` wrote; nothing in the file is run. Raises `FileNotFoundError`, else
    `Unreadable`.
    """
    try:
        with np.load(path, allow_pickle=False) as stored:
            return {name: cast(NDArray[Any], stored[name]) for name in stored.files}
    except FileNotFoundError:
        raise
    except (OSError, ValueError, KeyError, TypeError, EOFError, zipfile.BadZipFile) as exc:
        raise Unreadable(path) from exc


def try_save(arrays: Arrays, path: Path) -> None:
    """As `save`, in the place of older ones: of the files of `path`'s name up to its last hyphen,
    the newest few stay. What cannot be written costs time at the next start, nothing else.
    """
    try:
        save(arrays, path)
        _prune(path)
    except OSError as exc:
        log.warning("kept.unwritable: %s (%s)", path, exc.strerror)


def _prune(path: Path) -> None:
    kind = path.name.rpartition("-")[0]
    alike = [f for f in path.parent.glob("*.npz") if f.name.rpartition("-")[0] == kind]
    alike.sort(key=lambda file: file.stat().st_mtime_ns, reverse=True)
    for old in alike[_GENERATIONS:]:
        old.unlink(missing_ok=True)


def try_load(path: Path) -> dict[str, NDArray[Any]] | None:
    """As `load`; None where there is nothing to read, with a warning where it is damaged."""
    try:
        return load(path)
    except FileNotFoundError:
        return None
    except Unreadable as exc:
        log.warning("kept.unreadable: %s", exc)
        return None


def code_version(folders: Iterable[Path], libraries: Iterable[str]) -> str:
    """Changes with every file of code or words in the folders, and with the libraries."""
    digest = hashlib.sha256()
    for folder in folders:
        for path in sorted(folder.rglob("*")):
            if path.suffix in {".py", ".toml", ".txt"}:
                digest.update(path.read_bytes())
    return digest.hexdigest() + "".join(version(library) for library in libraries)
