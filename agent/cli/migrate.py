"""`citedesk migrate`."""

from agent.cli.exits import CommandFailed, Exit
from agent.cli.output import out
from agent.settings import load_settings


def migrate(*, down: str | None) -> int:
    from alembic.util import CommandError

    from agent.store.database import masked_url
    from migrations import downgrade, upgrade

    settings = load_settings()
    url = settings.database.url
    settings.data.mkdir(parents=True, exist_ok=True)  # the default database lies in it
    try:
        revision = downgrade(url, down) if down else upgrade(url)
    except CommandError as exc:
        raise CommandFailed(f"--down {down!r}: {exc}", Exit.USAGE) from exc
    out.print(f"{masked_url(url)} is at revision {revision or 'base (no tables)'}", markup=False)
    return Exit.OK
