"""The sections of the settings that have no file of their own beside this one."""

import re
from datetime import timedelta
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator

from agent.domain.ticket import Assurance

#: A password may hold anything; what follows its `@` is read strictly.
_DATABASE = re.compile(
    r"sqlite(\+aiosqlite)?:///.+"
    r"|postgres(ql)?(\+asyncpg)?://(.*@)?(\[[^\]]+\]|[^@/:\[\]]*)(:(?P<port>[^/@]*))?/[^/?]+(\?.*)?",
    re.DOTALL,
)


def _is_port(text: str) -> bool:
    return text.isascii() and text.isdigit() and 0 < int(text) < 65_536


class Section(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class KafkaSettings(Section):
    bootstrap: str = Field(default="localhost:9092", description="host:port, comma between brokers")
    group: str = Field(default="citedesk-ingest", description="consumer group of ingest")
    instance: str = Field(
        default="0", description="static member id is HOST-INSTANCE; must differ between processes"
    )
    session_timeout_ms: int = Field(
        default=10_000, ge=1_000, description="consumer session time-out"
    )

    @field_validator("bootstrap")
    @classmethod
    def _addresses(cls, value: str) -> str:
        for address in value.split(","):
            host, _, port = address.strip().rpartition(":")
            if not host or not _is_port(port):
                raise ValueError("write host:port, with a comma between brokers")
        return value

    partitions: int = Field(default=6, ge=1, description="of topics that `topics create` makes")
    replication: int = Field(default=1, ge=1, description="of topics that `topics create` makes")
    retention_hours: int = Field(default=168, ge=1, description="of topics; 7 days")
    max_message_bytes: int = Field(
        default=8_388_608, ge=1_048_576, description="largest record: 8 MB"
    )
    batch: int = Field(default=200, ge=1, le=5_000, description="records per inbox insert")


class DatabaseSettings(Section):
    url: str = Field(
        default="sqlite:///.citedesk/citedesk.db",
        description="sqlite:///FILE or postgresql://USER:PASSWORD@HOST/DB",
    )
    pool: int = Field(default=5, ge=1, le=100, description="connections")

    @field_validator("url")
    @classmethod
    def _address(cls, value: str) -> str:
        fits = _DATABASE.fullmatch(value)
        if fits is None or not _is_port(fits["port"] or "1"):
            raise ValueError("write sqlite:///FILE or postgresql://USER:PASSWORD@HOST:PORT/DB")
        return value


class WorkerSettings(Section):
    slots: int = Field(default=300, ge=1, le=10_000, description="tickets in flight in one process")
    processes: int = Field(
        default=1, ge=1, le=64, description="that `citedesk serve` starts; each computes on a core"
    )
    lease_seconds: float = Field(
        default=30, gt=0, description="how long a crash keeps a ticket waiting"
    )
    ticket_seconds: float = Field(default=120, gt=0, description="deadline of one attempt")
    attempts: int = Field(default=5, ge=1, description="failed attempts before a ticket is dead")
    backoff_seconds: float = Field(default=2, gt=0, description="first back-off; doubles, jittered")
    backoff_cap_seconds: float = Field(default=300, gt=0, description="longest back-off")
    settle_window_ms: float = Field(default=100, ge=0, description="settles are grouped this long")
    admit_batch: int = Field(default=200, ge=1, le=5_000, description="rows per admission")
    high_water: int = Field(
        default=50_000, ge=1, description="unended rows above which ingest pauses"
    )
    poll_ms: float = Field(
        default=250, gt=0, description="look for work this often when nothing rings"
    )
    drain_seconds: float = Field(
        default=20, ge=0, description="SIGTERM: wait this long for tickets"
    )


class IntakeSettings(Section):
    max_age: timedelta = Field(
        default=timedelta(days=7), description="older messages get `no-reply`"
    )
    own_addresses: tuple[str, ...] = Field(default=(), description="the desk's own mail addresses")
    sources: dict[str, Assurance] = Field(
        default_factory=dict,
        description="most a CloudEvents source may vouch for: verified or claimed",
    )
    default_assurance: Assurance = Field(
        default=Assurance.VERIFIED, description="most any other source may vouch for"
    )


class RetentionSettings(Section):
    days: int = Field(
        default=30, ge=1, description="ended rows, drafts and audit are kept this long"
    )


class HttpSettings(Section):
    host: str = "127.0.0.1"
    port: int = Field(default=8080, ge=0, le=65_535, description="0 picks a free one")


class TelemetrySettings(Section):
    otlp_endpoint: str | None = Field(default=None, description="OTLP over HTTP, such as host:4318")
    log_level: Literal["debug", "info", "warning", "error"] = "info"
    log_format: Literal["text", "json"] = "text"


class StartSettings(Section):
    retry_seconds: float = Field(
        default=60,
        ge=0,
        description="keep trying an unreachable broker or database this long at start",
    )
