"""`citedesk migrate`."""

from agent.cli.exits import Exit
from agent.cli.output import out
from agent.settings import load_settings


def migrate(*, down: str | None) -> int:
    from agent.store.database import masked_url
    from migrations import downgrade, upgrade

    url = load_settings().database.url
    revision = downgrade(url, down) if down else upgrade(url)
    out.print(f"{masked_url(url)} is at revision {revision or 'base (no tables)'}", markup=False)
    return Exit.OK
