"""A few seconds of the fuzz target, from a fixed seed."""

import json

import pytest

from bench.claims import fuzz


def test_made_up_text_neither_breaks_the_checker_nor_misplaces_a_citation(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert fuzz.main(["--seconds", "5", "--seed", "3"]) == 0
    assert json.loads(capsys.readouterr().out)["tried"] > 0
