"""Where the weights of `agent/citations/grounding.py` come from: `python -m bench.claims.novelty`.

Counts, on WiCE's development part (Kamoi et al., 2023; ODC-BY), how often a content word or a value
that the evidence has, or has not, is marked as not supported; prints log likelihood ratios.
"""

import gzip
import json
import math
import os
from collections import Counter
from pathlib import Path

from agent.citations.reading import read
from agent.citations.terms import LIGHT, keys_of

SHARED = Path(os.environ.get("CITEDESK_SHARED_DATA") or Path(__file__).parents[3] / "shared/data")
FILE = SHARED / "wice/non_supported_tokens.dev.jsonl.gz"


def main() -> None:
    if not FILE.is_file():
        raise SystemExit(f"{FILE.name} is not here; set CITEDESK_SHARED_DATA to the data's folder")
    counts: Counter[tuple[str, bool]] = Counter()
    with gzip.open(FILE, "rt", encoding="utf-8") as lines:
        for line in lines:
            _count(json.loads(line), counts)
    marked = sum(n for (_, wrong), n in counts.items() if wrong)
    odds = marked / (sum(counts.values()) - marked)
    for kind in ("new word", "known word", "new value", "known value"):
        ratio = counts[kind, True] / counts[kind, False] / odds
        yes, no = counts[kind, True], counts[kind, False]
        print(f"{kind}: {yes} marked, {no} not: {math.log(ratio):+.2f}")


def _count(row: dict[str, list[str]], counts: Counter[tuple[str, bool]]) -> None:
    evidence = [read(sentence, "en") for sentence in row["evidence"]]
    known = frozenset[str]().union(*(one.places.keys() for one in evidence))
    values = {slot.slot.value for one in evidence for slot in one.slots}
    flags = row["non_supported_spans"]
    flags = flags[0] if flags and isinstance(flags[0], list) else flags
    text, marked = "", set[int]()
    for token, wrong in zip(row["claim_tokens"], flags, strict=False):
        if wrong:
            marked.update(range(len(text), len(text) + len(token)))
        text += f"{token} "
    claim = read(text, "en")
    for token, meant in zip(claim.tokens, claim.terms, strict=True):
        wrong = not marked.isdisjoint(range(token.start, token.end))
        if token.kind == "slot":
            new = token.key.split()[1] not in values
            counts["new value" if new else "known value", wrong] += 1
        elif meant.weight > LIGHT:
            new = known.isdisjoint(keys_of(meant))
            counts["new word" if new else "known word", wrong] += 1


if __name__ == "__main__":
    main()
