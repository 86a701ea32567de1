"""The shipped policies: each sentence is proved by its own file, each planted error caught."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from agent.citations.compare import body_start
from agent.citations.verify import compare
from agent.domain.draft import Verdict
from retrieval.sentences import split_sentences

DESKS = Path(__file__).parents[3] / "desks"
EVERY = 3  #: sentence, so that the test stays fast; which ones is fixed by their order

NEGATIONS = {
    "en": ("not", "cannot=can", "never", "no"),
    "fr": ("aucun=un", "aucune=une"),
    "de": ("nicht", "kein=ein", "keine=eine", "nie"),
    "es": ("no", "nunca", "sin=con"),
    "nl": ("niet", "geen=een", "nooit"),
}
#: Both parts: `ne peut être` and, said aloud, `peut pas être` deny as much as the two together.
FRENCH_DENIAL = re.compile(r"(?<!\w)(?:ne |n['’])((?:\w+['’ -]){1,3}?)(?:pas|jamais|rien)(?!\w) ?")
SWAPS = {
    "en": (
        "up to=at least|at least=up to|within=after|more than=less than|at most=|up to="
        "|working days=days|days=weeks|must=may|may=must|only=|before=after|€=£"
    ),
    "fr": (
        "jusqu'à=au moins|au moins=au plus|jours ouvrés=jours|jours=semaines|peut=doit|avant=après"
        "|€=$"
    ),
    "de": (
        "bis zu=mindestens|mindestens=höchstens|Werktage=Tage|Tagen=Wochen|muss=kann|kann=muss"
        "|vor=nach|€=$|nur="
    ),
    "es": "hasta=al menos|días laborables=días|días=semanas|puede=debe|antes=después|€=$|solo=",
    "nl": (
        "ten hoogste=minstens|minstens=ten hoogste|binnen=na|werkdagen=dagen|weken=dagen|mag=moet"
        "|moet=mag|alleen=|€=$"
    ),
}


def sentences(language: str) -> Iterator[tuple[str, str, str]]:
    """Name, text and one sentence of the policies in a language, without its line breaks."""
    found = 0
    for file in sorted(DESKS.glob(f"*/policies/{language}/*.md")):
        text = file.read_text(encoding="utf-8")
        start = body_start(text)
        body = text[start:]
        for span in split_sentences(body, language):
            sentence = " ".join(body[span.start : span.end].split())
            if not sentence.endswith((".", "!")):
                continue
            found += 1
            if found % EVERY == 0:
                yield file.name, text, sentence


def errors(sentence: str, language: str) -> Iterator[str]:
    """The sentence with one thing wrong: a number, a negation, a bound, a unit, a modal verb."""
    for digits in re.finditer(r"\d+", sentence):
        yield f"{sentence[: digits.start()]}{int(digits.group()) + 7}{sentence[digits.end() :]}"
    if language == "fr" and (denied := FRENCH_DENIAL.search(sentence)):
        yield sentence[: denied.start()] + denied.group(1) + sentence[denied.end() :]
    for pair in (*NEGATIONS[language], *SWAPS[language].split("|")):
        was, _, becomes = pair.partition("=")
        wrong = re.sub(rf"(?<!\w){re.escape(was)}(?!\w)", becomes, sentence, count=1)
        if wrong != sentence:
            yield wrong


@pytest.mark.parametrize("language", sorted(SWAPS))
def test_a_policy_sentence_is_proved_to_the_letter(language: str) -> None:
    checked = 0
    for name, text, sentence in sentences(language):
        found = compare(sentence, text, language, file=name)
        assert found.verdict in (Verdict.EXACT, Verdict.NORMALISED), sentence
        checked += 1
    assert checked >= 20


@pytest.mark.parametrize("language", sorted(SWAPS))
def test_a_planted_error_is_caught_and_nearly_always_explained(language: str) -> None:
    caught = contradicted = 0
    for name, text, sentence in sentences(language):
        for wrong in errors(sentence, language):
            found = compare(wrong, text, language, file=name)
            assert found.verdict.fails, wrong
            assert found.reason
            caught += 1
            contradicted += found.verdict is Verdict.CONTRADICTED
    assert caught >= 30
    assert contradicted / caught >= 0.9
