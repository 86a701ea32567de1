"""An endpoint and its responses as values; loads no client."""

from collections.abc import AsyncGenerator
from dataclasses import dataclass, field
from typing import Any, Protocol
from urllib.parse import urlsplit

from engine.endpoint.faults import Names
from engine.profiles import Dialect


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    """Where a server is and how it is spoken to."""

    name: str
    base_url: str
    model: str
    key: str | None = field(default=None, repr=False)
    key_variable: str | None = None  #: where the key came from, for messages
    model_setting: str = "the model"
    url_setting: str = "the base URL"
    structured_setting: str = "the structured mode"
    dialect: Dialect = Dialect()  # noqa: RUF009 - a frozen value
    connect_seconds: float = 10.0

    @property
    def names(self) -> Names:
        return Names(
            engine=self.name,
            model=self.model,
            address=urlsplit(self.base_url).netloc.rpartition("@")[2],
            key=self.key_variable,
            model_setting=self.model_setting,
            url_setting=self.url_setting,
            structured_setting=self.structured_setting,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """A response, or one event of a streamed one."""

    status: int
    headers: dict[str, str]  #: names in lower case
    body: bytes


class Wire(Protocol):
    """How an engine reaches its server; trouble with the connection comes back in words."""

    async def post(self, body: dict[str, Any]) -> Said | str:
        """One response, whole."""
        ...

    def stream(self, body: dict[str, Any]) -> AsyncGenerator[Said | str]:
        """The events of a streamed response; a refusal, or words, is the last of them."""
        ...

    async def close(self) -> None: ...
