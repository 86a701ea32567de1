"""Words that mean the same."""

from retrieval.glossary import Glossary

GLOSSARY = Glossary([["holiday", "vacation", "verlof"], ["gift card", "voucher"]])


def test_a_word_brings_the_others_of_its_group() -> None:
    assert GLOSSARY.expand(["vacat"], "en") == ["holiday", "verlof"]


def test_inflected_words_meet() -> None:
    assert GLOSSARY.concepts(["holiday"], "en") == GLOSSARY.concepts(["vacat"], "en") == {0}


def test_a_phrase_counts_only_whole() -> None:
    assert GLOSSARY.concepts(["gift"], "en") == frozenset()
    assert GLOSSARY.concepts(["gift", "card"], "en") == {1}
    assert GLOSSARY.takes_part("gift", "en") == {1}


def test_words_across_languages_meet_in_the_language_searched() -> None:
    assert "holiday" in GLOSSARY.expand(["verlof"], "en")


def test_what_no_group_knows_brings_nothing() -> None:
    assert GLOSSARY.expand(["submarin"], "en") == []
    assert Glossary().expand(["holiday"], "en") == []
