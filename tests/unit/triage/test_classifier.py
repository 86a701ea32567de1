"""Learning from examples, and keeping what was learnt."""

import importlib
import logging
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from agent.kept import Unreadable
from agent.triage import build_triager
from agent.triage.features import Concepts, Features, parts, tokens, words
from agent.triage.folding import fold
from agent.triage.model import Model, load, save
from agent.triage.training import train
from tests.unit.triage.small import EXAMPLES, a_desk, a_ticket

pytestmark = pytest.mark.unit


def rows() -> list[Features]:
    return [Features(tokens=tokens(fold(text))) for _, _, text in EXAMPLES]


LABELS = [category for _, category, _ in EXAMPLES]


@pytest.fixture(scope="module")
def model() -> Model:
    return Model(train(rows(), LABELS))


def the_file(folder: Path) -> Path:
    (path,) = folder.glob("triage-*.npz")
    return path


def test_it_ranks_every_category_with_chances_that_add_up(model: Model) -> None:
    ranked = model.rank(Features(tokens=tokens("how high is the fine")))

    assert ranked[0][0] == "fines"
    assert {name for name, _ in ranked} == set(LABELS)
    assert sum(chance for _, chance in ranked) == pytest.approx(1, abs=1e-5)
    assert [c for _, c in ranked] == sorted((c for _, c in ranked), reverse=True)


def test_what_it_learnt_it_recalls(model: Model) -> None:
    right = [model.rank(r)[0][0] == label for r, label in zip(rows(), LABELS, strict=True)]

    assert all(right)


def test_a_text_of_unknown_letters_is_not_taken_for_sure(model: Model) -> None:
    assert model.rank(Features(tokens=("ωψ",)))[0][1] < 0.6


def test_expectations_come_from_examples_left_out(model: Model) -> None:
    expected = model.parameters.expected

    assert expected.examples == len(EXAMPLES)
    assert 0.4 < expected.accuracy < 1.0


def test_training_twice_gives_the_same_model() -> None:
    one, two = train(rows(), LABELS), train(rows(), LABELS)

    assert np.array_equal(one.coefficients, two.coefficients)
    assert one.calibration == two.calibration


def test_two_classes_are_enough() -> None:
    picked = [i for i, label in enumerate(LABELS) if label != "events"]
    model = Model(train([rows()[i] for i in picked], [LABELS[i] for i in picked]))

    assert model.rank(rows()[picked[0]])[0][0] == LABELS[picked[0]]


def test_a_class_with_one_example_does_not_stop_training() -> None:
    lone = Features(tokens=tokens("my shoes got wet"))
    model = Model(train([*rows(), lone], [*LABELS, "other"]))

    assert "other" in dict(model.rank(lone))


def test_a_saved_model_answers_as_before(model: Model, tmp_path: Path) -> None:
    save(model.parameters, tmp_path / "m.npz")
    again = Model(load(tmp_path / "m.npz"))

    for row in rows():
        assert again.rank(row) == model.rank(row)
    assert again.parameters.expected == model.parameters.expected


@pytest.mark.parametrize("content", [b"", b"not a zip", b"PK\x03\x04 cut short"])
def test_a_broken_file_is_told_apart_from_a_missing_one(content: bytes, tmp_path: Path) -> None:
    broken = tmp_path / "m.npz"
    broken.write_bytes(content)

    with pytest.raises(Unreadable, match="learnt again"):
        load(broken)
    with pytest.raises(FileNotFoundError):
        load(tmp_path / "none.npz")


def test_a_file_that_holds_pickled_objects_is_not_read(tmp_path: Path) -> None:
    np.savez(tmp_path / "m.npz", meta=np.array([{"evil": 1}], dtype=object))

    with pytest.raises(Unreadable):
        load(tmp_path / "m.npz")


def test_arrays_that_do_not_fit_together_are_not_read(model: Model, tmp_path: Path) -> None:
    save(model.parameters, tmp_path / "m.npz")
    with np.load(tmp_path / "m.npz") as stored:
        arrays = dict(stored)
    arrays["coefficients"] = arrays["coefficients"][:-1]
    np.savez(tmp_path / "m.npz", **arrays)

    with pytest.raises(Unreadable):
        load(tmp_path / "m.npz")


def test_unchanged_examples_are_not_learnt_twice(tmp_path: Path) -> None:
    build_triager(a_desk(), tmp_path)
    before = the_file(tmp_path).stat().st_mtime_ns
    build_triager(a_desk(), tmp_path)

    assert the_file(tmp_path).stat().st_mtime_ns == before


def test_a_changed_example_makes_another_model(tmp_path: Path) -> None:
    build_triager(a_desk(), tmp_path)
    build_triager(a_desk(examples=(*EXAMPLES, ("en", "fines", "A fine again"))), tmp_path)

    assert len(list(tmp_path.glob("triage-*.npz"))) == 2


def test_a_corrupted_cache_is_trained_anew(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    ticket = a_ticket("How high is the fine?")
    before = build_triager(a_desk(), tmp_path).triage(ticket)
    the_file(tmp_path).write_bytes(b"rubbish")

    with caplog.at_level(logging.WARNING):
        after = build_triager(a_desk(), tmp_path).triage(ticket)

    assert after == before
    assert "learnt again" in caplog.text
    load(the_file(tmp_path))


def test_a_cache_folder_that_cannot_be_written_stops_nothing(tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("in the way")

    triage = build_triager(a_desk(), blocked / "cache").triage(a_ticket("the fine is too high"))

    assert triage.category == "fines"


def test_asking_a_cached_model_needs_no_learning_library(tmp_path: Path) -> None:
    build_triager(a_desk(), tmp_path)
    code = (
        "import sys; from pathlib import Path; from agent.triage import build_triager;"
        "from tests.unit.triage.small import a_desk, a_ticket;"
        f"t = build_triager(a_desk(), Path({str(tmp_path)!r})).triage(a_ticket('the fine'));"
        "print(t.category, 'sklearn' in sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=Path.cwd()
    )

    assert done.stdout.split() == ["fines", "False"]


def test_short_numbers_say_how_long_they_are_and_long_ones_nothing() -> None:
    assert tokens("order 61234, or 7?") == ("order", "or", "0", "?")


def test_words_and_their_neighbours() -> None:
    assert words(Features(tokens=("a", "b", "c"))) == ["a", "b", "c", "a b", "b c"]


def test_parts_of_a_word_know_its_borders() -> None:
    assert " ab " in parts("ab")
    assert all(2 <= len(p) <= 5 for p in parts("remboursement"))
    assert parts("?") == [" ?", "? ", " ? "]


def test_a_glossary_group_is_one_sign_in_all_languages() -> None:
    concepts = Concepts([["fine", "penalty", "amende", "Buße"], ["borrow", "emprunter"]])

    assert concepts.signs(fold("Une AMENDE ?")) == ["concept:fine"]
    assert concepts.signs(fold("die Busse")) == ["concept:fine"]
    assert concepts.signs(fold("penalties for borrowing")) == ["concept:fine", "concept:borrow"]
    assert concepts.signs("nothing") == []


def test_a_single_text_weighs_as_the_learning_library_weighs_it(model: Model) -> None:
    learning = importlib.import_module("sklearn.feature_extraction.text")
    features = Features(tokens=tokens(fold("a late book, a book that is late and a room")))
    block = model.parameters.blocks["word"]
    theirs = learning.TfidfVectorizer(analyzer=words, sublinear_tf=True, dtype=np.float32)

    row = theirs.fit(rows()).transform([features]).toarray()[0] * block.weight

    ours = np.zeros_like(row)
    found = model.weights(features)
    of_words = found.rows < len(block.idf)
    ours[found.rows[of_words]] = found.values[of_words]
    np.testing.assert_allclose(ours, row, rtol=1e-5)
    assert np.count_nonzero(row) > 1


def test_a_text_with_no_known_term_scores_the_constant_alone(model: Model) -> None:
    scores = model.scores(Features(tokens=("\x00",)))

    np.testing.assert_array_equal(scores, model.parameters.intercept)
