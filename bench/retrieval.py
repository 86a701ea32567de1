"""The word leg beside rank-bm25, bm25s and tantivy, and what each further leg costs.

    python -m bench.retrieval [--sizes 1000,10000,100000] [--queries 200] [--json]

Passages are drawn from a vocabulary of 50,000 words by Zipf's law with a fixed seed, 30 to 119
words each; a query is six of the rarer words of one of them. Times are CPU time of this process,
so that a busy machine counts less, in microseconds a query: each query is asked once before it is
timed, then by each engine in turn, five times over; its time is the median of the five. `ratio`
compares p50 and p95 with those of the fastest of the others.
"""

import argparse
import hashlib
import json
import resource
import statistics
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any, cast

import bm25s  # pyright: ignore[reportMissingTypeStubs]  # no types; measured here only
import numpy as np
import tantivy

from retrieval.bm25 import Bm25
from retrieval.corpus import Policy, passages
from retrieval.index import Filter, FusedIndex
from retrieval.legs import LegName, Options
from retrieval.postings import Postings
from retrieval.query import plain

_VOCABULARY, _COMMON, _ASKED = 50_000, 100, 6
_K = 10
_SLOW = 20_000  #: passages from which the leg of letters is not built
_ROUNDS = 5
Documents = list[list[str]]
Search = Callable[[list[str]], Any]


def documents(size: int, rng: np.random.Generator) -> Documents:
    chance = 1 / np.arange(1, _VOCABULARY + 1)
    lengths = rng.integers(30, 120, size)
    flat = rng.choice(_VOCABULARY, size=int(lengths.sum()), p=chance / chance.sum())
    ends = np.cumsum(lengths)
    return [
        [f"w{n}x" for n in flat[end - length : end]]
        for end, length in zip(
            cast(list[int], ends.tolist()), cast(list[int], lengths.tolist()), strict=True
        )
    ]


def queries(docs: Documents, count: int, rng: np.random.Generator) -> list[list[str]]:
    chosen: list[int] = [int(n) for n in rng.integers(0, len(docs), count)]
    rare = ([w for w in dict.fromkeys(docs[n]) if int(w[1:-1]) >= _COMMON][:_ASKED] for n in chosen)
    return [query for query in rare if query]


def ours(docs: Documents) -> Search:
    leg = Postings(docs)
    return lambda query: leg.best(plain(query), _K)


def rank_bm25(docs: Documents) -> Search:
    """As the library is used: every passage scored for every query."""
    ranker: Any = Bm25(docs)._ranker  # pyright: ignore[reportPrivateUsage]  # the library's object

    def search(query: list[str]) -> Any:
        scores = ranker.get_scores(query)
        return np.argsort(-scores)[:_K]

    return search


def bm25s_index(docs: Documents) -> Search:
    index: Any = bm25s.BM25(k1=1.5, b=0.75, method="lucene")
    index.index(docs, show_progress=False)
    return lambda query: index.retrieve([query], k=min(_K, len(docs)), show_progress=False)


def tantivy_index(docs: Documents) -> Search:
    library: Any = tantivy
    builder = library.SchemaBuilder()
    builder.add_text_field("text", tokenizer_name="whitespace", index_option="freq")
    builder.add_unsigned_field("number", stored=True)
    schema = builder.build()
    index = library.Index(schema)
    writer = index.writer(num_threads=1)
    for number, document in enumerate(docs):
        writer.add_document(library.Document(text=" ".join(document), number=number))
    writer.commit()
    writer.wait_merging_threads()
    index.reload()
    searcher = index.searcher()

    def search(query: list[str]) -> Any:
        terms = [
            (library.Occur.Should, library.Query.term_query(schema, "text", word)) for word in query
        ]
        return searcher.search(library.Query.boolean_query(terms), _K, count=False).hits

    return search


OTHERS: dict[str, Callable[[Documents], Search]] = {
    "rank-bm25": rank_bm25,
    "bm25s": bm25s_index,
    "tantivy": tantivy_index,
}


def once(search: Search, asked: Sequence[list[str]]) -> list[float]:
    """Microseconds of CPU of each query."""
    times: list[float] = []
    for query in asked:
        began = time.process_time()
        search(query)
        times.append((time.process_time() - began) * 1e6)
    return times


def in_turn(searches: Mapping[str, Search], asked: Sequence[list[str]]) -> dict[str, list[float]]:
    """The times of each engine by query, the median over rounds in which each has its turn."""
    for search in searches.values():
        once(search, asked)
    rounds = [{n: once(search, asked) for n, search in searches.items()} for _ in range(_ROUNDS)]
    return {
        name: [statistics.median(of) for of in zip(*(r[name] for r in rounds), strict=True)]
        for name in searches
    }


def told(times: Sequence[float]) -> dict[str, float]:
    return {"p50_us": statistics.median(times), "p95_us": float(np.quantile(times, 0.95))}


def word_legs(docs: Documents, asked: Sequence[list[str]]) -> dict[str, Any]:
    report: dict[str, Any] = {}
    searches: dict[str, Search] = {}
    for name, make in {"citedesk": ours, **OTHERS}.items():
        began = time.process_time()
        before = _peak_mb()
        searches[name] = make(docs)
        built = time.process_time() - began
        report[name] = {"build_s": built, "peak_mb_more": _peak_mb() - before}
    slow = searches.pop("rank-bm25")
    report["rank-bm25"] |= told(once(slow, asked[:10]))
    for name, times in in_turn(searches, asked).items():
        report[name] |= told(times)
    report["ratio"] = {
        p: report["citedesk"][p] / min(report[name][p] for name in OTHERS)
        for p in ("p50_us", "p95_us")
    }
    return report


def further_legs(docs: Documents, asked: Sequence[list[str]]) -> dict[str, Any]:
    """Through the index: the word leg plain, widened, and with runs of letters beside it."""
    policies = [_policy(n, " ".join(document)) for n, document in enumerate(docs)]
    held = [passage for policy in policies for passage in passages(policy)]
    seen_by = Filter(languages=("en",), day=date(2026, 1, 1))
    words, both = (LegName.WORDS,), (LegName.WORDS, LegName.GRAMS)
    kinds = {"words": Options(legs=words, widen=False), "words, widened": Options(legs=words)}
    if len(docs) <= _SLOW:
        kinds["words and grams"] = Options(legs=both)
    report: dict[str, Any] = {}
    for name, options in kinds.items():
        index = FusedIndex(held, options=options)
        began = time.process_time()
        index.search("x", seen_by=seen_by)
        report[name] = {"build_s": time.process_time() - began}

        def search(query: list[str], index: FusedIndex = index) -> Any:
            return index.search(" ".join(query), seen_by=seen_by, k=_K)

        report[name] |= told(in_turn({name: search}, asked)[name])
        if name == "words, widened":
            extra = passages(_policy(len(docs), "# New\nsomething that was not there"))
            began = time.process_time()
            index.change([*held, *extra])
            index.search("something", seen_by=seen_by)
            report["add_one_policy_s"] = time.process_time() - began
    return report


def _policy(number: int, text: str) -> Policy:
    return Policy(
        id=f"p{number}",
        language="en",
        title="",
        file=f"p{number}.md",
        text=text,
        body_start=0,
        content_hash=hashlib.sha256(text.encode()).hexdigest(),
    )


def _peak_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def show(size: int, report: dict[str, Any]) -> None:
    print(f"\n{size:,} passages")
    for name, figures in report.items():
        if isinstance(figures, dict):
            line = ", ".join(f"{key} {value:,.2f}" for key, value in figures.items())  # pyright: ignore[reportUnknownVariableType]  # figures by name
            print(f"  {name:<16} {line}")
        else:
            print(f"  {name:<16} {figures:.3f}")


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--sizes", default="1000,10000,100000")
    parser.add_argument("--queries", type=int, default=200)
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args(arguments)
    reports: dict[str, Any] = {}
    for size in (int(part) for part in given.sizes.split(",")):
        rng = np.random.default_rng(7)
        docs = documents(size, rng)
        asked = queries(docs, given.queries, rng)
        reports[str(size)] = {**word_legs(docs, asked), **further_legs(docs, asked)}
        if not given.json:
            show(size, reports[str(size)])
    if given.json:
        print(json.dumps(reports))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
