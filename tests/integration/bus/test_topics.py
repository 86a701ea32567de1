"""`topics.create` and `check` against a real broker. They take the service's topics away first."""

from dataclasses import replace
from datetime import timedelta

import pytest

from agent.bus import topics
from agent.bus.errors import BrokerUnreachable, TopicsWrong
from agent.bus.topics import NAMES, TopicSpec
from deploy.local import Kafka
from tests.broker import make_topic, remove_topics

SPEC = TopicSpec(
    partitions=2, replication=1, retention=timedelta(days=7), max_message_bytes=8_388_608
)


@pytest.fixture
async def bare(kafka_server: Kafka) -> str:
    """A broker of this run without any of the service's topics."""
    await remove_topics(kafka_server.bootstrap, NAMES)
    return kafka_server.bootstrap


async def test_what_create_makes_check_accepts_and_a_second_create_leaves_alone(bare: str) -> None:
    assert await topics.create(bare, SPEC) == list(NAMES)
    assert await topics.check(bare, SPEC) == []
    await topics.require(bare)

    assert await topics.create(bare, SPEC) == []


async def test_every_topic_that_is_missing_is_named_with_the_mend(bare: str) -> None:
    await make_topic(bare, "tickets.v1", partitions=2, settings=SPEC.configs())

    faults = await topics.check(bare, SPEC)

    assert faults == [f"{name}: missing; run `citedesk topics create`" for name in NAMES[1:]]
    with pytest.raises(TopicsWrong, match=r"drafts\.v1: missing"):
        await topics.require(bare)
    await topics.create(bare, SPEC)


async def test_what_would_lose_events_is_a_fault(bare: str) -> None:
    bad = {"cleanup.policy": "compact", "retention.ms": "60000", "max.message.bytes": "1048576"}
    await make_topic(bare, "tickets.v1", settings=bad)
    await topics.create(bare, SPEC)

    faults = await topics.check(bare, SPEC)
    await remove_topics(bare, ["tickets.v1"])
    await topics.create(bare, SPEC)

    assert len(faults) == 4
    assert all(fault.startswith("tickets.v1: ") for fault in faults)
    for words in ("compact", "retention.ms is 60000", "max.message.bytes is", "1 partitions"):
        assert any(words in fault for fault in faults), words


async def test_kafka_s_own_refusal_is_told(bare: str) -> None:
    with pytest.raises(TopicsWrong, match=r"tickets\.v1: not created: .*replication"):
        await topics.create(bare, replace(SPEC, replication=3))
    await topics.create(bare, SPEC)


async def test_an_address_where_nobody_answers_is_told_with_the_variable() -> None:
    with pytest.raises(BrokerUnreachable, match=r"'127\.0\.0\.1:1'.*CITEDESK_KAFKA__BOOTSTRAP"):
        await topics.check("127.0.0.1:1", SPEC)
