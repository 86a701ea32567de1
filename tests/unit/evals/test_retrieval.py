"""Figures of a ranking, and collections in BEIR form."""

import gzip
import math
from pathlib import Path

import pytest

from agent.evals.errors import BadCases
from agent.evals.retrieval import choose, measure_retrieval, ndcg, read_collection, recall

CORPUS = (
    '{"_id": "a", "title": "Cats", "text": "Cats purr."}\n'
    '{"_id": "b", "title": "", "text": "Dogs bark."}\n'
)
QUERIES = '{"_id": "1", "text": "Do cats purr?"}\n{"_id": "2", "text": "Who barks?"}\n'
QRELS = "query-id\tcorpus-id\tscore\n1\ta\t1\n2\tb\t1\n"


def files(
    folder: Path, corpus: str = CORPUS, queries: str = QUERIES, qrels: str = QRELS
) -> tuple[Path, Path, Path]:
    paths = folder / "corpus.jsonl", folder / "queries.jsonl", folder / "qrels.tsv"
    for path, text in zip(paths, (corpus, queries, qrels), strict=True):
        path.write_text(text, encoding="utf-8")
    return paths


def test_every_relevant_document_first_is_perfect(tmp_path: Path) -> None:
    collection = read_collection(*files(tmp_path), lang="en")

    report = measure_retrieval(collection, query_lang="en", options=choose(legs="words"))

    assert report["ndcg@10"] == 1.0
    assert report["recall"] == {"1": 1.0, "5": 1.0, "10": 1.0, "100": 1.0}
    assert report["queries"] == 2


def test_several_legs_are_measured_together_and_alone(tmp_path: Path) -> None:
    collection = read_collection(*files(tmp_path), lang="en")

    report = measure_retrieval(collection, query_lang="en", options=choose(legs="words,grams"))

    assert set(report["by_leg"]) == {"words", "grams"}


def test_gzip_is_read_as_plain_text_is(tmp_path: Path) -> None:
    corpus, queries, qrels = files(tmp_path)
    plain = read_collection(corpus, queries, qrels, lang="en")
    corpus.write_bytes(gzip.compress(CORPUS.encode()))

    assert read_collection(corpus, queries, qrels, lang="en") == plain


def test_ndcg_discounts_by_rank_and_compares_with_the_best_order() -> None:
    grades = {"a": 2.0, "b": 1.0}

    assert ndcg(["a", "b"], grades, 10) == 1.0
    swapped = (1 + 2 / math.log2(3)) / (2 + 1 / math.log2(3))
    assert ndcg(["b", "a"], grades, 10) == pytest.approx(swapped)
    assert ndcg(["x", "a"], grades, 1) == 0.0


def test_recall_is_the_share_of_what_is_relevant() -> None:
    grades = {"a": 1.0, "b": 1.0, "c": 0.0}

    assert recall(["a", "c", "x"], grades, 5) == 0.5
    assert recall(["x", "a"], grades, 1) == 0.0


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"corpus": '{"title": "no id"}\n'}, r"corpus\.jsonl: line 1: no '_id'"),
        ({"corpus": ""}, "holds no document"),
        ({"queries": "nonsense\n"}, r"queries\.jsonl: line 1: no JSON"),
        ({"queries": "[1]\n"}, "no object"),
        ({"qrels": "query-id\tcorpus-id\tscore\n1\ta\n"}, r"qrels\.tsv: line 2: not a judgement"),
        ({"qrels": "9\ta\t1\n"}, "judges no query"),
    ],
)
def test_a_broken_file_is_refused_with_its_line(
    tmp_path: Path, changed: dict[str, str], said: str
) -> None:
    with pytest.raises(BadCases, match=said):
        read_collection(*files(tmp_path, **changed), lang="en")
