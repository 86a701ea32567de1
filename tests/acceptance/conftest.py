"""Commands in an empty folder; what desks learn is kept for the whole run."""

from pathlib import Path

import pytest

from tests.acceptance.command import NOBODY, Citedesk


@pytest.fixture
def citedesk(tmp_path: Path, learnt: Path) -> Citedesk:
    """No broker, and an SQLite file that no command has made yet."""
    return Citedesk(
        folder=tmp_path,
        settings={
            "DATA": str(learnt),
            "DATABASE__URL": f"sqlite:///{tmp_path / 'citedesk.db'}",
            "KAFKA__BOOTSTRAP": NOBODY,
            "START__RETRY_SECONDS": "1",
            "HTTP__PORT": "0",
            "WEB__PORT": "0",
        },
    )
