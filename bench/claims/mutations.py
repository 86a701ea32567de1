"""Policy sentences as drafts quote them, changed six ways: `python -m bench.claims.mutations`.

Every fact of the two desks' policies is a draft's sentence as the model-free writer quotes it. A
change is a number, a `not`, a bound, an audience, an item of the same policy, or a date; it counts
only where it changed the sentence. Printed: the share that the checker still calls proved.
"""

import json
import re
from collections.abc import Iterator
from pathlib import Path

from agent.citations.compare import body_start, compare
from retrieval.sentences import split_sentences

DESKS = Path(__file__).parents[2] / "desks"
_MOST = 200  #: sentences
_NOT = (
    (r"\bcannot\b", "can"), (r"\bcan\b", "cannot"), (r"\bis\b", "is not"), (r"\bare\b", "are not"),
    (r"\bmust\b", "must not"), (r"\bwe\b", "we never"), (r"\bnot\b", ""),
)  # fmt: skip
_BOUNDS = (
    (r"\bup to\b", "at least"), (r"\bat least\b", "at most"), (r"\bat most\b", "at least"),
    (r"\bwithin\b", "after"), (r"\bmore than\b", "less than"), (r"\bless than\b", "more than"),
)  # fmt: skip
_AUDIENCES = (
    (r"\bmembers?\b", "guests"), (r"\bemployees?\b", "contractors"),
    (r"\bcustomers?\b", "resellers"),
    (r"\bmanagers?\b", "interns"), (r"\bpart-time\b", "full-time"), (r"\bfull-time\b", "part-time"),
)  # fmt: skip
_MONTHS = "January February March April May June July August September October November December"


def main() -> None:
    made: dict[str, int] = dict.fromkeys(["number", "not", "bound", "audience", "item", "date"], 0)
    missed = dict(made)
    clean = sentences = 0
    for name, text, others, sentence in _sentences():
        sentences += 1
        clean += compare(sentence, text, "en", file=name).verdict.proved
        for kind, wrong in _changed(sentence, others):
            made[kind] += 1
            missed[kind] += compare(wrong, text, "en", file=name).verdict.proved
    total = sum(made.values())
    report = {
        "sentences": sentences,
        "unchanged_proved": round(clean / sentences, 4),
        "changed": total,
        "caught": round(1 - sum(missed.values()) / total, 4),
        "by_kind": {k: round(1 - missed[k] / n, 4) for k, n in made.items() if n},
    }
    print(json.dumps(report))


def _sentences() -> Iterator[tuple[str, str, list[str], str]]:
    found = 0
    for file in sorted(DESKS.glob("*/policies/en/*.md")):
        text = file.read_text(encoding="utf-8")
        body = text[body_start(text) :]
        spans = split_sentences(body, "en")
        said = [" ".join(body[s.start : s.end].split()) for s in spans]
        said = [one for one in said if one.endswith(".") and len(one.split()) > 4]
        for sentence in said:
            if found == _MOST:
                return
            found += 1
            yield file.name, text, [one for one in said if one != sentence], sentence


def _changed(sentence: str, others: list[str]) -> Iterator[tuple[str, str]]:
    digits = re.search(r"\d+", sentence)
    if digits:
        more = str(int(digits.group()) + 3)
        yield "number", sentence[: digits.start()] + more + sentence[digits.end() :]
    for kind, swaps in (("not", _NOT), ("bound", _BOUNDS), ("audience", _AUDIENCES)):
        for was, becomes in swaps:
            wrong = re.sub(was, becomes, sentence, count=1)
            if wrong != sentence:
                yield kind, wrong
                break
    theirs = next((m for o in others if (m := re.search(r"\d+", o))), None)
    if digits and theirs and theirs.group() != digits.group():
        yield "item", sentence[: digits.start()] + theirs.group() + sentence[digits.end() :]
    months: list[str] = [*_MONTHS.split()]
    month = next((m for m in months if re.search(rf"\b{m}\b", sentence)), None)
    if month:
        other = months[(months.index(month) + 2) % 12]
        yield "date", re.sub(rf"\b{month}\b", other, sentence, count=1)


if __name__ == "__main__":
    main()
