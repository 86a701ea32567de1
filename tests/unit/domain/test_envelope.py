"""Reading records in all accepted forms, and refusing the rest with a reason and a mend."""

import json
from datetime import UTC, datetime

import pytest

from agent.domain.envelope import BadRecord, Coordinates, pack, read
from agent.domain.events import BODY_LIMIT, TicketClosed, TicketMessage

AT = Coordinates(cluster="c1", topic="tickets.v1", partition=2, offset=41)
DATA = {"ticket_id": "T-1", "desk": "support", "requester": {"id": "C-1"}, "body": "Hello?"}
NOW = datetime(2026, 11, 25, 9, 0, tzinfo=UTC)


def _bytes(value: object) -> bytes:
    return json.dumps(value).encode()


def _binary(**attributes: str) -> tuple[tuple[str, bytes], ...]:
    base = {"specversion": "1.0", "type": "ticket.message", "source": "shop", "id": "e-1"}
    return tuple((f"ce_{k}", v.encode()) for k, v in {**base, **attributes}.items())


def test_binary_mode_takes_the_attributes_from_the_headers() -> None:
    incoming = read(_bytes(DATA), (*_binary(), ("traceparent", b"00-aa-bb-01")), AT)
    assert (incoming.source, incoming.id) == ("shop", "e-1")
    assert incoming.traceparent == "00-aa-bb-01"


def test_structured_mode_takes_them_from_the_value() -> None:
    envelope = {"specversion": "1.0", "type": "ticket.closed", "source": "s", "id": "7"}
    value = _bytes({**envelope, "data": {"ticket_id": "T-1", "desk": "support"}})
    header = (("content-type", b"application/cloudevents+json; charset=utf-8"),)
    assert isinstance(read(value, header, AT).event, TicketClosed)
    assert isinstance(read(value, (), AT).event, TicketClosed)


def test_plain_json_is_known_by_ticket_and_message_number() -> None:
    incoming = read(_bytes({**DATA, "message_no": 3}), (), AT)
    assert (incoming.source, incoming.id) == ("desk:support", "T-1/3")


def test_plain_json_without_a_number_is_known_by_its_place_in_kafka() -> None:
    incoming = read(_bytes(DATA), (), AT)
    assert (incoming.source, incoming.id) == ("kafka:c1/tickets.v1", "2/41")


def test_the_hash_is_of_the_data_and_not_of_its_formatting() -> None:
    spaced = json.dumps(dict(reversed(DATA.items())), indent=3).encode()
    one, other = read(_bytes(DATA), (), AT), read(spaced, (), AT)
    changed = read(_bytes({**DATA, "body": "Hello!"}), (), AT)
    assert one.data_sha256 == other.data_sha256 != changed.data_sha256


@pytest.mark.parametrize(
    ("value", "code"),
    [
        (b"", "empty"),
        (b"{oops", "invalid-json"),
        (b"[1]", "invalid-json"),
        (b"[" * 100_000, "invalid-json"),
        (b"\xff\xfe{}", "wrong-charset"),
        (b'{"a":"\x80"}', "wrong-charset"),
        (_bytes({}), "invalid-event"),
        (_bytes({**DATA, "requester": "C-1"}), "invalid-event"),
        (_bytes({**DATA, "body": 7}), "invalid-event"),
        (_bytes({**DATA, "body": " ", "subject": ""}), "invalid-event"),
        (_bytes({**DATA, "ticket_id": "a\u0000b"}), "invalid-event"),
        (_bytes({**DATA, "ticket_id": ""}), "invalid-event"),
        (b'{"ticket_id":"1","desk":"d","requester":{"id":"x"},"body":"\\ud83d"}', "wrong-charset"),
        (_bytes({**DATA, "body": "x" * (BODY_LIMIT + 1)}), "too-large"),
        (_bytes({"specversion": "1.0", "type": "ticket.message"}), "no-data"),
        (_bytes({"specversion": "1.0", "type": "nope", "data": {}}), "unknown-type"),
    ],
)
def test_what_cannot_be_read_is_refused_with_a_code(value: bytes, code: str) -> None:
    with pytest.raises(BadRecord) as caught:
        read(value, (), AT)
    assert caught.value.code == code
    assert caught.value.detail


def test_an_identity_that_could_not_be_stored_is_refused() -> None:
    for attributes in ({"id": "x\u0000"}, {"source": "s" * 600}):
        with pytest.raises(BadRecord, match="invalid-envelope"):
            read(_bytes(DATA), _binary(**attributes), AT)


def test_a_refusal_never_repeats_the_text() -> None:
    secret = "my IBAN is DE00"
    with pytest.raises(BadRecord) as caught:
        read(_bytes({**DATA, "channel": secret}), (), AT)
    assert secret not in str(caught.value)


def test_a_refusal_never_repeats_the_name_of_a_header() -> None:
    with pytest.raises(BadRecord) as caught:
        read(_bytes({**DATA, "headers": {"jan@example.com": 5}}), (), AT)
    assert caught.value.detail.startswith("headers: ")


def test_the_subjects_of_a_thread_count_towards_the_limit() -> None:
    thread = [{"body": "Hello", "subject": "x" * BODY_LIMIT}]
    with pytest.raises(BadRecord) as caught:
        read(_bytes({**DATA, "messages": thread}), (), AT)
    assert caught.value.code == "too-large"


def test_packing_the_same_event_twice_gives_the_same_bytes() -> None:
    event = TicketMessage.model_validate(DATA)
    first, second = (pack(event, key="T-1", event_id="e", at=NOW) for _ in range(2))
    assert first == second


def test_what_we_pack_we_can_read() -> None:
    event = TicketMessage.model_validate(DATA)
    packed = pack(event, key="T-1", event_id="e-9", at=NOW, source="us", traceparent="00-1-2-01")
    incoming = read(packed.value, packed.headers, AT)
    assert (incoming.source, incoming.id, incoming.event) == ("us", "e-9", event)
    assert incoming.traceparent == "00-1-2-01"
