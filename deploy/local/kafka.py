"""Apache Kafka on one node (KRaft), from the jars of Maven Central."""

import fcntl
import os
import re
import shutil
import signal
import socket
import struct
import subprocess
import uuid
from base64 import urlsafe_b64encode
from pathlib import Path
from typing import Self

from deploy.local.errors import FetchFailed, MissingTool
from deploy.local.process import Background, free_ports, say

VERSION = "4.3.1"
_SLF4J = "1.7.36"
_ROOT = Path(__file__).resolve().parents[2]
JARS = _ROOT / ".kafka" / "lib"
MESSAGE_LIMIT = 10 * 1024 * 1024
"""Bytes of the largest record the broker takes: above the 8 MB of the topics."""

_POM = f"""\
<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>citedesk</groupId><artifactId>local-kafka</artifactId><version>1</version>
  <packaging>pom</packaging>
  <dependencies>
    <dependency><groupId>org.apache.kafka</groupId>
      <artifactId>kafka_2.13</artifactId><version>{VERSION}</version></dependency>
    <dependency><groupId>org.slf4j</groupId>
      <artifactId>slf4j-simple</artifactId><version>{_SLF4J}</version></dependency>
  </dependencies>
</project>
"""

_PROPERTIES = """\
process.roles=broker,controller
node.id=1
controller.quorum.voters=1@127.0.0.1:{controller}
listeners=PLAINTEXT://127.0.0.1:{port},CONTROLLER://127.0.0.1:{controller}
advertised.listeners=PLAINTEXT://127.0.0.1:{port}
controller.listener.names=CONTROLLER
listener.security.protocol.map=PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT
log.dirs={data}
# as in production: `citedesk topics create` makes the topics
auto.create.topics.enable=false
message.max.bytes={limit}
replica.fetch.max.bytes={limit}
# one node holds every replica
offsets.topic.replication.factor=1
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
share.coordinator.state.topic.replication.factor=1
share.coordinator.state.topic.min.isr=1
# few internal partitions and short sessions: it is back 7-9 s after a kill -9, not 14-20 s
offsets.topic.num.partitions=4
transaction.state.log.num.partitions=4
share.coordinator.state.topic.num.partitions=4
group.initial.rebalance.delay.ms=0
broker.session.timeout.ms=2000
broker.heartbeat.interval.ms=500
"""


def missing() -> str | None:
    """Why Kafka cannot run here, in one sentence, or None when it can."""
    try:
        _java()
        if not _complete():
            _maven()
    except MissingTool as error:
        return str(error)
    return None


def fetch() -> None:
    """Bring the jars to `.kafka/lib`, once for this checkout and this version."""
    JARS.parent.mkdir(parents=True, exist_ok=True)
    with (JARS.parent / "fetch.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not _complete():
            _fetch_jars()


class Kafka:
    """A broker whose data and ports stay the same over stop, kill and restart.

    `folder` holds its settings, data and log. Start it with `with`, or `start()` and `stop()`;
    a broker that another command started in the same folder is found again by its pid file.
    """

    def __init__(self, folder: Path, *, port: int | None = None) -> None:
        self._folder = folder.resolve()
        self._settings = self._folder / "server.properties"
        self._port = port
        self._process = Background(
            service=f"Apache Kafka {VERSION}",
            pid_file=self._folder / "kafka.pid",
            log=self._folder / "kafka.log",
        )

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    @property
    def bootstrap(self) -> str:
        """`host:port` for clients."""
        found = re.search(r"^advertised\.listeners=PLAINTEXT://(\S+)$", self._read(), re.MULTILINE)
        return found.group(1) if found else ""

    @property
    def pid(self) -> int | None:
        return self._process.pid

    @property
    def log(self) -> Path:
        return self._process.log

    def start(self) -> None:
        """Run it and return when it answers a request. Does nothing when it runs already."""
        if self._process.pid is not None:
            return
        java = _java()
        fetch()
        if not self._settings.exists():
            self._format(java)
        self._process.start(
            [java, "-Xms128m", "-Xmx512m", "-cp", _classpath(), "kafka.Kafka", str(self._settings)],
            cwd=self._folder,
        )
        self._process.wait_for(self._answers, within_s=60)

    def stop(self) -> None:
        """Shut down in order."""
        self._process.end(signal.SIGTERM, within_s=20)

    def kill(self) -> None:
        """kill -9."""
        self._process.end(signal.SIGKILL, within_s=10)

    def restart(self) -> None:
        self.stop()
        self.start()

    def clear(self) -> None:
        """Stop it and remove its data, settings and log."""
        self.stop()
        shutil.rmtree(self._folder / "data", ignore_errors=True)
        self._settings.unlink(missing_ok=True)
        self._process.log.unlink(missing_ok=True)

    def _format(self, java: str) -> None:
        self._folder.mkdir(parents=True, exist_ok=True)
        shutil.rmtree(self._folder / "data", ignore_errors=True)
        port, controller = free_ports(2)
        draft = self._folder / "server.properties.new"
        draft.write_text(
            _PROPERTIES.format(
                port=self._port or port,
                controller=controller,
                data=self._folder / "data",
                limit=MESSAGE_LIMIT,
            )
        )
        cluster = urlsafe_b64encode(uuid.uuid4().bytes).rstrip(b"=").decode()
        tool = [java, "-cp", _classpath(), "kafka.tools.StorageTool", "format"]
        done = subprocess.run(
            [*tool, f"--cluster-id={cluster}", "-c", str(draft)],
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode != 0:
            raise FetchFailed("a formatted Kafka log folder", done.stdout + done.stderr)
        draft.rename(self._settings)

    def _answers(self) -> bool:
        host, _, port = self.bootstrap.rpartition(":")
        return _api_versions(host, int(port))

    def _read(self) -> str:
        return self._settings.read_text() if self._settings.exists() else ""


def _api_versions(host: str, port: int) -> bool:
    """Whether a broker answers the first request of every client (ApiVersions, version 0)."""
    request = struct.pack(">hhih", 18, 0, 1, -1)
    try:
        with socket.create_connection((host, port), timeout=1) as client:
            client.sendall(struct.pack(">i", len(request)) + request)
            answer = client.recv(10)
    except OSError:
        return False
    return len(answer) == 10 and struct.unpack(">ih", answer[4:]) == (1, 0)


def _java() -> str:
    java = shutil.which("java")
    if java is None:
        raise MissingTool("Java 17 or newer", "Kafka", "apt-get install openjdk-17-jre-headless")
    shown = subprocess.run([java, "-version"], capture_output=True, text=True, check=False).stderr
    release = re.search(r'version "(\d+)', shown)
    if release is None or int(release.group(1)) < 17:
        found = shown.splitlines()[0] if shown else "nothing"
        raise MissingTool(
            "Java 17 or newer", "Kafka", f"apt-get install openjdk-17-jre-headless (found: {found})"
        )
    return java


def _maven() -> str:
    maven = shutil.which("mvn")
    if maven is None:
        raise MissingTool("Maven (mvn)", "Fetching Kafka's jars", "apt-get install maven")
    return maven


def _classpath() -> str:
    return str(JARS / "*")


def _complete() -> bool:
    note = JARS / "VERSION"
    return note.exists() and note.read_text() == VERSION


def _fetch_jars() -> None:
    say(f"Kafka: fetching Apache Kafka {VERSION} from Maven Central, once (45 MB, to .kafka/lib)")
    maven = _maven()
    fresh = JARS.with_name(f"lib.{os.getpid()}")
    shutil.rmtree(fresh, ignore_errors=True)
    fresh.mkdir()
    pom = fresh / "pom.xml"
    pom.write_text(_POM)
    done = subprocess.run(
        [
            *(maven, "-B", "-q", "--strict-checksums", "-f", str(pom)),
            "dependency:copy-dependencies",
            "-DincludeScope=runtime",
            f"-DoutputDirectory={fresh}",
        ],
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        shutil.rmtree(fresh, ignore_errors=True)
        raise FetchFailed(f"Apache Kafka {VERSION}", done.stdout + done.stderr)
    (fresh / "VERSION").write_text(VERSION)
    shutil.rmtree(JARS, ignore_errors=True)
    fresh.rename(JARS)
    say(f"Kafka: {len(list(JARS.glob('*.jar')))} jars in .kafka/lib")
