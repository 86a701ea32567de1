"""`citedesk` as a person runs it: a process, its output, its exit code."""

import os
import subprocess
import sys
from dataclasses import dataclass, field, replace
from pathlib import Path

ROOT = Path(__file__).parents[2]
NOBODY = "127.0.0.1:1"  #: where no broker and no database answers


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """What a finished command left behind."""

    code: int
    out: str
    err: str

    @property
    def told(self) -> str:
        return self.out + self.err


@dataclass(frozen=True, slots=True, kw_only=True)
class Citedesk:
    """Runs commands in a folder, with settings of the test's own and none of this shell's."""

    folder: Path
    settings: dict[str, str] = field(default_factory=dict[str, str])

    def given(self, **settings: str) -> "Citedesk":
        """The same with further settings: `given(HTTP__PORT="80")`."""
        return replace(self, settings=self.settings | settings)

    @property
    def env(self) -> dict[str, str]:
        inherited = {k: v for k, v in os.environ.items() if not k.startswith("CITEDESK_")}
        own = {f"CITEDESK_{name}": value for name, value in self.settings.items()}
        return inherited | own | {"PYTHONPATH": str(ROOT), "COLUMNS": "160"}

    def __call__(self, *arguments: str, stdin: bytes = b"", within: float = 120) -> Done:
        done = subprocess.run(
            [sys.executable, "-m", "agent.cli", *arguments],
            cwd=self.folder,
            env=self.env,
            input=stdin,
            capture_output=True,
            timeout=within,
            check=False,
        )
        found = Done(code=done.returncode, out=done.stdout.decode(), err=done.stderr.decode())
        assert "Traceback" not in found.told, found.told
        return found

    def start(self, *arguments: str) -> "subprocess.Popen[str]":
        """A command that goes on; its log is merged and can be read when it has ended."""
        return subprocess.Popen(
            [sys.executable, "-m", "agent.cli", *arguments],
            cwd=self.folder,
            env=self.env,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
