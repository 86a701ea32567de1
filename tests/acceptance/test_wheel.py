"""The wheel in an empty environment, as someone who installs it has it.

Runs with `make test-wheel` (a minute: it installs the base lock); skipped elsewhere.
"""

import os
import subprocess
import sys
import venv
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
pytestmark = [
    pytest.mark.skipif(
        os.environ.get("CITEDESK_TEST_WHEEL") != "1",
        reason="installs the base lock in a new environment: `make test-wheel`",
    ),
    pytest.mark.timeout(600),
]


def run(*command: str | Path, cwd: Path, may_end: tuple[int, ...] = (0,)) -> str:
    """Standard output of a command that must end so, with nothing of the checkout in reach."""
    env = {key: value for key, value in os.environ.items() if key != "PYTHONPATH"}
    env["CITEDESK_DATABASE__URL"] = f"sqlite:///{cwd / 'wheel.db'}"
    done = subprocess.run(
        [str(word) for word in command], cwd=cwd, env=env, capture_output=True, text=True
    )
    assert done.returncode in may_end, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("dist")
    build = (sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation")
    run(*build, "--wheel-dir", folder, ROOT, cwd=folder)
    (built,) = folder.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The `bin` folder of an environment that holds the base lock and the wheel."""
    home = tmp_path_factory.mktemp("env")
    venv.create(home, with_pip=True)
    pip = (home / "bin" / "python", "-m", "pip", "install", "--quiet", "--no-input")
    lock = ROOT / "requirements" / "base.txt"
    run(*pip, "--require-hashes", "-r", lock, cwd=home)
    run(*pip, "--no-deps", wheel, cwd=home)
    return home / "bin"


def test_nothing_that_the_wheel_needs_is_missing(installed: Path, tmp_path: Path) -> None:
    assert "No broken requirements" in run(installed / "python", "-m", "pip", "check", cwd=tmp_path)


def test_desks_and_migrations_stand_beside_the_code(installed: Path, tmp_path: Path) -> None:
    script = "import agent, pathlib; print(pathlib.Path(agent.__file__).parents[1])"
    site = Path(run(installed / "python", "-c", script, cwd=tmp_path).strip())

    shipped = {path.relative_to(ROOT) for path in (ROOT / "desks").rglob("*") if is_data(path)}
    assert shipped
    assert {path for path in shipped if not (site / path).is_file()} == set()
    assert list((site / "migrations" / "versions").glob("*.py"))
    assert not (site / "tests").exists()
    assert not (site / "deploy").exists()


def test_the_command_line_helps_and_migrates(installed: Path, tmp_path: Path) -> None:
    assert "migrate" in run(installed / "citedesk", "--help", cwd=tmp_path)

    run(installed / "citedesk", "migrate", cwd=tmp_path)
    run(installed / "citedesk", "migrate", cwd=tmp_path)  # the second time has nothing to do

    assert (tmp_path / "wheel.db").stat().st_size > 0


def test_an_installed_desk_answers(installed: Path, tmp_path: Path) -> None:
    """Policies, examples and word lists are data: a missing one shows only when they are used."""
    site = run(
        installed / "python",
        "-c",
        "import desks; print(list(desks.__path__)[0])",
        cwd=tmp_path,
    ).strip()
    question = "How long do I have to return a jacket?"

    told = run(
        *(installed / "citedesk", "ask", question, "--desk", f"{site}/support"),
        cwd=tmp_path,
        may_end=(0, 1),  # 1: the draft waits for a person, which is no matter of the packaging
    )

    assert "model-free" in told


def is_data(path: Path) -> bool:
    return path.suffix in {".toml", ".md", ".csv", ".json", ".jsonl"}
