"""A Kafka inside this process, for the demo only.

It is librdkafka's mock cluster: memory only, one consumer per group, no transactions, about 5 MB a
partition. The client speaks to it as to any other broker.
"""

import os
import sys
from collections.abc import Generator
from contextlib import contextmanager
from typing import Any

from confluent_kafka import Producer


@contextmanager
def in_process_broker() -> Generator[str]:
    """Its bootstrap address, for as long as the block runs."""
    with _quiet_stderr():
        owner: Any = Producer({"bootstrap.servers": "in-process:1", "test.mock.num.brokers": 1})
        brokers = owner.list_topics(timeout=10).brokers
    address = next(iter(brokers.values()))
    try:
        yield f"{address.host}:{address.port}"
    finally:
        del owner


@contextmanager
def _quiet_stderr() -> Generator[None]:
    """librdkafka announces the mock cluster on the process's own standard error."""
    sys.stderr.flush()
    kept = os.dup(2)
    sink = os.open(os.devnull, os.O_WRONLY)
    os.dup2(sink, 2)
    try:
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)
        os.close(sink)
