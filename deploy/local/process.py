"""A background process that is known by a pid file, so that another command can stop it."""

import contextlib
import os
import random
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from signal import Signals

from deploy.local.errors import StartFailed

_POLL_S = 0.05
_BELOW_EPHEMERAL = range(20_000, 32_000)
"""Below the range from which the kernel takes ports for outgoing connections: nobody can take the
port of a service while it is down between a kill and a restart."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """The user a service runs as, when it must not be root."""

    name: str
    uid: int
    gid: int


def say(line: str) -> None:
    """Tell a person what is being done; standard output stays free for `export` lines."""
    print(line, file=sys.stderr, flush=True)


def free_ports(count: int) -> list[int]:
    """Ports of this machine on which nobody listens, each another one."""
    found: list[int] = []
    for port in random.sample(_BELOW_EPHEMERAL, len(_BELOW_EPHEMERAL)):
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.bind(("127.0.0.1", port))
            found.append(port)
        if len(found) == count:
            break
    return found


def wait_until(condition: Callable[[], bool], *, within_s: float) -> bool:
    """True as soon as the condition holds, False when it does not in time."""
    end = time.monotonic() + within_s
    while not condition():
        if time.monotonic() > end:
            return False
        time.sleep(_POLL_S)
    return True


class Background:
    """One process of a service: started in a session of its own, known by its pid file."""

    def __init__(self, *, service: str, pid_file: Path, log: Path) -> None:
        self.service = service
        self.log = log
        self._pid_file = pid_file
        self._child: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int | None:
        """The pid of the running process, whoever started it; None when none runs."""
        if self._child is not None:
            return self._child.pid if self._child.poll() is None else None
        pid, started = self._noted()
        return pid if pid is not None and _started_at(pid) == started else None

    def start(
        self,
        command: Sequence[str],
        *,
        cwd: Path,
        env: Mapping[str, str] | None = None,
        account: Account | None = None,
    ) -> None:
        """Start it; its output goes to the log. Returns before it is ready."""
        groups: list[int] | None = [] if account else None
        with self.log.open("ab") as log:
            self._child = subprocess.Popen(
                command,
                cwd=cwd,
                env={**os.environ, **(env or {})},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                user=account.uid if account else None,
                group=account.gid if account else None,
                extra_groups=groups,
            )
        self._pid_file.write_text(f"{self._child.pid} {_started_at(self._child.pid)}\n")

    def wait_for(self, condition: Callable[[], bool], *, within_s: float) -> None:
        """Return when the condition holds; raise `StartFailed` when it ends or time runs out."""
        wait_until(lambda: self.pid is None or condition(), within_s=within_s)
        if self.pid is None:
            raise StartFailed(self.service, "ended while starting", self.log)
        if not condition():
            self.send(Signals.SIGKILL, within_s=10)
            raise StartFailed(self.service, f"did not answer within {within_s:.0f} s", self.log)

    def send(self, number: Signals, *, within_s: float) -> bool:
        """Send a signal and wait for the end; True when the process is gone."""
        pid = self.pid
        if pid is None:
            return True
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, number)
        return wait_until(lambda: self.pid is None, within_s=within_s)

    def end(self, number: Signals, *, within_s: float) -> None:
        """Ask it to stop, and kill it when it does not."""
        if not self.send(number, within_s=within_s):
            self.send(Signals.SIGKILL, within_s=10)
        self._pid_file.unlink(missing_ok=True)

    def _noted(self) -> tuple[int | None, str]:
        try:
            pid, _, started = self._pid_file.read_text().strip().partition(" ")
            return int(pid), started
        except (OSError, ValueError):
            return None, ""


def _started_at(pid: int) -> str:
    """When a process started, in the words of the system; empty when it is gone or a zombie.

    A pid file may outlive its process, and the pid may be another's by then: pid and start time
    together are one process.
    """
    stat = Path(f"/proc/{pid}/stat")
    if stat.exists():
        with contextlib.suppress(OSError):
            fields = stat.read_text().rpartition(")")[2].split()
            return "" if fields[0] == "Z" else fields[19]
        return ""
    if Path("/proc/self/stat").exists():
        return ""
    shown = subprocess.run(
        ["ps", "-o", "stat=,lstart=", "-p", str(pid)], capture_output=True, text=True, check=False
    ).stdout.strip()
    return "" if shown.startswith("Z") else "-".join(shown.split()[1:])
