"""The contracts on the wire change only on purpose."""

from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from agent.bus.asyncapi import asyncapi, schema, write
from agent.domain.events import CONTRACTS, Event

DOCS = Path(__file__).resolve().parents[3] / "docs"


def test_the_documents_in_the_repository_are_those_of_the_models(tmp_path: Path) -> None:
    """Run `make docs` after a change of a contract, and read the diff: consumers will meet it."""
    for made in write(tmp_path):
        kept = DOCS / made.relative_to(tmp_path)
        assert kept.read_text(encoding="utf-8") == made.read_text(encoding="utf-8"), kept.name


@pytest.mark.parametrize("contract", CONTRACTS, ids=lambda c: c.TYPE)
def test_every_schema_is_valid_json_schema(contract: type[Event]) -> None:
    Draft202012Validator.check_schema(schema(contract))


def test_every_payload_of_the_asyncapi_document_stands_alone() -> None:
    """A reference inside a payload would point into a document that has no such place."""
    for name, message in asyncapi()["components"]["messages"].items():
        assert "$ref" not in str(message["payload"]), name


def test_every_operation_points_to_a_message_of_its_channel() -> None:
    document = asyncapi()
    for operation in document["operations"].values():
        channel = operation["channel"]["$ref"].rsplit("/", 1)[1]
        message = operation["messages"][0]["$ref"].rsplit("/", 1)[1]
        assert message in document["channels"][channel]["messages"]
