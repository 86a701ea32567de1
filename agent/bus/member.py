"""One process of this machine for each member name of the consumer group."""

import fcntl
import hashlib
import os
import tempfile
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from agent.bus.errors import MemberTaken


@contextmanager
def claim(member: str, *, group: str, bootstrap: str) -> Generator[None]:
    """Hold the name for as long as the block runs; raises `MemberTaken`.

    The kernel lets go of it when the process ends, by kill -9 too. Where there is no writable
    temporary folder (a container, with a host name of its own) there is nobody to collide with.
    """
    digest = hashlib.sha256(f"{bootstrap} {group} {member}".encode()).hexdigest()[:16]
    path = Path(tempfile.gettempdir()) / f"citedesk-{os.getuid()}-{digest}.lock"
    try:
        file = path.open("w")
    except OSError:
        yield
        return
    with file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as exc:
            raise MemberTaken(member) from exc
        yield
