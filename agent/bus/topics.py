"""The topics: what each must look like, making them, checking them."""

import asyncio
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta

from agent.bus.client import Admin, admin
from agent.bus.errors import TopicsWrong
from agent.domain.events import CONTRACTS

NAMES: tuple[str, ...] = tuple(dict.fromkeys(contract.TOPIC for contract in CONTRACTS))
TICKETS = "tickets.v1"
DECISIONS = "approvals.decided.v1"
_KNOWN_WITHIN_S = 10
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


async def cluster_id(bootstrap: str) -> str:
    """The cluster's own id: offsets are only unique within it."""
    async with admin(bootstrap) as client:
        return await client.cluster_id() or bootstrap


async def require(bootstrap: str, names: Sequence[str] = NAMES) -> None:
    """Raises `TopicsWrong` when one of the topics is missing: a client would wait for it."""
    async with admin(bootstrap) as client:
        there = await client.topics()
    if faults := [_missing(name) for name in names if name not in there]:
        raise TopicsWrong(faults)


async def create(bootstrap: str, spec: TopicSpec) -> list[str]:
    """Make the topics that are missing and return their names; existing ones are left alone."""
    async with admin(bootstrap) as client:
        answers = await client.create(NAMES, spec.partitions, spec.replication, spec.configs())
        made = [name for name, (code, _) in answers.items() if code == 0]
        await _until_known(client, made)
    faults = [
        f"{name}: not created: {words or f'Kafka error {code}'}"
        for name, (code, words) in answers.items()
        if code not in (0, _EXISTS)
    ]
    if faults:
        raise TopicsWrong(faults)
    return made


async def _until_known(client: Admin, made: Sequence[str]) -> None:
    """A broker hears of a new topic a moment after the controller made it."""
    with suppress(TimeoutError):
        async with asyncio.timeout(_KNOWN_WITHIN_S):
            while not set(made) <= await client.topics():  # noqa: ASYNC110 - Kafka rings no bell
                await asyncio.sleep(0.05)


async def check(bootstrap: str, spec: TopicSpec) -> list[str]:
    """Every way in which the topics differ from `spec`, one line each; empty when all is well."""
    async with admin(bootstrap) as client:
        there = await client.topics()
        faults = [_missing(name) for name in NAMES if name not in there]
        for name in (name for name in NAMES if name in there):
            faults += _differs(name, await client.configs(name), spec)
            faults += _too_few(name, await client.partitions(name), spec)
    return faults


def _missing(topic: str) -> str:
    return f"{topic}: missing; run `citedesk topics create`"


def _too_few(topic: str, partitions: int, spec: TopicSpec) -> list[str]:
    if partitions >= spec.partitions:
        return []
    return [f"{topic}: has {partitions} partitions, the service is set to {spec.partitions}"]


def _differs(topic: str, has: Mapping[str, str], spec: TopicSpec) -> list[str]:
    faults: list[str] = []
    if "compact" in has.get("cleanup.policy", ""):
        faults.append(f"{topic}: cleanup.policy is 'compact', which loses events; set 'delete'")
    for key in ("retention.ms", "max.message.bytes"):
        wanted, found = int(spec.configs()[key]), int(has.get(key, "0"))
        if 0 <= found < wanted:
            faults.append(f"{topic}: {key} is {found}, the service needs at least {wanted}")
    return faults
