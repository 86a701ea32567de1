"""`citedesk eval retrieval`: rankings of a BEIR collection against its judgements."""

import csv
import gzip
import hashlib
import json
import math
import statistics
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from io import TextIOWrapper
from pathlib import Path
from typing import IO, Any, cast

from agent.evals.errors import BadCases, EvalError
from retrieval.corpus import Passage, Policy
from retrieval.dense import DenseError, load_embedder
from retrieval.index import Filter, FusedIndex
from retrieval.legs import LegName, Options, WordEngine

CUTS = (1, 5, 10, 100)
_DAY = date(2026, 1, 1)  #: documents of a collection have no validity
_COLUMNS = ("query-id", "corpus-id", "score")
Judgements = Mapping[str, Mapping[str, float]]
_Where = tuple[Path, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Collection:
    """Documents, queries by id, and for each query the graded relevance of documents by id."""

    passages: tuple[Passage, ...]
    queries: Mapping[str, str]
    judged: Judgements


def read_collection(corpus: Path, queries: Path, qrels: Path, *, lang: str) -> Collection:
    """A collection in BEIR form, gzipped or not. Raises `BadCases` with file and line."""
    passages = tuple(_document(row, where, lang) for where, row in _rows(corpus))
    asked = {_text(row, "_id", where): _text(row, "text", where) for where, row in _rows(queries)}
    judged = _judgements(qrels)
    if not passages:
        mend = "a line has `_id`, `title` and `text`"
        raise BadCases(corpus, "holds no document", mend=mend)
    if not judged.keys() & asked.keys():
        mend = "check the `query-id` column"
        raise BadCases(qrels, f"judges no query of {queries.name}", mend=mend)
    return Collection(passages=passages, queries=asked, judged=judged)


def choose(
    *,
    legs: str,
    engine: str | None = None,
    synonyms: bool = True,
    feedback: bool = False,
    model: Path | None = None,
) -> Options:
    """Options from words typed by a person. Raises `EvalError` for one that is not known."""
    names = [name.strip() for name in legs.split(",") if name.strip()]
    known = [leg.value for leg in LegName]
    for name in names or [legs]:
        if name not in known:
            raise EvalError(f"leg {name!r} is not known (known: {', '.join(known)})")
    engines = [one.value for one in WordEngine]
    if engine is not None and engine not in engines:
        raise EvalError(f"engine {engine!r} is not known (known: {', '.join(engines)})")
    if LegName.DENSE in names and model is None:
        raise EvalError("leg 'dense' needs --model, the folder of an embedding model")
    try:
        embedder = load_embedder(model) if model is not None else None
    except DenseError as exc:
        raise EvalError(str(exc)) from exc
    return Options(
        legs=tuple(LegName(name) for name in dict.fromkeys(names)),
        engine=WordEngine(engine) if engine else None,
        synonyms=synonyms,
        feedback=feedback,
        embedder=embedder,
    )


def measure_retrieval(
    collection: Collection, *, query_lang: str, options: Options
) -> dict[str, Any]:
    """`ndcg@10`, `recall` at each cut, and times in ms, over all judged queries.

    With several legs, `by_leg` holds the same for each alone, so that its gain shows.
    """
    report = _measured(collection, query_lang, options)
    if len(options.legs) > 1:
        report["by_leg"] = {
            str(leg): _measured(collection, query_lang, replace(options, legs=(leg,)))
            for leg in options.legs
        }
    return report


def rows_of(report: Mapping[str, Any]) -> list[tuple[str, str]]:
    flat = _flat({key: value for key, value in report.items() if key != "by_leg"})
    rows = [(name, f"{value:.4g}") for name, value in flat]
    for leg, found in report.get("by_leg", {}).items():
        rows += [(f"{leg} alone: {name}", f"{value:.4g}") for name, value in _flat(found)]
    return rows


def _flat(values: Mapping[str, Any]) -> Iterator[tuple[str, float]]:
    for key, value in values.items():
        if isinstance(value, Mapping):
            yield from ((f"{key}.{name}", v) for name, v in _flat(value))  # pyright: ignore[reportUnknownArgumentType]  # our own report
        else:
            yield key, float(value)


def _measured(collection: Collection, query_lang: str, options: Options) -> dict[str, Any]:
    language = collection.passages[0].policy.language
    began = time.process_time()
    index = FusedIndex(collection.passages, options=options)
    seen_by = Filter(languages=(language,), day=_DAY)
    index.search("", seen_by=seen_by)  # a pool is built at its first search
    built = time.process_time() - began
    ranked: dict[str, list[str]] = {}
    times: list[float] = []
    for query in collection.judged.keys() & collection.queries.keys():
        began = time.perf_counter()
        hits = index.search(
            collection.queries[query], seen_by=seen_by, k=max(CUTS), asked_in=query_lang
        )
        times.append((time.perf_counter() - began) * 1000)
        ranked[query] = [hit.passage.policy.id for hit in hits]
    return {
        **quality(ranked, collection.judged),
        "ms_p50": statistics.median(times),
        "ms_p95": sorted(times)[math.ceil(0.95 * len(times)) - 1],
        "build_s": built,
        "documents": len(collection.passages),
        "queries": len(ranked),
    }


def quality(ranked: Mapping[str, Sequence[str]], judged: Judgements) -> dict[str, Any]:
    """Means over the ranked queries, as trec_eval defines them: `ndcg_cut.10` and `recall`."""
    queries = [q for q in ranked if any(grade > 0 for grade in judged[q].values())]
    return {
        "ndcg@10": _mean(ndcg(ranked[q], judged[q], 10) for q in queries),
        "recall": {str(k): _mean(recall(ranked[q], judged[q], k) for q in queries) for k in CUTS},
    }


def ndcg(ranked: Sequence[str], grades: Mapping[str, float], k: int) -> float:
    """Normalised discounted cumulative gain, Järvelin and Kekäläinen 2002, with linear gains."""
    gained = _discounted(grades.get(document, 0.0) for document in ranked[:k])
    best = _discounted(sorted((g for g in grades.values() if g > 0), reverse=True)[:k])
    return gained / best if best else 0.0


def recall(ranked: Sequence[str], grades: Mapping[str, float], k: int) -> float:
    relevant = {document for document, grade in grades.items() if grade > 0}
    return len(relevant & set(ranked[:k])) / len(relevant) if relevant else 0.0


def _discounted(gains: Iterable[float]) -> float:
    return sum(gain / math.log2(rank + 1) for rank, gain in enumerate(gains, start=1))


def _mean(values: Iterable[float]) -> float:
    found = list(values)
    return sum(found) / len(found) if found else 0.0


# --- files ------------------------------------------------------------------------------------


def _document(row: Mapping[str, Any], where: _Where, lang: str) -> Passage:
    name, title = _text(row, "_id", where), str(row.get("title") or "")
    text = str(row.get("text") or "")
    policy = Policy(
        id=name,
        language=lang,
        title=title,
        file=name,
        text=text,
        body_start=0,
        content_hash=hashlib.sha256(text.encode("utf-8", "replace")).hexdigest(),
    )
    headings = (title,) if title else ()
    return Passage(id=name, policy=policy, headings=headings, start=0, end=len(text), line=1)


def _text(row: Mapping[str, Any], key: str, where: _Where) -> str:
    value = row.get(key)
    if not isinstance(value, str | int) or value == "":
        mend = "a line of a BEIR file has one, with text"
        raise BadCases(where[0], f"no {key!r}", line=where[1], mend=mend)
    return str(value)


def _rows(path: Path) -> Iterator[tuple[_Where, Mapping[str, Any]]]:
    for number, line in enumerate(_lines(path), start=1):
        if not line.strip():
            continue
        where = (path, number)
        try:
            row = json.loads(line)
        except ValueError as exc:
            raise BadCases(
                path, f"no JSON ({exc})", line=number, mend="write one object a line"
            ) from exc
        if not isinstance(row, dict):
            raise BadCases(path, "no object", line=number, mend="write one JSON object a line")
        yield where, cast(Mapping[str, Any], row)  # each field is checked


def _judgements(path: Path) -> Judgements:
    judged: dict[str, dict[str, float]] = {}
    for number, row in enumerate(csv.reader(_lines(path), delimiter="\t"), start=1):
        if not row or (number == 1 and row[-1].strip().lower() in ("score", "relevance", "rel")):
            continue
        try:
            query, document, score = row
            judged.setdefault(query, {})[document] = float(score)
        except ValueError as exc:
            mend = f"write three columns between tabs: {', '.join(_COLUMNS)}"
            raise BadCases(path, "not a judgement", line=number, mend=mend) from exc
    return judged


def _lines(path: Path) -> Iterator[str]:
    """Lines of a text file, gzipped or not, in UTF-8."""
    try:
        with path.open("rb") as raw:
            zipped = raw.read(2) == b"\x1f\x8b"
            raw.seek(0)
            stream = gzip.GzipFile(fileobj=raw) if zipped else raw
            yield from TextIOWrapper(cast(IO[bytes], stream), encoding="utf-8-sig", newline="\n")
    except UnicodeDecodeError as exc:
        raise BadCases(path, f"is not UTF-8 at byte {exc.start}", mend="save it as UTF-8") from exc
    except (gzip.BadGzipFile, EOFError) as exc:
        raise BadCases(path, "is a broken gzip file", mend="fetch or pack it again") from exc
