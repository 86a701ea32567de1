"""Every setting of the service, from the environment or `citedesk.toml`.

A variable is `CITEDESK_` + the path with `__` between levels: `CITEDESK_KAFKA__BOOTSTRAP`. The
environment wins over the file; the file is `citedesk.toml` in the working folder, or the one that
`CITEDESK_CONFIG` names. Read only by `bootstrap` and `cli`.
"""

import difflib
import os
import re
import socket
from datetime import timedelta
from pathlib import Path
from typing import Any, cast

from pydantic import Field, ValidationError, model_validator
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

from agent.settings.approvals import ApprovalsSettings
from agent.settings.engine import DeskEngineSettings, EndpointSettings, EngineSettings
from agent.settings.model import ModelSettings
from agent.settings.sections import (
    DatabaseSettings,
    HttpSettings,
    IntakeSettings,
    KafkaSettings,
    RetentionSettings,
    StartSettings,
    TelemetrySettings,
    WorkerSettings,
)
from agent.settings.tools import ToolsSettings
from agent.settings.web import WebSettings

PREFIX = "CITEDESK_"
SHIPPED_DESKS = Path(__file__).resolve().parents[2] / "desks"


class SettingsError(Exception):
    """One or more settings are wrong; the message names each variable and what it takes."""

    def __init__(self, faults: list[str]) -> None:
        self.faults = faults
        super().__init__("\n".join(faults))


class Settings(BaseSettings):
    """All of them; a wrong value is refused at start with the variable's name."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX,
        env_nested_delimiter="__",
        frozen=True,
        extra="forbid",
        nested_model_default_partial_update=True,
    )

    desks: Path = Field(default=SHIPPED_DESKS, description="a folder of desks")
    data: Path = Field(
        default=Path(".citedesk"), description="caches and the embedded defaults' files"
    )
    kafka: KafkaSettings = Field(default_factory=KafkaSettings)
    database: DatabaseSettings = Field(default_factory=DatabaseSettings)
    worker: WorkerSettings = Field(default_factory=WorkerSettings)
    intake: IntakeSettings = Field(default_factory=IntakeSettings)
    retention: RetentionSettings = Field(default_factory=RetentionSettings)
    http: HttpSettings = Field(default_factory=HttpSettings)
    web: WebSettings = Field(default_factory=WebSettings)
    approvals: ApprovalsSettings = Field(default_factory=ApprovalsSettings)
    tools: ToolsSettings = Field(default_factory=ToolsSettings)
    telemetry: TelemetrySettings = Field(default_factory=TelemetrySettings)
    start: StartSettings = Field(default_factory=StartSettings)
    model: ModelSettings = Field(default_factory=ModelSettings)
    engine: EngineSettings = Field(default_factory=EngineSettings)

    @model_validator(mode="after")
    def _remembers_what_may_come_again(self) -> "Settings":
        """An event that was purged is not known as a duplicate any more."""
        if timedelta(days=self.retention.days) <= self.intake.max_age:
            raise ValueError(
                "CITEDESK_RETENTION__DAYS must be more than CITEDESK_INTAKE__MAX_AGE: an event "
                "delivered again after its row is gone would be answered twice"
            )
        return self

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        file = TomlConfigSettingsSource(settings_cls, _file())
        return (init_settings, env_settings, file)


def load_settings() -> Settings:
    """The settings in force; raises `SettingsError` that names every faulty variable."""
    faults = _unknown_variables()
    file = os.environ.get(f"{PREFIX}CONFIG")
    if file and not Path(file).is_file():
        faults.append(f"{PREFIX}CONFIG: no file {file!r}; give the path of a TOML file")
    try:
        settings = Settings()
    except ValidationError as exc:
        told = [_told(fault) for fault in exc.errors(include_url=False)]
        faults += [
            fault for fault in told if fault.split(":")[0] not in {f.split(":")[0] for f in faults}
        ]
    except ValueError as exc:  # tomllib's error, or JSON in a variable that cannot be read
        faults.append(f"{_file()}: {exc}; mend the file or the variable")
    else:
        if not faults:
            return settings
    raise SettingsError(faults)


def masked(settings: Settings) -> dict[str, Any]:
    """All settings as `config` prints them: variable name to value, secrets masked."""
    return {name: _masked(name, value) for name, value in _flat(settings.model_dump(mode="json"))}


def static_member_id(settings: KafkaSettings) -> str:
    return f"{socket.gethostname()}-{settings.instance}"


def _file() -> Path:
    return Path(os.environ.get(f"{PREFIX}CONFIG", "citedesk.toml"))


#: Variables under our prefix that are not settings.
_OTHER = ("CONFIG", "TEST_", "SHARED_DATA")


def _unknown_variables() -> list[str]:
    known = {name for name, _ in _flat(Settings.model_construct().model_dump(mode="json"))}
    faults: list[str] = []
    for name in sorted(os.environ):
        if not name.startswith(PREFIX) or name[len(PREFIX) :].startswith(_OTHER):
            continue
        if not any(name == k or k.startswith(f"{name}__") or _in_dict(name, k) for k in known):
            near = difflib.get_close_matches(name, known, n=1)
            mend = f"; did you mean {near[0]}?" if near else "; `citedesk config` lists them all"
            faults.append(f"{name}: no such setting{mend}")
    return faults


#: All below it is secret, whatever its name.
_SECRETS = "CITEDESK_TOOLS__SECRETS"
#: Settings that are tables by a name of the user's choice.
_TABLES = (
    "CITEDESK_INTAKE__SOURCES",
    "CITEDESK_WEB__WEBHOOKS",
    "CITEDESK_ENGINE__ENDPOINTS",
    "CITEDESK_ENGINE__DESKS",
    "CITEDESK_APPROVALS__APPROVERS",
    "CITEDESK_APPROVALS__RULES",
    _SECRETS,
)


def _in_dict(name: str, known: str) -> bool:
    return known in _TABLES and name.startswith(f"{known}__")


def _told(fault: Any) -> str:
    if not fault["loc"]:  # two settings that do not go together; the message names them
        return str(fault["msg"]).removeprefix("Value error, ")
    name = PREFIX + "__".join(str(part) for part in fault["loc"]).upper()
    return f"{name}: {fault['msg']}" + (
        f" (given {fault['input']!r})" if _shown(fault, name) else ""
    )


def _shown(fault: Any, name: str) -> bool:
    """Whether what was given may be repeated: in a wrong place it may well be a secret."""
    misplaced = fault["type"] in ("extra_forbidden", "dict_type", "model_type")
    single = fault["input"] is None or isinstance(fault["input"], str | int | float)
    return single and not misplaced and not _secret(name)


def _flat(values: dict[str, Any], prefix: str = PREFIX) -> list[tuple[str, Any]]:
    flat: list[tuple[str, Any]] = []
    for key, value in values.items():
        name = f"{prefix}{key.upper()}"
        if isinstance(value, dict) and (name not in _TABLES or _of_tables(cast(Any, value))):
            flat += _flat(cast(dict[str, Any], value), f"{name}__")
        else:
            flat.append((name, cast(Any, value)))
    return flat


def _of_tables(value: dict[str, Any]) -> bool:
    return bool(value) and all(isinstance(inner, dict) for inner in value.values())


def _secret(name: str) -> bool:
    return name.startswith(_SECRETS) or name.endswith(
        ("__URL", "_KEY", "_SECRET", "_PASSWORD", "_TOKEN")
    )


def _masked(name: str, value: Any) -> Any:
    """Also outside of secrets: an OTLP endpoint may carry a login. A password may hold a `@`."""
    if not isinstance(value, str):
        return value
    if _secret(name) and "://" not in value:
        return "***" if value else value
    shown = re.sub(r"(://[^:/@]*):.*@", r"\1:***@", value)
    return re.sub(r"([?&](?:password|sslpassword)=)[^&]*", r"\1***", shown)


__all__ = [
    "SHIPPED_DESKS",
    "ApprovalsSettings",
    "DatabaseSettings",
    "DeskEngineSettings",
    "EndpointSettings",
    "EngineSettings",
    "HttpSettings",
    "IntakeSettings",
    "KafkaSettings",
    "ModelSettings",
    "RetentionSettings",
    "Settings",
    "SettingsError",
    "StartSettings",
    "TelemetrySettings",
    "ToolsSettings",
    "WebSettings",
    "WorkerSettings",
    "load_settings",
    "masked",
    "static_member_id",
]
