"""Finding the articles that a support case needs: the whole case as one query, and split.

    python -m bench.knowledge [--json]

Of tau2-bench's `banking_knowledge`: 698 articles, and cases that name the articles they need. A
case is a story told to whoever plays the customer, several times as long as a ticket and about
several things. `whole` asks with all of it, in plain BM25 over whole articles; `sections` is the
same over their sections. `split` reads the story as the pipeline reads a ticket: each question and
trouble by itself, the rankings fused. `possible` is what a perfect ranking would have.
"""

import argparse
import gzip
import hashlib
import json
import os
import sys
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from agent.domain.ids import ConversationId, DeskName, EventId, TicketId
from agent.domain.ticket import Assurance, Author, Channel, Message, Requester, Ticket
from agent.pipeline.questions import asked
from agent.pipeline.research import fused, rankings
from retrieval.corpus import Passage, Policy, passages
from retrieval.index import Filter, FusedIndex
from retrieval.legs import Options

_CUTS = (5, 10, 20)
_DAY = datetime(2026, 1, 1, tzinfo=UTC)
_SEEN_BY = Filter(languages=("en",), day=_DAY.date())
_SHARED = Path(os.environ.get("CITEDESK_SHARED_DATA") or Path(__file__).parents[2] / "shared/data")
_FOLDER = _SHARED / "tau2-bench"


def articles() -> list[Policy]:
    with gzip.open(
        _FOLDER / "banking_knowledge.documents.jsonl.gz", "rt", encoding="utf-8"
    ) as lines:
        return [_article(json.loads(line)) for line in lines]


def _article(row: Mapping[str, str]) -> Policy:
    text = f"# {row['title']}\n{row['content']}"
    return Policy(
        id=row["id"],
        language="en",
        title=row["title"],
        file=row["id"],
        text=text,
        body_start=0,
        content_hash=hashlib.sha256(text.encode()).hexdigest(),
    )


def _in_one(article: Policy) -> Passage:
    return Passage(
        id=article.id, policy=article, headings=(), start=0, end=len(article.text), line=1
    )


def cases() -> list[tuple[str, frozenset[str]]]:
    """The story of each case, and the ids of the articles that it needs."""
    with gzip.open(_FOLDER / "banking_knowledge.tasks_dev.json.gz", "rt", encoding="utf-8") as file:
        rows = json.load(file)
    return [
        (row["user_scenario"]["instructions"], frozenset(row["required_documents"]))
        for row in rows
        if row["required_documents"]
    ]


def ticket(story: str) -> Ticket:
    message = Message(
        event_id=EventId("case"), author=Author.CUSTOMER, sent_at=_DAY, subject="", body=story
    )
    return Ticket(
        id=TicketId("case"),
        conversation=ConversationId("case"),
        desk=DeskName("bank"),
        channel=Channel.API,
        requester=Requester(id="customer", assurance=Assurance.CLAIMED),
        language="en",
        messages=(message,),
        received_at=_DAY,
    )


def whole(story: str, index: FusedIndex) -> list[str]:
    hits = index.search(story, seen_by=_SEEN_BY, k=100)
    return list(dict.fromkeys(hit.passage.policy.id for hit in hits))


def split(story: str, index: FusedIndex) -> list[str]:
    queries = [part.query for part in asked(ticket(story))]
    runs = rankings(queries, index=index, seen_by=_SEEN_BY, asked_in="en", k=100)
    return list(dict.fromkeys(hit.passage.policy.id for hit in fused(runs)))


def recall(ranked: Sequence[str], needed: frozenset[str], k: int) -> float:
    return len(needed.intersection(ranked[:k])) / len(needed)


def measured() -> dict[str, Any]:
    read, told = articles(), cases()
    held = [passage for article in read for passage in passages(article)]
    plain = Options(widen=False)
    in_one, by_section = FusedIndex(map(_in_one, read), options=plain), FusedIndex(held)
    sections = FusedIndex(held, options=plain)
    rankings_of = {
        "whole": [(whole(story, in_one), needed) for story, needed in told],
        "sections": [(whole(story, sections), needed) for story, needed in told],
        "split": [(split(story, by_section), needed) for story, needed in told],
        "possible": [(sorted(needed), needed) for _, needed in told],
    }
    report: dict[str, Any] = {
        name: {
            f"recall@{k}": sum(recall(ranked, needed, k) for ranked, needed in rows) / len(rows)
            for k in _CUTS
        }
        for name, rows in rankings_of.items()
    }
    return {**report, "articles": len(read), "cases": len(told)}


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args(arguments)
    if not _FOLDER.is_dir():
        print(f"{_FOLDER.name} is not here; set CITEDESK_SHARED_DATA", file=sys.stderr)
        return 1
    report = measured()
    if given.json:
        print(json.dumps(report))
        return 0
    for name in ("whole", "sections", "split", "possible"):
        print(f"{name:<8}", *(f"{cut} {value:.3f}" for cut, value in report[name].items()))
    print(f"{report['articles']} articles, {report['cases']} cases")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
