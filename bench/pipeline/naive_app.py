"""Two naive designs: the ticket's work inside the Kafka handler. `python -m ...naive_app DESIGN`.

`ack-after` acknowledges a ticket after its work; `max-workers` takes many at a time, which
FastStream does with its default acknowledgement only: the client commits by itself.
"""

import argparse
import asyncio
from collections.abc import Callable
from typing import Any

from faststream import AckPolicy, FastStream
from faststream.kafka import KafkaBroker, KafkaMessage

DESIGNS = ("ack-after", "max-workers")


def build(asked: argparse.Namespace) -> FastStream:
    broker = KafkaBroker(asked.bootstrap, logger=None)
    subscribe: Callable[..., Any] = broker.subscriber
    how: dict[str, Any] = (
        {"ack_policy": AckPolicy.NACK_ON_ERROR}
        if asked.design == "ack-after"
        else {"max_workers": asked.slots}
    )

    async def handle(msg: KafkaMessage) -> None:
        await asyncio.sleep(asked.work_seconds)  # the model's time
        await broker.publish(msg.body, topic=asked.out)

    subscriber = subscribe(
        asked.source,
        group_id=f"naive-{asked.design}",
        auto_offset_reset="earliest",
        session_timeout_ms=6_000,
        **how,
    )
    subscriber(handle)
    return FastStream(broker, logger=None)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("design", choices=DESIGNS)
    parser.add_argument("--bootstrap", required=True)
    parser.add_argument("--source", required=True)
    parser.add_argument("--out", required=True)
    parser.add_argument("--slots", type=int, required=True)
    parser.add_argument("--work-seconds", type=float, required=True)
    asyncio.run(build(parser.parse_args()).run())


if __name__ == "__main__":
    main()
