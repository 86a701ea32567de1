"""`citedesk topics create` and `check`."""

from datetime import timedelta

from agent.bus import topics
from agent.cli.exits import Exit
from agent.cli.output import as_json_line, out
from agent.settings import KafkaSettings, load_settings


def spec(kafka: KafkaSettings) -> topics.TopicSpec:
    return topics.TopicSpec(
        partitions=kafka.partitions,
        replication=kafka.replication,
        retention=timedelta(hours=kafka.retention_hours),
        max_message_bytes=kafka.max_message_bytes,
    )


async def create_topics(*, as_json: bool) -> int:
    kafka = load_settings().kafka
    made = await topics.create(kafka.bootstrap, spec(kafka))
    faults = await topics.check(kafka.bootstrap, spec(kafka))
    if as_json:
        as_json_line({"created": made, "faults": faults})
    else:
        for name in made:
            out.print(f"created {name}", markup=False)
        for name in topics.NAMES:
            if name not in made:
                out.print(f"there    {name}", markup=False)
        for fault in faults:
            out.print(f"differs  {fault}", markup=False)
    return Exit.FOUND if faults else Exit.OK


async def check_topics(*, as_json: bool) -> int:
    kafka = load_settings().kafka
    faults = await topics.check(kafka.bootstrap, spec(kafka))
    if as_json:
        as_json_line({"faults": faults})
    else:
        for fault in faults or ["all topics are as the service needs them"]:
            out.print(fault, markup=False)
    return Exit.FOUND if faults else Exit.OK
