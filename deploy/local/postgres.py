"""A private Postgres: its own data folder, port, user and password."""

import os
import pwd
import secrets
import shutil
import stat
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from hashlib import sha256
from pathlib import Path
from signal import Signals
from typing import Self

from deploy.local.errors import MissingTool, StartFailed
from deploy.local.process import Account, Background, free_ports, say, wait_until

USER = "citedesk"
_INSTALL = "apt-get install postgresql"
_PLACES = (
    "/usr/lib/postgresql/*/bin",
    "/usr/pgsql-*/bin",
    "/opt/homebrew/opt/postgresql*/bin",
    "/usr/local/opt/postgresql*/bin",
)
_STILL_DYING = ("still in use", "is another postmaster", "another server might be running")


def missing() -> str | None:
    """Why Postgres cannot run here, in one sentence, or None when it can."""
    try:
        _binaries()
        _account()
    except MissingTool as error:
        return str(error)
    return None


class Postgres:
    """A server whose data, port and password stay the same over stop, kill and restart.

    `folder` holds them and the log. With `durable=False` the kernel writes to the disk when it
    likes, so that commits survive a killed process but not a power cut: for tests.
    """

    def __init__(self, folder: Path, *, port: int | None = None, durable: bool = True) -> None:
        self._account = _account()
        self._asked = folder.resolve()
        self._folder = _reachable(self._asked, self._account)
        self._port = port
        self._durable = durable
        self._process = Background(
            service="Postgres",
            pid_file=self._folder / "postgres.pid",
            log=self._folder / "postgres.log",
        )

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    @property
    def pid(self) -> int | None:
        return self._process.pid

    @property
    def log(self) -> Path:
        return self._process.log

    @property
    def url(self) -> str:
        """SQLAlchemy URL of the database `citedesk`."""
        return self.url_of(USER)

    def url_of(self, database: str) -> str:
        """SQLAlchemy URL of a database of this server, with asyncpg as the driver."""
        secret = self._password_file.read_text().strip()
        return f"postgresql+asyncpg://{USER}:{secret}@127.0.0.1:{self.port}/{database}"

    @property
    def port(self) -> int:
        return int((self._folder / "port").read_text())

    def start(self) -> None:
        """Run it and return when it accepts connections. Does nothing when it runs already."""
        if self._process.pid is not None:
            return
        if not (self._folder / "port").exists():
            self._initialise()
        # After a kill -9 the old server's children let go of the data a moment later.
        if not wait_until(self._started, within_s=20):
            raise StartFailed("Postgres", "could not start", self.log)
        if USER not in self._databases():
            self.create_database(USER)

    def stop(self) -> None:
        """Shut down in order, cutting open connections."""
        self._process.end(Signals.SIGINT, within_s=20)

    def kill(self) -> None:
        """kill -9."""
        self._process.end(Signals.SIGKILL, within_s=10)

    def restart(self) -> None:
        self.stop()
        self.start()

    def clear(self) -> None:
        """Stop it and remove its data, settings and log."""
        self.stop()
        for name in ("data", "port", "password", "postgres.log"):
            path = self._folder / name
            shutil.rmtree(path) if path.is_dir() else path.unlink(missing_ok=True)
        if self._folder != self._asked and self._folder.is_dir():
            self._folder.rmdir()

    def create_database(self, name: str) -> str:
        """Make an empty database and return its URL."""
        self._client("createdb", name)
        return self.url_of(name)

    def drop_database(self, name: str) -> None:
        """Remove a database, cutting its open connections."""
        self._client("dropdb", "--force", "--if-exists", name)

    @property
    def _password_file(self) -> Path:
        return self._folder / "password"

    @property
    def _data(self) -> Path:
        return self._folder / "data"

    def _initialise(self) -> None:
        self._folder.mkdir(parents=True, exist_ok=True)
        shutil.rmtree(self._data, ignore_errors=True)
        self._password_file.touch(mode=0o600)
        self._password_file.write_text(secrets.token_urlsafe(18) + "\n")
        self._data.mkdir(mode=0o700)
        if self._account is not None:
            for path in (self._password_file, self._data):
                os.chown(path, self._account.uid, self._account.gid)
        done = self._run(
            [
                *(str(_binaries() / "initdb"), "-D", str(self._data), "--no-sync"),
                *("--encoding=UTF8", "--locale=C", f"--username={USER}"),
                *("--auth=scram-sha-256", f"--pwfile={self._password_file}"),
            ]
        )
        self.log.write_text(done.stdout + done.stderr)
        if done.returncode != 0:
            raise StartFailed("Postgres", "could not make its data folder", self.log)
        (self._folder / "port").write_text(str(self._port or free_ports(1)[0]))

    def _started(self) -> bool:
        before = self.log.stat().st_size if self.log.exists() else 0
        self._process.start(self._command(), cwd=self._data, account=self._account)
        try:
            self._process.wait_for(self._accepts, within_s=30)
        except StartFailed:
            with self.log.open(errors="replace") as log:
                log.seek(before)
                news = log.read()
            if any(words in news for words in _STILL_DYING):
                return False
            raise
        return True

    def _command(self) -> list[str]:
        settings = {
            "listen_addresses": "127.0.0.1",
            "port": str(self.port),
            "unix_socket_directories": "",
            "max_connections": "200",
            "fsync": "on" if self._durable else "off",
        }
        options = [word for key, value in settings.items() for word in ("-c", f"{key}={value}")]
        return [str(_binaries() / "postgres"), "-D", str(self._data), *options]

    def _accepts(self) -> bool:
        return self._run([str(_binaries() / "pg_isready"), "-q", *self._address()]).returncode == 0

    def _databases(self) -> set[str]:
        query = "SELECT datname FROM pg_database"
        return set(self._client("psql", "-At", "-d", "postgres", "-c", query).split())

    def _client(self, program: str, *arguments: str) -> str:
        command = [str(_binaries() / program), *self._address(), "-U", USER, *arguments]
        done = self._run(command, PGPASSWORD=self._password_file.read_text().strip())
        if done.returncode != 0:
            self.log.open("a").write(done.stderr)
            raise StartFailed("Postgres", f"refused {program}", self.log)
        return done.stdout

    def _address(self) -> list[str]:
        return ["-h", "127.0.0.1", "-p", str(self.port)]

    def _run(self, command: Sequence[str], **env: str) -> subprocess.CompletedProcess[str]:
        account = self._account
        groups: list[int] | None = [] if account else None
        return subprocess.run(
            command,
            cwd=self._folder,
            env={**os.environ, **env},
            capture_output=True,
            text=True,
            check=False,
            user=account.uid if account else None,
            group=account.gid if account else None,
            extra_groups=groups,
        )


def _binaries() -> Path:
    """The folder of the newest server on this machine; the one in PATH goes first."""
    in_path = shutil.which("postgres")
    places = [Path(in_path).resolve().parent] if in_path else []
    for folder in (*places, *sorted(_installed(), key=_version, reverse=True)):
        if all((folder / name).exists() for name in ("initdb", "postgres", "pg_isready", "psql")):
            return folder
    raise MissingTool("a Postgres server", "The private Postgres", _INSTALL)


def _installed() -> Iterator[Path]:
    for pattern in _PLACES:
        yield from Path("/").glob(pattern.removeprefix("/"))


def _version(folder: Path) -> int:
    digits = "".join(filter(str.isdigit, folder.parent.name))
    return int(digits or 0)


def _account() -> Account | None:
    """Postgres refuses to run as root: then an unprivileged account of this machine runs it."""
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return Account(name=name, uid=entry.pw_uid, gid=entry.pw_gid)
    raise MissingTool("an unprivileged account", "Postgres started by root", "adduser postgres")


def _reachable(folder: Path, account: Account | None) -> Path:
    """The folder, or one below the system's temporary folder when the account cannot enter it."""
    if account is None or all(map(_may_enter, (folder, *folder.parents))):
        return folder
    name = f"citedesk-postgres-{sha256(str(folder).encode()).hexdigest()[:8]}"
    instead = Path(tempfile.gettempdir()).resolve() / name
    say(f"Postgres: user {account.name!r} cannot enter {folder}; its data is in {instead}")
    return instead


def _may_enter(folder: Path) -> bool:
    return not folder.exists() or bool(folder.stat().st_mode & stat.S_IXOTH)
