"""An index that follows its policies: what changes is indexed, what stays is kept."""

from dataclasses import replace
from datetime import date

import pytest

from retrieval.corpus import Policy, Scope, all_passages
from retrieval.index import Filter, FusedIndex, Hit, Options
from retrieval.legs import LegName, WordEngine
from tests.unit.retrieval.test_index import DAY, PARCELS, RETURNS, a_policy

SEEN_BY = Filter(languages=("en",), day=DAY)
BOTH = (LegName.WORDS, LegName.GRAMS)


def hits(index: FusedIndex, query: str, seen_by: Filter = SEEN_BY) -> list[Hit]:
    return index.search(query, seen_by=seen_by, k=10)


@pytest.fixture(params=[WordEngine.RANK_BM25, WordEngine.POSTINGS])
def options(request: pytest.FixtureRequest) -> Options:
    return Options(legs=BOTH, engine=request.param)


def test_after_a_change_an_index_finds_what_a_new_one_finds(options: Options) -> None:
    edited = a_policy("returns", "# Returns\n## Deadline\nSend items back within 60 days.")
    added = a_policy("gifts", "# Gifts\n## Cards\nA gift card lasts three years.")
    index = FusedIndex(all_passages([RETURNS, PARCELS]), options=options)
    hits(index, "days")

    index.change(all_passages([edited, added]))

    fresh = FusedIndex(all_passages([edited, added]), options=options)
    for query in ("days", "gift card", "parcel", "60"):
        assert [h.passage for h in hits(index, query)] == [h.passage for h in hits(fresh, query)]


def test_a_changed_validity_takes_effect_without_new_text() -> None:
    index = FusedIndex(all_passages([RETURNS]))
    assert hits(index, "items")

    index.change(all_passages([replace(RETURNS, valid_to=date(2026, 1, 1))]))

    assert hits(index, "items") == []


def test_a_policy_that_becomes_secret_is_not_seen_any_more() -> None:
    index = FusedIndex(all_passages([RETURNS, PARCELS]))
    assert hits(index, "items")
    secret = replace(RETURNS, scope=Scope(audience=frozenset({"manager"})))

    index.change(all_passages([secret, PARCELS]))

    assert hits(index, "items") == []
    assert hits(index, "items", replace(SEEN_BY, audience="manager"))


def test_a_passage_that_moved_in_its_file_is_cited_where_it_stands_now() -> None:
    moved = a_policy("returns", "# Returns\nHello.\n## Deadline\nSend items back within 30 days.")
    index = FusedIndex(all_passages([RETURNS]))
    hits(index, "items")

    index.change(all_passages([moved]))

    found = hits(index, "items")[0].passage
    assert found.policy.text[found.start : found.end] == "Send items back within 30 days."


def test_many_edits_one_after_the_other_leave_no_trace(options: Options) -> None:
    index = FusedIndex(all_passages([RETURNS]), options=options)
    versions: list[Policy] = []
    for n in range(12):
        versions = [a_policy(f"p{m}", f"# P{m}\nparcel {n * m} days") for m in range(n % 5 + 1)]
        index.change(all_passages(versions))
        hits(index, "parcel days")

    fresh = FusedIndex(all_passages(versions), options=options)
    assert hits(index, "parcel days") == hits(fresh, "parcel days")
