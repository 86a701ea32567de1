"""Asking also for what the first passages found say."""

from retrieval.corpus import all_passages
from retrieval.feedback import fed_back
from retrieval.index import Filter, FusedIndex
from retrieval.legs import Options
from retrieval.query import plain
from tests.unit.retrieval.test_index import DAY, a_policy


def rarity(stem: str) -> float:
    return {"the": 0.0, "crate": 3.0, "pallet": 2.0}.get(stem, 1.0)


def test_what_tells_the_first_documents_from_others_is_asked_for_besides() -> None:
    wider = fed_back(plain(["box"]), [["box", "crate", "the"], ["crate", "pallet", "the"]], rarity)

    assert wider[:1] == plain(["box"])
    assert [concept[0].stems for concept in wider[1:3]] == [("crate",), ("pallet",)]
    assert all(concept[0].weight < 1 for concept in wider[1:])


def test_words_that_were_asked_for_are_not_asked_for_again() -> None:
    assert fed_back(plain(["box"]), [["box", "box"]], rarity) == plain(["box"])
    assert fed_back(plain(["box"]), [], rarity) == plain(["box"])


def test_a_passage_in_other_words_is_found_through_the_first_one() -> None:
    policies = [
        a_policy("a", "# A\nA parcel that is lost was insured by the haulier."),
        a_policy("b", "# B\nThe haulier pays within a month."),
        *(a_policy(f"x{n}", f"# X{n}\nThing{n} and place{n}.") for n in range(8)),
    ]
    seen_by = Filter(languages=("en",), day=DAY)

    def found(feedback: bool) -> list[str]:
        index = FusedIndex(all_passages(policies), options=Options(feedback=feedback))
        return [hit.passage.policy.id for hit in index.search("lost parcel", seen_by=seen_by)]

    assert found(False) == ["a"]
    assert found(True)[:2] == ["a", "b"]
