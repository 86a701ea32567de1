"""The review queue's pages and API."""

import ipaddress

from pydantic import Field, SecretStr, field_validator

from agent.settings.sections import Section


class WebhookSettings(Section):
    """One sender of tickets: its events have the source `webhook:NAME`."""

    desk: str = Field(min_length=1, description="the desk that its tickets are for")
    secret: SecretStr = Field(min_length=16, description="signs each request (HMAC)")


class WebSettings(Section):
    host: str = Field(
        default="127.0.0.1",
        description="address of the review queue; beyond loopback people must sign in",
    )
    port: int = Field(default=8090, ge=0, le=65_535, description="0 picks a free one")
    secure_cookies: bool = Field(
        default=True, description="cookies over HTTPS only; loopback addresses count as safe"
    )
    proxy_header: str = Field(
        default="", description="header in which a trusted proxy names who signed in"
    )
    proxy_addresses: tuple[str, ...] = Field(
        default=(), description="addresses of proxies that are believed"
    )
    webhooks: dict[str, WebhookSettings] = Field(
        default_factory=dict[str, WebhookSettings],
        description="by name of a sender: desk and signing secret of its webhooks",
    )

    @field_validator("proxy_addresses")
    @classmethod
    def _addresses(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for address in value:
            try:
                ipaddress.ip_address(address)
            except ValueError:
                raise ValueError(f"{address!r} is no IP address; write 10.0.0.5") from None
        return value
