"""Finding passages with BM25."""

import hashlib
from datetime import date

import pytest

from retrieval.bm25 import Bm25
from retrieval.corpus import Policy, Scope, all_passages
from retrieval.glossary import Glossary
from retrieval.index import Filter, FusedIndex, Options, PolicyIndex, searched
from retrieval.postings import Postings
from retrieval.query import plain

DAY = date(2026, 11, 23)


def a_policy(
    name: str,
    text: str,
    *,
    language: str = "en",
    scope: Scope = Scope(),  # noqa: B008  # frozen, so that sharing it is safe
    valid_from: date | None = None,
    valid_to: date | None = None,
) -> Policy:
    return Policy(
        id=name,
        language=language,
        title=name,
        file=f"policies/{language}/{name}.md",
        text=text,
        body_start=0,
        content_hash=hashlib.sha256(text.encode()).hexdigest(),
        scope=scope,
        valid_from=valid_from,
        valid_to=valid_to,
    )


def an_index(*policies: Policy) -> PolicyIndex:
    return FusedIndex(all_passages(policies))


def found(
    index: PolicyIndex,
    query: str,
    *,
    languages: tuple[str, ...] = ("en",),
    day: date = DAY,
    country: str | None = None,
    audience: str = "customer",
) -> list[str]:
    seen_by = Filter(languages=languages, day=day, country=country, audience=audience)
    return [hit.passage.id for hit in index.search(query, seen_by=seen_by)]


RETURNS = a_policy("returns", "# Returns\n## Deadline\nSend items back within 30 days.")
PARCELS = a_policy("parcels", "# Parcels\n## Speed\nA parcel takes two days.")


def test_the_passage_that_shares_words_comes_first() -> None:
    index = an_index(RETURNS, PARCELS)

    assert found(index, "how many days does my parcel take?")[0] == "parcels/en#speed"


def test_words_of_a_heading_find_the_text_below_it() -> None:
    assert found(an_index(RETURNS, PARCELS), "deadlines") == ["returns/en#deadline"]


def test_two_passages_are_enough_to_score() -> None:
    """Unmended, rank-bm25 gives 0 to every word that half of the passages hold."""
    hits = an_index(RETURNS, PARCELS).search("parcel", seen_by=Filter(languages=("en",), day=DAY))

    assert [h.passage.id for h in hits] == ["parcels/en#speed"]
    assert hits[0].score > 0


def test_nothing_in_common_finds_nothing() -> None:
    assert found(an_index(RETURNS), "submarine") == []
    assert found(an_index(RETURNS), "") == []
    assert found(an_index(), "parcel") == []


def test_a_policy_is_seen_on_its_days_only() -> None:
    old = a_policy("old", "# Old\nReturns take 14 days.", valid_to=date(2026, 11, 22))
    new = a_policy("new", "# New\nReturns take 30 days.", valid_from=DAY)

    assert found(an_index(old, new), "returns") == ["new/en#new"]
    assert found(an_index(old, new), "returns", day=date(2026, 11, 22)) == ["old/en#old"]


def test_a_policy_is_seen_in_its_countries_and_by_its_audience_only() -> None:
    german = a_policy("de", "# Leave\nYou get 30 days.", scope=Scope(countries=frozenset({"DE"})))
    bosses = a_policy("boss", "# Leave\nApprove.", scope=Scope(audience=frozenset({"manager"})))
    index = an_index(german, bosses)

    assert found(index, "leave", country="de") == ["de/en#leave"]
    assert found(index, "leave", country="FR") == []
    assert found(index, "leave") == []
    assert found(index, "leave", audience="manager") == ["boss/en#leave"]


def test_what_is_filtered_out_does_not_change_the_scores_of_the_rest() -> None:
    """Statistics over unseen policies would let a secret one shape what others find."""
    hidden = a_policy(
        "hidden", "# Parcels\nparcel parcel parcel", scope=Scope(audience=frozenset({"manager"}))
    )
    seen_by = Filter(languages=("en",), day=DAY)

    with_it = an_index(RETURNS, PARCELS, hidden).search("parcel days", seen_by=seen_by)

    assert with_it == an_index(RETURNS, PARCELS).search("parcel days", seen_by=seen_by)


def test_hits_of_the_preferred_language_come_first() -> None:
    french = a_policy("retours", "# Retours\nRetour sous 30 jours.", language="fr")
    index = an_index(a_policy("returns", "# Retour\nretour retour retour"), french)

    assert found(index, "retour", languages=("fr", "en")) == [
        "retours/fr#retours",
        "returns/en#retour",
    ]
    assert found(index, "retour", languages=("fr",)) == ["retours/fr#retours"]


def test_equal_scores_are_ordered_by_passage_id() -> None:
    twins = [a_policy(name, "# Same\nSame text.") for name in ("c", "a", "b")]

    assert found(an_index(*twins), "text") == ["a/en#same", "b/en#same", "c/en#same"]


def test_at_most_k_passages_are_returned() -> None:
    index = an_index(*(a_policy(f"p{n}", "# T\nparcel") for n in range(9)))

    assert len(index.search("parcel", seen_by=Filter(languages=("en",), day=DAY), k=3)) == 3


def test_a_glossary_widens_the_query() -> None:
    options = Options(glossary_of=lambda _: Glossary((("package", "parcel"),)))
    index = FusedIndex(all_passages([RETURNS, PARCELS]), options=options)

    assert found(index, "package") == ["parcels/en#speed"]


@pytest.mark.parametrize("engine", [Bm25, Postings])
def test_the_scores_are_those_of_bm25s_on_the_same_tokens(engine: type[Bm25 | Postings]) -> None:
    bm25s = pytest.importorskip("bm25s")
    documents = [searched(p) for p in all_passages([RETURNS, PARCELS, TWO])]
    query = ["parcel", "day", "item", "refund"]
    theirs = bm25s.BM25(k1=1.5, b=0.75, method="lucene")
    theirs.index(documents, show_progress=False)
    expected = theirs.get_scores(query)

    ours = dict(engine(documents).best(plain(query), 10))

    # bm25s follows Lucene, which leaves out the constant factor (k1 + 1).
    assert ours == pytest.approx({n: 2.5 * s for n, s in enumerate(expected) if s > 0}, rel=1e-5)


TWO = a_policy(
    "two", "# Two\n## Refund\nA refund for an item takes 5 days.\n## Other\nday parcel day"
)
