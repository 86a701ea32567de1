"""The topics: what each must look like, making them, checking them."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, cast

from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType
from aiokafka.errors import KafkaError

from agent.bus.errors import BrokerUnreachable, TopicsWrong
from agent.domain.events import CONTRACTS

NAMES: tuple[str, ...] = tuple(dict.fromkeys(contract.TOPIC for contract in CONTRACTS))
TICKETS = "tickets.v1"
_EXISTS = 36  #: Kafka's error code TOPIC_ALREADY_EXISTS


@dataclass(frozen=True, slots=True, kw_only=True)
class TopicSpec:
    """What every topic of the service must have."""

    partitions: int
    replication: int
    retention: timedelta
    max_message_bytes: int

    def configs(self) -> dict[str, str]:
        return {
            "cleanup.policy": "delete",
            "retention.ms": str(int(self.retention.total_seconds() * 1000)),
            "max.message.bytes": str(self.max_message_bytes),
        }


@asynccontextmanager
async def admin(bootstrap: str) -> AsyncIterator[AIOKafkaAdminClient]:
    """An admin client; raises `BrokerUnreachable` when nobody answers."""
    client = AIOKafkaAdminClient(bootstrap_servers=bootstrap, request_timeout_ms=10_000)
    try:
        await client.start()
    except (KafkaError, OSError) as exc:
        await client.close()
        raise BrokerUnreachable(bootstrap, type(exc).__name__) from exc
    try:
        yield client
    finally:
        await client.close()


async def cluster_id(bootstrap: str) -> str:
    """The cluster's own id: offsets are only unique within it."""
    async with admin(bootstrap) as client:
        described = cast(Mapping[str, Any], await client.describe_cluster())
    return str(described.get("cluster_id") or bootstrap)


async def create(bootstrap: str, spec: TopicSpec) -> list[str]:
    """Make the topics that are missing and return their names; existing ones are left alone."""
    wanted = [
        NewTopic(name, spec.partitions, spec.replication, topic_configs=spec.configs())
        for name in NAMES
    ]
    async with admin(bootstrap) as client:
        answer: Any = await client.create_topics(wanted, timeout_ms=10_000)
    made: list[str] = []
    faults: list[str] = []
    for name, code, *rest in cast(list[tuple[Any, ...]], answer.topic_errors):
        if code == 0:
            made.append(str(name))
        elif code != _EXISTS:
            faults.append(f"{name}: not created: {rest[0] if rest else f'error {code}'}")
    if faults:
        raise TopicsWrong(faults)
    return made


async def check(bootstrap: str, spec: TopicSpec) -> list[str]:
    """Every way in which the topics differ from `spec`, one line each; empty when all is well."""
    async with admin(bootstrap) as client:
        there = {str(name) for name in await client.list_topics()}
        present = [name for name in NAMES if name in there]
        faults = [
            f"{name}: missing; run `citedesk topics create`" for name in NAMES if name not in there
        ]
        for name in present:
            faults += _differs(name, await _configs(client, name), spec)
    return faults


async def _configs(client: AIOKafkaAdminClient, topic: str) -> dict[str, str]:
    resource = ConfigResource(ConfigResourceType.TOPIC, topic)
    answers: Any = await client.describe_configs([resource])
    entries = answers[0].resources[0][4]
    return {str(entry[0]): str(entry[1]) for entry in entries}


def _differs(topic: str, has: Mapping[str, str], spec: TopicSpec) -> list[str]:
    faults: list[str] = []
    if "compact" in has.get("cleanup.policy", ""):
        faults.append(f"{topic}: cleanup.policy is 'compact', which loses events; set 'delete'")
    for key in ("retention.ms", "max.message.bytes"):
        wanted, found = int(spec.configs()[key]), int(has.get(key, "0"))
        if 0 <= found < wanted:
            faults.append(f"{topic}: {key} is {found}, the service needs at least {wanted}")
    return faults
