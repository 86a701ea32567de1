"""How fast replies are checked on one core: `python -m bench.claims`.

150-word replies over 12 passages, each reply another mix of quoted, reworded and wrong sentences of
the benchmark's own pairs, so that what is kept from one reply to the next is what a service keeps:
the passages. CPU time, not wall time; the first tenth warms up and is not counted.
"""

import argparse
import itertools
import json
import random
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from agent.citations import ClaimChecker
from agent.citations.source import Source
from agent.evals.claims import Pair, read_pairs, source_of

HERE = Path(__file__).parent
WORDS, PASSAGES = 150, 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    body: str
    language: str
    sources: tuple[Source, ...]


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--replies", type=int, default=600)
    parser.add_argument("--seed", type=int, default=7)
    options = parser.parse_args(arguments)
    replies = list(_replies(options.replies, random.Random(options.seed)))
    checker, seconds = ClaimChecker(), list[float]()
    for reply in replies:
        started = time.process_time()
        checker.check(reply.body, language=reply.language, sources=reply.sources)
        seconds.append(time.process_time() - started)
    counted = sorted(seconds[len(seconds) // 10 :])
    words = sum(len(reply.body.split()) for reply in replies) / len(replies)
    report = {
        "replies": len(counted),
        "words": round(words),
        "passages": PASSAGES,
        "replies_per_cpu_second": round(len(counted) / sum(counted)),
        "p50_ms": round(1000 * counted[len(counted) // 2], 2),
        "p95_ms": round(1000 * counted[len(counted) * 95 // 100], 2),
    }
    print(json.dumps(report))


def _replies(count: int, chance: random.Random) -> list[Reply]:
    pairs = [
        pair
        for name in ("near.dev.jsonl", "hard.dev.jsonl")
        for pair in read_pairs(HERE / name)
        if pair.kind not in ("cross-language", "not-a-claim")
    ]
    by_language = {
        language: list(group)
        for language, group in itertools.groupby(
            sorted(pairs, key=lambda pair: pair.lang), key=lambda pair: pair.lang
        )
    }
    passages = {
        language: [
            source_of(text, language, f"{language}-{n}") for n, text in enumerate(_texts(group))
        ]
        for language, group in by_language.items()
    }
    languages = sorted(by_language)
    return [
        _reply(by_language[lang], lang, passages[lang], chance)
        for lang in (languages[n % len(languages)] for n in range(count))
    ]


def _texts(pairs: Sequence[Pair]) -> list[str]:
    return list(dict.fromkeys(pair.source for pair in pairs))


def _reply(
    pairs: Sequence[Pair], language: str, known: Sequence[Source], chance: random.Random
) -> Reply:
    sources = [known[n % len(known)] for n in range(PASSAGES)]
    chance.shuffle(sources)
    sentences: list[str] = []
    while sum(len(sentence.split()) for sentence in sentences) < WORDS:
        pair = chance.choice(pairs)
        quoted = chance.choice(pair.source.split(". ")).rstrip(".") + "."
        sentences.append(chance.choice((pair.claim, quoted)))
    return Reply(body=" ".join(sentences), language=language, sources=tuple(sources))


if __name__ == "__main__":
    main()
