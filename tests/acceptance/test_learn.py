"""`citedesk learn`: shown first, written after a yes, dropped by number."""

import asyncio
import json
from pathlib import Path

import pytest

from agent.cli.exits import CommandFailed, Exit
from agent.cli.learn import learn
from tests.acceptance.command import Citedesk
from tests.unit.review.test_learning import corrected, folder
from tests.unit.web.shop import a_shop

__all__ = ["folder"]  # the fixture


LONG = f"The seam came undone.\n{'I wore it once. ' * 20}And that is all."


@pytest.fixture
def shop(citedesk: Citedesk, tmp_path: Path) -> Citedesk:
    async def correct() -> None:
        async with a_shop(tmp_path) as made:
            await corrected(made, "It does not fit.", "returns")
            await corrected(made, LONG, "returns")

    asyncio.run(correct())
    return citedesk.given(DATABASE__URL=f"sqlite:///{tmp_path / 'store.db'}")


def test_it_shows_what_it_would_write_and_writes_nothing_unasked(
    shop: Citedesk, folder: Path
) -> None:
    before = (folder / "examples.csv").read_bytes()
    shown = shop("learn", "--desk", str(folder))
    assert shown.code == 0
    assert '  + "My dress\n  + It does not fit.","returns","en"\n' in shown.out
    assert '  + "My dress\n  + The seam came undone.\n  + I wore it once. I wore' in shown.out
    assert 'And that is all.","returns","en"\n' in shown.out
    assert "right of texts not seen" in shown.out
    assert "give --yes" in shown.err
    assert (folder / "examples.csv").read_bytes() == before


@pytest.fixture
def here(shop: Citedesk, monkeypatch: pytest.MonkeyPatch) -> None:
    """In this process: it has imported what a process of its own would import again."""
    for name, value in shop.settings.items():
        monkeypatch.setenv(f"CITEDESK_{name}", value)


@pytest.mark.usefixtures("here")
def test_it_learns_what_is_kept_and_never_asks_about_what_was_dropped(
    shop: Citedesk, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    first = json.loads(shop("learn", "--desk", str(folder), "--json").out)
    numbers = [one["no"] for one in first["new"]]
    assert set(first["effect"]) == {"known", "new", "categories"}

    with pytest.raises(CommandFailed, match="--drop 999: no such correction") as wrong:
        learn(folder, drop=[999])
    assert wrong.value.code is Exit.USAGE

    done = shop("learn", "--desk", str(folder), "--drop", str(numbers[0]), "--yes")
    assert "1 examples written" in done.out
    rows = (folder / "examples.csv").read_text()
    assert "The seam came undone." in rows
    assert "It does not fit." not in rows
    learn(folder, as_json=True)
    left = json.loads(capsys.readouterr().out)
    assert (left["new"], left["written"]) == ([], False)


@pytest.mark.usefixtures("here")
def test_nothing_is_called_written_that_is_not(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = folder / "examples.csv"
    unwritable = folder / ("x" * 250)  # no name is left for the file that would replace it
    file.rename(unwritable)
    file.symlink_to(unwritable)
    before = unwritable.read_bytes()

    with pytest.raises(OSError, match="File name too long"):
        learn(folder, yes=True, as_json=True)

    assert capsys.readouterr().out == ""
    assert unwritable.read_bytes() == before
