"""What a start keeps for the next one."""

import io
import os
from pathlib import Path

import numpy as np
import pytest

from agent import kept


def arrays(number: int = 1) -> kept.Arrays:
    return {"numbers": np.arange(number)}


def test_what_was_saved_is_loaded(tmp_path: Path) -> None:
    kept.save(arrays(3), tmp_path / "new" / "a.npz")

    assert kept.load(tmp_path / "new" / "a.npz")["numbers"].tolist() == [0, 1, 2]
    assert [file.name for file in (tmp_path / "new").iterdir()] == ["a.npz"]


def a_bare_array() -> bytes:
    file = io.BytesIO()
    np.save(file, np.arange(3))
    return file.getvalue()


@pytest.mark.parametrize("content", [b"", b"PK", b"not arrays", a_bare_array()])
def test_a_damaged_file_is_none_to_start_from(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "a.npz").write_bytes(content)

    with pytest.raises(kept.Unreadable):
        kept.load(tmp_path / "a.npz")
    assert kept.try_load(tmp_path / "a.npz") is None


def test_a_folder_that_cannot_be_written_stops_nothing(tmp_path: Path) -> None:
    (tmp_path / "file").touch()

    kept.try_save(arrays(), tmp_path / "file" / "a.npz")

    assert kept.try_load(tmp_path / "file" / "a.npz") is None


def test_of_one_kind_the_newest_stay_and_other_kinds_are_left_alone(tmp_path: Path) -> None:
    kept.save(arrays(), tmp_path / "bank-hr-en-0.npz")
    for n in range(5):
        kept.try_save(arrays(), tmp_path / f"bank-hr-nl-{n}.npz")
        os.utime(tmp_path / f"bank-hr-nl-{n}.npz", (n, n))

    names = sorted(file.name for file in tmp_path.iterdir())

    assert names == ["bank-hr-en-0.npz", "bank-hr-nl-2.npz", "bank-hr-nl-3.npz", "bank-hr-nl-4.npz"]
