"""A desk's concepts: read whole, or refused with their place."""

from pathlib import Path

import pytest

from agent.desk.concepts import check_concepts, read_concepts
from agent.desk.inspection import Inspection

pytestmark = pytest.mark.unit


def faults(folder: Path, text: str) -> list[str]:
    (folder / "concepts.toml").write_text(text, encoding="utf-8")
    look = Inspection(folder)
    check_concepts(look, read_concepts(look), languages=("en", "nl"))
    return [str(fault) for fault in look.faults]


def test_a_desk_needs_no_concepts(tmp_path: Path) -> None:
    look = Inspection(tmp_path)

    assert read_concepts(look) == ()
    assert look.faults == []


def test_concepts_keep_their_order_and_phrases(tmp_path: Path) -> None:
    assert faults(tmp_path, '[late]\nen = ["still waiting"]\n[broken]\nnl = ["kapot*"]\n') == []

    late, broken = read_concepts(Inspection(tmp_path))

    assert (late.id, late.words) == ("late", {"en": ("still waiting",)})
    assert (broken.id, broken.words) == ("broken", {"nl": ("kapot*",)})


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ('[late]\nfr = ["tard"]\n', "late.fr: is not a language"),
        ('[late]\nen = ["*"]\n', "would match anything"),
        ('[late]\nen = ["a* b"]\n', "before its end"),
        ('[late]\nen = "late"\n', "late"),
        ('[Late]\nen = ["late"]\n', "Late"),
        ("[late\n", "not TOML"),
    ],
)
def test_a_concept_with_a_fault_is_refused_with_its_place(
    tmp_path: Path, text: str, told: str
) -> None:
    assert any(told in fault for fault in faults(tmp_path, text))
