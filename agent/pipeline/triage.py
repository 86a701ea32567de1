"""The model-free triager as the pipeline asks for it."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from types import MappingProxyType

from agent.domain.desk import Desk
from agent.domain.ids import DeskName
from agent.domain.ticket import Ticket
from agent.domain.triage import Triage
from agent.pipeline.ports import Run
from agent.triage import ModelFree, build_triager


class ModelFreeTriager:
    """`ports.Triager` without a language model: one `ModelFree` a desk, built at start."""

    def __init__(self, desks: Mapping[DeskName, ModelFree]) -> None:
        self._desks = dict(desks)

    @classmethod
    def for_desks(
        cls, desks: Iterable[Desk], cache_dir: Path | None, *, order_digits: int = 5
    ) -> "ModelFreeTriager":
        """Train or load every desk's triage; seconds a desk the first time."""
        return cls({d.name: build_triager(d, cache_dir, order_digits=order_digits) for d in desks})

    @property
    def by_desk(self) -> Mapping[DeskName, ModelFree]:
        """The synchronous triage of each desk, for admission."""
        return MappingProxyType(self._desks)

    async def triage(self, ticket: Ticket, desk: Desk, *, run: Run | None = None) -> Triage:
        """Never waits, and never fails for any text."""
        return self._desks[desk.name].triage(ticket)
