"""Reading the files of one desk folder while gathering what is wrong with them."""

import hashlib
import tomllib
from pathlib import Path
from typing import Any, TypeVar

from pydantic import ValidationError

from agent.desk.faults import Fault
from agent.desk.schema import Table, faults_of

Shape = TypeVar("Shape", bound=Table)


class Inspection:
    """Reads files of one folder; keeps every fault, and a hash of every byte that was read."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.faults: list[Fault] = []
        self._digests: dict[str, str] = {}

    def add(self, file: str, problem: str, *, key: str = "", mend: str = "") -> None:
        name = (self.folder / file).as_posix()
        self.faults.append(Fault(file=name, key=key, problem=problem, mend=mend))

    def text(self, file: str, *, missing: str | None = None) -> str | None:
        """The file decoded as UTF-8 with line ends and BOM as they stand; None after a fault.

        A file that is not there is a fault only when `missing` says what to do about it.
        """
        try:
            data = (self.folder / file).read_bytes()
        except FileNotFoundError:
            if missing is not None:
                self.add(file, "is missing", mend=missing)
            return None
        except OSError as exc:
            self.add(file, f"cannot be read: {exc.strerror}", mend="it must be a readable file")
            return None
        self._digests[file] = hashlib.sha256(data).hexdigest()
        return self._decoded(file, data)

    def _decoded(self, file: str, data: bytes) -> str | None:
        try:
            text = data.decode("utf-8")
        except UnicodeDecodeError as exc:
            line = data.count(b"\n", 0, exc.start) + 1
            problem = f"byte 0x{data[exc.start]:02x} is not UTF-8"
            self.add(file, problem, key=f"line {line}", mend="save the file as UTF-8")
            return None
        if "\0" in text:
            line = text.count("\n", 0, text.index("\0")) + 1
            self.add(file, "holds a NUL character", key=f"line {line}", mend="remove it")
            return None
        return text

    def toml(self, file: str, *, missing: str | None = None) -> dict[str, Any] | None:
        """The file's tables; None after a fault, or when it is not there and need not be."""
        text = self.text(file, missing=missing)
        if text is None:
            return None
        try:
            return tomllib.loads(text.removeprefix("\ufeff"))
        except tomllib.TOMLDecodeError as exc:
            self.add(file, f"not TOML: {exc}", mend="mend that line")
            return None

    def shaped(self, file: str, shape: type[Shape], data: dict[str, Any]) -> Shape | None:
        """The data in the shape of a table; None after a fault for each value that does not fit."""
        try:
            return shape.model_validate(data)
        except ValidationError as exc:
            name = (self.folder / file).as_posix()
            self.faults.extend(faults_of(exc, root=shape, data=data, file=name))
            return None

    @property
    def content_hash(self) -> str:
        """SHA-256 hex over names and contents of all files read, whatever the order of reading."""
        lines = (f"{digest}  {file}\n" for file, digest in sorted(self._digests.items()))
        return hashlib.sha256("".join(lines).encode()).hexdigest()
