"""What people corrected on a desk, with the words of its tickets; and writing it down."""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from agent.bootstrap.pipeline import build_reader, now
from agent.bootstrap.tools import build_registry
from agent.bootstrap.web import read_thread
from agent.desk import load_desk
from agent.domain.desk import Desk
from agent.domain.ids import ConversationId
from agent.intake.redact import redact
from agent.kept import replacing
from agent.review.desk import ReadThread
from agent.review.learning import Correction, Plan, corrections, planned, with_examples
from agent.settings import Settings
from agent.store.records import AuditEntry
from agent.store.review_store import ReviewStore

FILE = "examples.csv"
EVER = timedelta(days=36_500)


class FileChanged(Exception):
    """The examples are not those that were shown."""

    def __init__(self, file: Path) -> None:
        self.file = file
        super().__init__(f"{file}: was changed meanwhile, nothing is written; run it again")


@dataclass(frozen=True, slots=True, kw_only=True)
class Learning:
    """A desk's corrections, and where its examples are kept."""

    folder: Path
    desk: Desk
    plan: Plan
    before: bytes  #: the file of examples that the plan was made from

    @property
    def file(self) -> Path:
        return (self.folder / FILE).resolve()


async def read_learning(
    settings: Settings, store: ReviewStore, folder: Path, *, drop: Sequence[int] = ()
) -> Learning:
    """What the desk would learn now, without what is to be dropped; raises `DeskError`."""
    file = (folder / FILE).resolve()
    before = file.read_bytes() if file.is_file() else b""
    desk = load_desk(folder, known_tools=build_registry(settings).names)
    reads = read_thread(build_reader(settings))
    found = await corrections(store, desk.name, datetime.now(UTC) - EVER)
    kept = [one for one in found if one.id not in drop]
    texts = [(one, await _text(one, store, desk, reads)) for one in kept]
    return Learning(folder=folder, desk=desk, plan=planned(texts, desk), before=before)


async def _text(
    correction: Correction, store: ReviewStore, desk: Desk, reads: ReadThread
) -> str | None:
    """The ticket's words with personal data replaced; None once they are gone."""
    draft = await store.draft(correction.draft_id)
    if draft is None:
        return None
    rows = await store.thread(correction.conversation)
    ticket = reads(rows, draft.answers, desk, ConversationId(correction.conversation))
    if ticket is None:
        return None
    names = [ticket.requester.name] if ticket.requester.name else []
    return redact(ticket.text, names=names).text


async def apply(learning: Learning, store: ReviewStore, *, by: str) -> None:
    """Write the examples into the desk's folder, then note that they are learnt.

    Raises `FileChanged`, and then nothing is. The file is replaced whole. After a crash in
    between, a second run finds the examples there and only notes it.
    """
    examples = learning.plan.examples
    if examples:
        unchanged(learning)
        _replace(learning.file, with_examples(learning.before.decode(), examples).encode())
    await settle(learning.plan.settled, store, learning.desk, by=by, action="examples.learned")


async def settle(
    ids: Sequence[int], store: ReviewStore, desk: Desk, *, by: str, action: str
) -> None:
    """Never ask about these decisions again."""
    if not ids:
        return
    await store.mark_learned(ids, now())
    entry = AuditEntry(
        action=action,
        actor=by,
        subject=f"desk/{desk.name}",
        details={"decisions": ",".join(map(str, ids))},
    )
    await store.note(entry, now())


def unchanged(learning: Learning) -> None:
    """Raises `FileChanged` when somebody edited the examples since they were read."""
    now_there = learning.file.read_bytes() if learning.file.is_file() else b""
    if now_there != learning.before:
        raise FileChanged(learning.file)


def _replace(path: Path, content: bytes) -> None:
    """With the rights that the old file had."""
    with replacing(path) as file:
        file.write(content)
        os.fchmod(file.fileno(), path.stat().st_mode & 0o777)
