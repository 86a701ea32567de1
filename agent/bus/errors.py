"""What can go wrong between us and Kafka.

BusError
├── BrokerUnreachable   nobody answers at the bootstrap address
└── TopicsWrong         topics are missing or differ from what the service needs
"""


class BusError(Exception):
    """Base of all errors of the bus."""


class BrokerUnreachable(BusError):
    """No broker answers; `bootstrap` is the address that was tried."""

    def __init__(self, bootstrap: str, why: str = "") -> None:
        self.bootstrap = bootstrap
        told = f" ({why})" if why else ""
        super().__init__(
            f"no Kafka broker answers at {bootstrap!r}{told}; start one (`make kafka`) or set "
            "CITEDESK_KAFKA__BOOTSTRAP"
        )


class TopicsWrong(BusError):
    """Each fault names the topic, what it has and what it needs."""

    def __init__(self, faults: list[str]) -> None:
        self.faults = faults
        super().__init__("\n".join(faults))
