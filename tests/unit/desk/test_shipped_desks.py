"""The desks that ship are without fault, and every registered name they use is known."""

from pathlib import Path

from agent.desk import load_desks
from agent.domain.desk import FRAMES
from tools.render import TOOL_NAMES

DESKS = Path(__file__).parents[3] / "desks"


def test_the_shipped_desks_load() -> None:
    desks = load_desks(DESKS, known_tools=TOOL_NAMES)

    assert set(desks) == {"hr", "support"}
    for desk in desks.values():
        assert len({policy.id for policy in desk.policies}) >= 5
        assert {policy.language for policy in desk.policies} >= set(desk.languages)


def test_a_shipped_voice_says_every_frame_in_one_line() -> None:
    for desk in load_desks(DESKS, known_tools=TOOL_NAMES).values():
        for voice in desk.voices.values():
            assert set(voice.frames) == set(FRAMES)
            assert not any("\n" in text for text in voice.frames.values())
