"""What a newcomer sees first."""

import json
import subprocess
import sys

import pytest

from tests.acceptance.command import ROOT, Citedesk

COMMANDS = (
    "demo",
    "serve",
    "submit",
    "ask",
    "drafts",
    "config",
    "migrate",
    "verify",
    "check",
    "dead list",
    "dead show",
    "dead replay",
    "topics create",
    "topics check",
    "tools list",
    "tools call",
    "approvals list",
    "approvals show",
    "approvals approve",
    "approvals reject",
    "engine check",
    "users add",
    "users list",
    "users change",
    "deliver eml",
    "deliver zammad",
    "eval claims",
    "eval questions",
    "eval tickets",
    "triage explain",
    "policies check",
    "policies reload",
    "init",
)
_IMPORTED = """
import json, sys
sys.argv = ["citedesk", "--help"]
from agent.cli import main
try:
    main()
finally:
    print("\\n" + json.dumps(sorted(name for name in sys.modules if "." not in name)))
"""


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_explains_itself(citedesk: Citedesk, command: str) -> None:
    done = citedesk(*command.split(), "--help")

    assert (done.code, done.err) == (0, "")
    assert command.split()[-1] in done.out
    assert "citedesk" in done.out or "`" in done.out  # an example, or the command in words


def test_the_list_of_commands_is_complete(citedesk: Citedesk) -> None:
    done = citedesk("--help")

    for command in COMMANDS:
        assert command.split()[0] in done.out


def test_without_a_command_the_help_is_shown(citedesk: Citedesk) -> None:
    done = citedesk()

    assert "Commands" in done.told
    assert done.code in (0, 2)


def test_help_loads_no_heavy_library() -> None:
    done = subprocess.run(
        [sys.executable, "-c", _IMPORTED], cwd=ROOT, capture_output=True, text=True, check=True
    )
    imported = set(json.loads(done.stdout.splitlines()[-1]))

    assert imported.isdisjoint({"sklearn", "faststream", "sqlalchemy", "aiokafka", "numpy"})
