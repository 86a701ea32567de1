"""What can go wrong between us and Kafka.

BusError
├── BrokerUnreachable   nobody answers at the bootstrap address
├── MemberTaken         another process of this machine reads under the same name
├── SendFailed          Kafka did not take a record
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


class MemberTaken(BusError):
    """Two members of one name throw each other out of the consumer group for ever."""

    def __init__(self, member: str) -> None:
        self.member = member
        super().__init__(
            f"another process of this machine reads from Kafka as {member!r}; give this one a name "
            "of its own with CITEDESK_KAFKA__INSTANCE, such as 1"
        )


class SendFailed(BusError):
    """Kafka did not take a record; `why` is the name of its error."""

    def __init__(self, topic: str, why: str) -> None:
        self.topic = topic
        self.why = why
        super().__init__(f"Kafka did not take a record for {topic!r}: {why}")


class TopicsWrong(BusError):
    """Each fault names the topic, what it has and what it needs."""

    def __init__(self, faults: list[str]) -> None:
        self.faults = faults
        super().__init__("\n".join(faults))
