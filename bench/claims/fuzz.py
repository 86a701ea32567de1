"""Throws made-up text at the claim checker: `python -m bench.claims.fuzz --seconds 600`.

Bodies, policies and drafts of all kinds of letters, marks, emoji, line ends and numbers, from a
seed that is printed. Ends with exit code 1 at the first text that raises, or whose claims do not
cover the body, or whose citations or differences do not resolve to the quoted span; the text is
printed as JSON.
"""

import argparse
import json
import random
import time
from collections.abc import Sequence

from agent.citations import ClaimChecker
from agent.citations.compare import compare
from agent.evals.claims import source_of
from retrieval.sentences import split_sentences

LANGUAGES = ("en", "fr", "de", "es", "nl", "it", "pl", "xx")
_PIECES = [
    "returns",
    "within",
    "up",
    "to",
    "at",
    "least",
    "30",
    "days",
    "not",
    "no",
    "except",
    "unless",
    "only",
    "all",
    "some",
    "must",
    "may",
    "€",
    "$",
    "%",
    "Rückgabe",
    "binnen",
    "höchstens",
    "14",
    "Tagen",
    "nicht",
    "kein",
    "außer",
    "ne",
    "pas",
    "jusqu'à",
    "sauf",
    "n'est",
    "qu'une",
    "semaine",
    "hasta",
    "no",
    "salvo",
    "tot",
    "niet",
    "behalve",
    "fino",
    "non",
    "tranne",
    "do",
    "nie",
    "oprócz",
    "half",
    "moitié",
    "Hälfte",
    "50",
    "%",
    "5,50",
    "1.000,00",
    "1,000.00",
    "31.12.2026",
    "2026-02-30",
    "99:99",
    "25h61",
    "+49",
    "(0)",
    "1-2",
    "--3",
    "≥",
    "❌",
    "[1]",
    "[99]",
    "[1]:",
    "[0]",
    "#",
    "##",
    "-",
    "*",
    "1.",
    ">",
    "|",
    "```",
    "www.x.y",
    "a@b.c",
    "AB-123",
    "12e5",
    "½",
    "²",
    "³",
    "ⅷ",
    "ﬁ",
    "ﬂ",
    "ß",
    "İ",
    "ı",
    "ñ",
    "ç",
]
_JOINS = (
    " ", " ", " ", ". ", "! ", "? ", ", ", "; ", "\n", "\r\n", "\r", "\n\n", "\t", "\u00a0",
    "\u00ad", "\u200b", "\u0301", "\u202f", "…", "😀", "👩‍👩‍👧", "\ufeff", "\x00", "",
)  # fmt: skip


def main(arguments: Sequence[str] | None = None) -> int:
    """0 when nothing was found in the time given."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=20.0)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args(arguments)
    chance, until, tried = random.Random(options.seed), time.monotonic() + options.seconds, 0
    while time.monotonic() < until:
        body, policy, language = _text(chance), _text(chance), chance.choice(LANGUAGES)
        if chance.random() < 0.5:
            policy, body = _mixed(chance, policy, body)
        problem = _tried(body, policy, language)
        tried += 1
        if problem is not None:
            found = {"problem": problem, "language": language, "body": body, "policy": policy}
            print(json.dumps({"seed": options.seed, "tried": tried, **found}))
            return 1
    print(json.dumps({"seed": options.seed, "tried": tried, "seconds": options.seconds}))
    return 0


def _text(chance: random.Random) -> str:
    parts = (chance.choice(_PIECES) + chance.choice(_JOINS) for _ in range(chance.randint(0, 40)))
    return "".join(parts)


def _mixed(chance: random.Random, policy: str, body: str) -> tuple[str, str]:
    """A body that quotes some of the policy."""
    first = chance.randint(0, len(policy))
    quoted = policy[first : first + chance.randint(0, 80)]
    at = chance.randint(0, len(body))
    return policy, body[:at] + quoted + body[at:]


def _tried(body: str, policy: str, language: str) -> str | None:
    try:
        return _problem(body, policy, language)
    except Exception as exc:  # whatever is raised is what a fuzz target looks for
        return f"{type(exc).__name__}: {exc}"


def _problem(body: str, policy: str, language: str) -> str | None:
    at = 0
    for span in split_sentences(body, language):
        if span.start < at or body[at : span.start].strip():
            return f"the sentence at {span.start} leaves text out or overlaps"
        at = span.end
    if body[at:].strip():
        return f"no sentence has the text after {at}"
    source = source_of(policy, language)
    at = 0
    for claim in ClaimChecker().check(body, language=language, sources=[source]):
        if claim.start < at or body[at : claim.start].strip():
            return f"the claim at {claim.start} leaves text out or overlaps"
        at = claim.end
        if body[claim.start : claim.end] != claim.text:
            return f"the claim at {claim.start} is not the text there"
        for one in claim.evidence:
            if policy[one.start : one.end] != one.quote:
                return f"the citation at {one.start} is not the text there"
    if body[at:].strip():
        return f"no claim has the text after {at}"
    return _misplaced(body, policy, language)


def _misplaced(body: str, policy: str, language: str) -> str | None:
    """What a comparison says of places that is not so."""
    found = compare(body, policy, language)
    if found.source_span is None:
        return "a source text has no place" if found.source_text or found.line else None
    start, end = found.source_span
    if policy[start:end] != found.source_text:
        return f"the source at {start} is not the text there"
    if found.supported == bool(found.reason):
        return "a verdict has no reason, or a proof has one"
    last = len(policy.splitlines())
    if not 1 <= found.line <= last:
        return f"line {found.line} of {last}"
    for one in found.differences:
        if (
            _words(body, one.claim_span) != one.claim
            or _words(policy, one.source_span) != one.source
        ):
            return f"the difference at {one.claim_span}, {one.source_span} is not the text there"
    return None


def _words(text: str, span: tuple[int, int]) -> str:
    return " ".join(text[slice(*span)].replace("\u00ad", "").split())


if __name__ == "__main__":
    raise SystemExit(main())
