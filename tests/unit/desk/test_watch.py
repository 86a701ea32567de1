"""A folder that is watched, and what an edit does to drafts that wait."""

import os
from dataclasses import replace
from pathlib import Path

from agent.desk.edits import Changes, changes
from agent.desk.watch import seen
from tests.unit.retrieval.test_index import a_policy


def test_an_edit_a_new_file_and_a_deletion_are_each_seen(tmp_path: Path) -> None:
    policy = tmp_path / "hr" / "policies" / "leave.md"
    policy.parent.mkdir(parents=True)
    policy.write_text("25 days", encoding="utf-8")
    before = seen(tmp_path)

    policy.write_text("26 days", encoding="utf-8")
    os.utime(policy, ns=(1, 1))
    edited = seen(tmp_path)
    (policy.parent / "new.md").write_text("new", encoding="utf-8")
    added = seen(tmp_path)
    policy.unlink()

    assert len({before, edited, added, seen(tmp_path)}) == 4


def test_an_editors_own_files_are_not_looked_at(tmp_path: Path) -> None:
    before = seen(tmp_path)

    (tmp_path / ".leave.md.swp").write_text("x", encoding="utf-8")
    (tmp_path / ".git").mkdir()
    (tmp_path / ".git" / "index").write_text("x", encoding="utf-8")

    assert seen(tmp_path) == before


def test_a_stamp_that_comes_is_a_change(tmp_path: Path) -> None:
    stamp = tmp_path / "data" / "reload"
    before = seen(tmp_path / "desks", stamp)
    stamp.parent.mkdir()
    stamp.touch()

    assert seen(tmp_path / "desks", stamp) != before


def test_changes_name_the_files_that_differ() -> None:
    kept, old = a_policy("kept", "# A\nText."), a_policy("old", "# B\nText.")
    edited = replace(old, content_hash="other")
    new = a_policy("new", "# C\nText.")

    assert changes([kept, old], [kept, edited, new]) == Changes(
        added=("policies/en/new.md",), edited=("policies/en/old.md",)
    )
    assert changes([kept, old], [kept]) == Changes(removed=("policies/en/old.md",))
    assert not changes([kept], [kept])
