"""Mending a reply whose check failed somewhere. Pure."""

from dataclasses import replace

from agent.domain.draft import Claim, ClaimKind
from agent.pipeline.ports import Sentence, Written


def repaired(written: Written, claims: tuple[Claim, ...]) -> Written | None:
    """The reply without the sentences that failed, or None when nothing can be left out.

    A failed sentence goes only where another proved fact of its paragraph (one paragraph answers
    one question) still stands; otherwise it stays, with its reason, for a person to see.
    """
    failed = {claim.text for claim in claims if claim.verdict.fails}
    proved = {claim.text for claim in claims if claim.verdict.proved}
    kept = tuple(s for s in written.sentences if not _spare(s, written.sentences, failed, proved))
    return None if len(kept) == len(written.sentences) else replace(written, sentences=kept)


def _spare(
    sentence: Sentence, all_of_them: tuple[Sentence, ...], failed: set[str], proved: set[str]
) -> bool:
    if sentence.kind is not ClaimKind.FACT or not _among(sentence, failed):
        return False
    return any(
        other.paragraph == sentence.paragraph
        and other.kind is ClaimKind.FACT
        and _among(other, proved)
        for other in all_of_them
        if other is not sentence
    )


def _among(sentence: Sentence, texts: set[str]) -> bool:
    """A claim's text is the sentence as composed: it may carry citation marks behind it."""
    return any(text == sentence.text or text.startswith(sentence.text) for text in texts)
