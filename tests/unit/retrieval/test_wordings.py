"""What the words of a question may be called."""

from collections.abc import Sequence

import pytest

from retrieval.cognates import Cognates
from retrieval.compounds import parts
from retrieval.glossary import Glossary
from retrieval.lexicon import LANGUAGES, lexicon, stems_of
from retrieval.spelling import Speller, slip
from retrieval.wordings import Asker, Vocabulary


def an_asker(
    asked_in: str,
    known: Sequence[str],
    *,
    groups: Sequence[Sequence[str]] = (),
    synonyms: bool = True,
) -> Asker:
    """Of English policies that hold the known words, each in ten passages."""
    counts = {stems_of(word, "en")[0]: 10 for word in known}
    vocabulary = Vocabulary(
        count=lambda stem: counts.get(stem, 0),
        rarity=lambda _: 1.0,
        speller=lambda: Speller(counts),
        cognates=lambda: Cognates(counts),
    )
    glossary = Glossary(tuple(tuple(group) for group in groups))
    return Asker(asked_in, "en", vocabulary, glossary_of=lambda _: glossary, synonyms=synonyms)


def wordings(asker: Asker, text: str) -> dict[str, float]:
    """The weight of each way to say something of a text; stems joined by blanks."""
    return {" ".join(w.stems): w.weight for concept in asker.query(text) for w in concept}


@pytest.mark.parametrize(
    ("language", "word"),
    [
        ("nl", "thuiswerken"),
        ("fr", "télétravail"),
        ("de", "Homeoffice"),
        ("es", "teletrabajo"),
        ("it", "telelavoro"),
        ("pl", "telepraca"),
    ],
)
def test_a_word_of_another_language_is_looked_for_by_its_translation(
    language: str, word: str
) -> None:
    found = wordings(an_asker(language, ["remote"]), word)

    assert found["remot"] == 1.0


def test_the_askers_own_word_weighs_more_than_its_synonyms() -> None:
    found = wordings(an_asker("en", ["holiday", "vacation"]), "vacation")

    assert found["vacat"] == 1.0
    assert 0 < found["holiday"] < 1.0


def test_without_synonyms_a_word_stands_for_itself_alone() -> None:
    assert wordings(an_asker("en", ["vacation"], synonyms=False), "vacation") == {"vacat": 1.0}


def test_a_desks_glossary_works_within_and_across_languages() -> None:
    groups = [["sparkle day", "Funkeltag", "birthday leave"]]

    within = wordings(an_asker("en", ["birthday"], groups=groups), "sparkle day")
    across = wordings(an_asker("de", ["birthday"], groups=groups), "Funkeltag")

    assert within["birthday leav"] == pytest.approx(0.7)
    assert across["birthday leav"] == 1.0


def test_a_compound_that_no_table_has_is_taken_apart() -> None:
    found = wordings(an_asker("de", ["vacation", "form"]), "Urlaubsformular")

    assert {"vacat", "form"} <= found.keys()


def test_a_typing_error_is_read_as_the_word_of_the_policies() -> None:
    found = wordings(an_asker("en", ["holiday"], synonyms=False), "holliday")

    assert 0 < found["holiday"] < 1.0


def test_a_name_that_looks_alike_is_found_across_languages() -> None:
    assert "interlock" in wordings(an_asker("de", ["interlocks"]), "Interlock")
    assert "xylophon" in wordings(an_asker("fr", ["xylophones"]), "xylophonique")


def test_a_number_is_never_corrected() -> None:
    assert Speller({"48213": 9, "order": 9}).correct("48214") is None


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [("leave", "leave", 0), ("leave", "laeve", 1), ("leav", "leave", 1), ("abc", "xyz", 3)],
)
def test_a_slip_is_a_letter_more_less_other_or_swapped(one: str, other: str, expected: int) -> None:
    assert slip(one, other) == slip(other, one) == expected


def test_parts_are_found_with_what_joins_them() -> None:
    known = frozenset({"arbeit", "vertrag", "zeit"})

    assert parts("arbeitsvertrag", "de", known.__contains__) == ("arbeit", "vertrag")
    assert parts("arbeitsvertrag", "en", known.__contains__) == ()
    assert parts("zeitung", "de", known.__contains__) == ()


def test_every_line_of_the_tables_has_a_word_in_every_language() -> None:
    for language in LANGUAGES:
        table = lexicon(language, "en")
        assert len(table.words) > 1_000
        assert all(table.words.values())


def test_a_language_without_tables_translates_nothing() -> None:
    assert lexicon("xx", "en").words == {}
