"""Raw records come in once each and stay as they came."""

from datetime import datetime, timedelta, timezone

from agent.domain.envelope import sha256
from agent.store import Store
from tests.contract.store.values import NOW, a_record


async def test_a_position_that_is_ingested_twice_is_written_once(store: Store) -> None:
    assert await store.ingest([a_record(1), a_record(2)], NOW) == 2

    again = await store.ingest([a_record(2), a_record(3), a_record(3)], NOW)

    assert again == 1
    assert [row.record.at.offset for row in await store.unread(10)] == [1, 2, 3]


async def test_bytes_that_no_text_column_holds_come_back_unchanged(store: Store) -> None:
    record = a_record(
        1, b"\x00\xff{", key=b"\x00", headers=(("h\x00", b"\x00\xfe"), ("h\x00", b""))
    )
    keyless = a_record(2, key=None, headers=())
    await store.ingest([record, keyless], NOW)

    assert [row.record for row in await store.unread(10)] == [record, keyless]


async def test_moments_come_back_aware_and_equal_whatever_zone_they_came_in(store: Store) -> None:
    away = timezone(timedelta(hours=-7))
    sent = datetime(2026, 3, 1, 23, 59, 59, 123_000, tzinfo=away)
    await store.ingest([a_record(1, timestamp=sent)], NOW.astimezone(away))

    (row,) = await store.unread(1)

    assert (row.record.timestamp, row.received_at) == (sent, NOW)
    assert row.record.timestamp.utcoffset() == row.received_at.utcoffset() == timedelta(0)


async def test_an_oversize_record_keeps_size_and_hash_of_what_came(store: Store) -> None:
    big = b"x" * 9_000_000
    await store.ingest([a_record(1, b"", size=len(big), sha256=sha256(big))], NOW)

    (row,) = await store.unread(1)

    assert (row.record.value, row.record.size) == (b"", len(big))
    assert row.record.sha256 == sha256(big)


async def test_unread_rows_come_oldest_first_and_no_more_than_asked(store: Store) -> None:
    await store.ingest([a_record(offset) for offset in range(2_500)], NOW)

    rows = await store.unread(7)

    assert [row.record.at.offset for row in rows] == list(range(7))
    assert (await store.backlog()).new == 2_500


async def test_nothing_to_ingest_is_nothing_written(store: Store) -> None:
    assert await store.ingest([], NOW) == 0
