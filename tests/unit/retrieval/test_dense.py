"""The dense leg: any ONNX embedder in a folder, here a tiny one with seeded weights."""

import json
from pathlib import Path

import numpy as np
import pytest

from retrieval.corpus import all_passages
from retrieval.dense import DenseError, load_embedder
from retrieval.index import Filter, FusedIndex, Options
from retrieval.legs import LegName
from tests.unit.retrieval.test_index import DAY, PARCELS, RETURNS

onnx = pytest.importorskip("onnx")
pytest.importorskip("onnxruntime")
tokenizers = pytest.importorskip("tokenizers")

WORDS = ["[PAD]", "[UNK]", "parcel", "takes", "two", "days", "send", "items", "back", "within"]
SIZE = 16


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One seeded vector a word: a text's vector is their mean."""
    folder = tmp_path_factory.mktemp("embedder")
    _write_tokenizer(folder / "tokenizer.json")
    helper, numpy_helper, kinds = onnx.helper, onnx.numpy_helper, onnx.TensorProto
    table = np.random.default_rng(3).normal(size=(len(WORDS), SIZE)).astype(np.float32)
    graph = helper.make_graph(
        [helper.make_node("Gather", ["table", "input_ids"], ["last_hidden_state"])],
        "tiny",
        [helper.make_tensor_value_info("input_ids", kinds.INT64, ["batch", "length"])],
        [
            helper.make_tensor_value_info(
                "last_hidden_state", kinds.FLOAT, ["batch", "length", SIZE]
            )
        ],
        [numpy_helper.from_array(table, "table")],
    )
    made = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    onnx.save(made, str(folder / "model.onnx"))
    return folder


def _write_tokenizer(file: Path) -> None:
    vocabulary = {word: n for n, word in enumerate(WORDS)}
    made = tokenizers.Tokenizer(tokenizers.models.WordLevel(vocabulary, unk_token="[UNK]"))
    made.normalizer = tokenizers.normalizers.Lowercase()
    made.pre_tokenizer = tokenizers.pre_tokenizers.Whitespace()
    made.save(str(file))


def test_vectors_have_length_one_and_padding_does_not_count(model: Path) -> None:
    embedder = load_embedder(model)

    alone = embedder.embed(["parcel"])[0]
    beside = embedder.embed(["parcel", "send items back within two days"])[0]

    assert np.linalg.norm(alone) == pytest.approx(1.0)
    assert beside == pytest.approx(alone, abs=1e-6)


def test_the_dense_leg_finds_what_is_near(model: Path) -> None:
    options = Options(legs=(LegName.DENSE,), embedder=load_embedder(model))
    index = FusedIndex(all_passages([RETURNS, PARCELS]), options=options)
    seen_by = Filter(languages=("en",), day=DAY)

    assert index.search("parcel takes two", seen_by=seen_by)[0].passage.policy.id == "parcels"

    index.change(all_passages([RETURNS]))
    assert [h.passage.policy.id for h in index.search("parcel", seen_by=seen_by)] == ["returns"]


def test_a_prefix_of_the_models_card_is_put_before_queries(model: Path, tmp_path: Path) -> None:
    for name in ("model.onnx", "tokenizer.json"):
        (tmp_path / name).write_bytes((model / name).read_bytes())
    (tmp_path / "dense.json").write_text(json.dumps({"query_prefix": "send "}), encoding="utf-8")
    embedder = load_embedder(tmp_path)

    assert embedder.embed(["items"], query=True) == pytest.approx(embedder.embed(["send items"]))


@pytest.mark.parametrize(
    ("files", "said"),
    [
        ({}, "neither model.onnx nor modules.json"),
        ({"dense.json": '{"pooling": "max"}'}, "pooling 'max'"),
        ({"dense.json": '{"size": 3}'}, "query_prefix"),
        ({"model.onnx": "no model"}, "tokenizer.json: is missing"),
        ({"model.onnx": "no model", "tokenizer.json": "{}"}, "cannot be loaded"),
    ],
)
def test_a_folder_that_cannot_be_used_says_why(
    tmp_path: Path, files: dict[str, str], said: str
) -> None:
    for name, text in files.items():
        (tmp_path / name).write_text(text, encoding="utf-8")

    with pytest.raises(DenseError, match=said):
        load_embedder(tmp_path)


def test_a_leg_without_its_model_is_refused() -> None:
    options = Options(legs=(LegName.DENSE,))
    index = FusedIndex(all_passages([RETURNS]), options=options)

    with pytest.raises(DenseError, match="has no model"):
        index.search("items", seen_by=Filter(languages=("en",), day=DAY))
