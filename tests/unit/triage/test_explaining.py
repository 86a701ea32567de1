"""What decided is told in words, and adds up."""

import pytest

from agent.domain.desk import Concept
from agent.triage import build_triager
from agent.triage.explaining import explain
from agent.triage.features import BLOCKS, Features, Sayings, tokens
from agent.triage.model import Model
from agent.triage.training import train
from tests.unit.triage.small import a_desk

pytestmark = pytest.mark.unit

ROWS = [
    Features(tokens=tokens(text), said=("fruit",) if "apple" in text else ())
    for text in ("red apple", "apple pie", "green apple", "steel hammer", "hammer time", "a hammer")
]
LABELS = ["fruit"] * 3 + ["tool"] * 3


@pytest.mark.parametrize("blocks", [BLOCKS, ("word",), ("char",), ("said", "word")])
def test_the_weights_add_up_to_the_lead(blocks: tuple[str, ...]) -> None:
    model = Model(train(ROWS, LABELS, blocks))
    features = Features(tokens=("an", "apple", "apple"), said=("fruit",))

    lead = abs(float(model.scores(features)[0] - model.scores(features)[1]))
    constant = float(model.parameters.intercept[0] - model.parameters.intercept[1])

    weights = sum(w.weight for w in explain(model, features))
    assert weights + constant == pytest.approx(lead, abs=1e-4)


def test_the_telling_word_comes_first() -> None:
    triager = build_triager(a_desk())

    first = triager.explain("Why must I pay a fine?", "en")[0]

    assert first.term.endswith("fine")


def test_a_concept_is_said_as_often_as_its_phrases_stand_there() -> None:
    late = Concept(id="late", words={"en": ("late",), "nl": ("te laat", "laat")})
    gone = Concept(id="gone", words={"en": ("late lamented",)})
    sayings = Sayings((late, gone), "en")

    assert sayings.said("late and late again") == ("late", "late")
    assert sayings.said("te laat") == ("late",)  # two words count in any language, one only in its
    assert sayings.said("laat") == ()
    assert sayings.said("my late lamented lamp") == ("late", "gone")
