"""What the tools of a desk's own description may use."""

import re

from pydantic import Field, SecretStr, field_validator

from agent.settings.sections import Section

_NAME = re.compile(r"[a-z][a-z0-9_]{0,39}")


class ToolsSettings(Section):
    secrets: dict[str, SecretStr] = Field(
        default_factory=dict[str, SecretStr],
        description="by the name that a desk's http_tools give them in auth",
    )
    hosts: tuple[str, ...] = Field(
        default=(), description="the only hosts that any desk's http_tools may name; none: theirs"
    )

    @field_validator("secrets")
    @classmethod
    def _usable(cls, value: dict[str, SecretStr]) -> dict[str, SecretStr]:
        for name, secret in value.items():
            if not _NAME.fullmatch(name):
                raise ValueError(f"{name!r} is no name of a-z, 0-9 and '_'")
            text = secret.get_secret_value()
            if not text or not text.isascii() or not text.isprintable() or text != text.strip():
                raise ValueError(f"{name!r} is empty, or holds what no HTTP header can")
        return value
