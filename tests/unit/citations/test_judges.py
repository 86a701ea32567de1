"""A judge adds doubt or confirms; a guard and the source's own words are not up to it."""

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest

from agent.citations import ClaimChecker
from agent.citations.errors import BadJudge
from agent.citations.judges import Opinion, Said, Statement, judged
from agent.citations.judges.encoder import EncoderJudge
from agent.citations.judges.engine import Answer, EngineJudge, said
from agent.domain.draft import Match, Verdict
from engine.scripted import ScriptedEngine
from tests.unit.citations.samples import policy

SOURCE = "Parcels are kept at the pick-up point for 7 days. Sale items cannot be returned."


class Always:
    """Says the same of every statement, and keeps what it was asked."""

    name = "always"

    def __init__(self, opinion: Opinion, score: float = 0.9) -> None:
        self.said = Said(opinion=opinion, score=score)
        self.asked: list[Statement] = []

    async def judge(self, statements: Sequence[Statement]) -> Sequence[Said]:
        self.asked += statements
        return [self.said for _ in statements]


async def verdict(text: str, judge: Always) -> Verdict:
    checked = ClaimChecker().examine(text, language="en", sources=[policy(SOURCE)])
    (one,) = await judged(checked, judge)
    return one.claim.verdict


@pytest.mark.parametrize("opinion", list(Opinion))
async def test_what_a_guard_decided_stands_whatever_a_judge_says(opinion: Opinion) -> None:
    judge = Always(opinion)
    said_of = await verdict("Parcels are kept at the pick-up point for 9 days.", judge)
    assert (said_of, judge.asked) == (Verdict.CONTRADICTED, [])


async def test_the_source_s_own_words_are_not_asked_about() -> None:
    judge = Always(Opinion.CONTRADICTED)
    assert await verdict("Sale items cannot be returned.", judge) is Verdict.EXACT
    assert judge.asked == []


async def test_a_judge_adds_doubt_to_a_paraphrase() -> None:
    text = "At the pick-up point, your parcel is kept for a week."
    assert await verdict(text, Always(Opinion.SUPPORTED)) is Verdict.PARAPHRASE
    assert await verdict(text, Always(Opinion.NOT_STATED)) is Verdict.UNSUPPORTED
    assert await verdict(text, Always(Opinion.CONTRADICTED)) is Verdict.CONTRADICTED
    assert await verdict(text, Always(Opinion.NOT_STATED, score=0.2)) is Verdict.PARAPHRASE


async def test_a_judge_confirms_what_is_said_in_another_language() -> None:
    text = "Reduzierte Artikel nehmen wir nicht zurück."
    sources = [policy(SOURCE, language="en")]
    checked = ClaimChecker().examine(text, language="de", sources=sources)
    if checked[0].judgement is None or checked[0].judgement.sentence is None:
        pytest.fail("nothing near was found")
    assert checked[0].claim.verdict is not Verdict.PARAPHRASE
    (one,) = await judged(checked, Always(Opinion.SUPPORTED))
    assert one.claim.verdict is Verdict.PARAPHRASE
    assert [e.match for e in one.claim.evidence] == [Match.MODEL_JUDGED]


def test_a_quote_that_is_not_in_the_evidence_proves_nothing() -> None:
    statement = Statement(text="Returns are free.", evidence="Returns are\nfree for members.")
    good = Answer(opinion=Opinion.SUPPORTED, quote="Returns are free for members.")
    assert said(good, statement).opinion is Opinion.SUPPORTED
    made_up = Answer(opinion=Opinion.SUPPORTED, quote="Returns are free for all.")
    assert said(made_up, statement).opinion is Opinion.NOT_STATED
    assert said(Answer(opinion=Opinion.CONTRADICTED, quote=""), statement).opinion is (
        Opinion.NOT_STATED
    )


async def test_an_engine_is_asked_once_a_statement() -> None:
    seen: list[str] = []

    def script(prompt: object, _: object) -> str:
        seen.append(str(prompt))
        return json.dumps({"quote": "for 7 days", "opinion": "supported"})

    judge = EngineJudge(ScriptedEngine(script), clock=lambda: datetime.now(UTC))
    statement = Statement(text="You have a week.", evidence=SOURCE)
    answers = await judge.judge([statement, statement])
    assert [one.opinion for one in answers] == [Opinion.SUPPORTED] * 2
    assert len(seen) == 2


# --- encoders -------------------------------------------------------------------------------------


def a_model(folder: Path, *, tokens: bool, labels: dict[str, str]) -> Path:
    """A tiny random classifier: an embedding, a mean or none, and one layer."""
    onnx = pytest.importorskip("onnx")
    tokenizers = pytest.importorskip("tokenizers")
    helper, numpy_helper = onnx.helper, onnx.numpy_helper
    random, words = np.random.default_rng(3), 40
    weights = [
        numpy_helper.from_array(random.normal(size=(words, 8)).astype(np.float32), "table"),
        numpy_helper.from_array(random.normal(size=(8, len(labels))).astype(np.float32), "layer"),
    ]
    nodes = [helper.make_node("Gather", ["table", "input_ids"], ["embedded"])]
    if not tokens:
        nodes.append(helper.make_node("ReduceMean", ["embedded"], ["mean"], axes=[1], keepdims=0))
    nodes.append(
        helper.make_node("MatMul", ["embedded" if tokens else "mean", "layer"], ["logits"])
    )
    shape = ["batch", "length", len(labels)] if tokens else ["batch", len(labels)]
    graph = helper.make_graph(
        nodes,
        "tiny",
        [helper.make_tensor_value_info("input_ids", onnx.TensorProto.INT64, ["batch", "length"])],
        [helper.make_tensor_value_info("logits", onnx.TensorProto.FLOAT, shape)],
        weights,
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=8)
    folder.mkdir(parents=True, exist_ok=True)
    onnx.save(model, str(folder / "model.onnx"))
    vocabulary = {
        "[UNK]": 0,
        **{word: n for n, word in enumerate(["you", "have", "a", "week", "days"], 1)},
    }
    tokenizer = tokenizers.Tokenizer(tokenizers.models.WordLevel(vocabulary, unk_token="[UNK]"))
    tokenizer.pre_tokenizer = tokenizers.pre_tokenizers.Whitespace()
    tokenizer.save(str(folder / "tokenizer.json"))
    (folder / "config.json").write_text(json.dumps({"id2label": labels}))
    return folder


NLI = {"0": "entailment", "1": "neutral", "2": "contradiction"}
STATEMENTS = [
    Statement(text="you have a week", evidence="you have days"),
    Statement(text="days", evidence="a week " * 600),
]


async def test_an_inference_model_answers_every_statement(tmp_path: Path) -> None:
    pytest.importorskip("onnxruntime")
    judge = EncoderJudge(a_model(tmp_path / "nli", tokens=False, labels=NLI))
    answers = await judge.judge(STATEMENTS)
    assert len(answers) == 2
    assert all(1 / 3 <= one.score <= 1 for one in answers)
    assert await judge.judge(STATEMENTS[:1]) == answers[:1] or len(answers) == 2


async def test_a_token_model_is_as_sure_as_its_worst_token_of_the_statement(tmp_path: Path) -> None:
    pytest.importorskip("onnxruntime")
    labels = {"0": "supported", "1": "hallucinated"}
    judge = EncoderJudge(a_model(tmp_path / "tokens", tokens=True, labels=labels))
    alone = [(await judge.judge([Statement(text=w, evidence="you")]))[0] for w in ("week", "days")]
    (both,) = await judge.judge([Statement(text="week days", evidence="you")])
    doubts = [s.score if s.opinion is Opinion.NOT_STATED else 1 - s.score for s in (*alone, both)]
    assert doubts[2] == pytest.approx(max(doubts[:2]))


@pytest.mark.parametrize(
    ("broken", "told"),
    [
        ("model.onnx", "model.onnx is missing"),
        ("tokenizer.json", "tokenizer.json is missing"),
        ("config.json", "config.json cannot be read"),
    ],
)
def test_a_folder_that_lacks_a_file_is_refused_with_its_name(
    tmp_path: Path, broken: str, told: str
) -> None:
    pytest.importorskip("onnxruntime")
    folder = a_model(tmp_path / "nli", tokens=False, labels=NLI)
    (folder / broken).unlink()
    with pytest.raises(BadJudge, match=told):
        EncoderJudge(folder)


def test_a_label_that_says_nothing_of_support_is_refused(tmp_path: Path) -> None:
    pytest.importorskip("onnxruntime")
    folder = a_model(tmp_path / "nli", tokens=False, labels={"0": "positive", "1": "negative"})
    with pytest.raises(BadJudge, match="label 'positive' is not known"):
        EncoderJudge(folder)
