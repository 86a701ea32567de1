"""What a test run says about what it could not run."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
NEEDS_KAFKA = (
    "tests/integration/local/test_local_services.py::test_a_record_of_eight_megabytes_is_taken"
)


@pytest.fixture
def without_java(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine whose PATH holds no Java."""
    monkeypatch.setenv("PATH", str(tmp_path))
    for name in ("CITEDESK_TEST_KAFKA", "CITEDESK_TEST_REQUIRE"):
        monkeypatch.delenv(name, raising=False)


def run_pytest(**env: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", NEEDS_KAFKA],
        cwd=ROOT,
        env={**os.environ, **env},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.usefixtures("without_java")
def test_a_skipped_tier_is_told_with_its_reason() -> None:
    done = run_pytest()

    assert done.returncode == 0
    assert "kafka: Kafka needs Java 17 or newer, which is not on this machine" in done.stdout
    assert "NOT RUN  integration: 1 test: no kafka: Kafka needs Java 17" in done.stdout


@pytest.mark.usefixtures("without_java")
def test_a_required_service_that_is_missing_is_a_failure() -> None:
    done = run_pytest(CITEDESK_TEST_REQUIRE="kafka")

    assert done.returncode == 1
    assert "Kafka needs Java 17 or newer" in done.stdout
