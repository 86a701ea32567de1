"""Pseudo-relevance feedback: what the first passages found say, asked for as well. Pure.

Rocchio's expansion over the first ranking (The SMART retrieval system, 1971), which trusts that
the first passages are about the question. Where people and policies use different words they
often are not, so that it is off unless asked for; `citedesk eval` measures it with `--feedback`.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Sequence

from retrieval.query import Query, Wording

FIRST = 3  #: passages that are read
_MORE = 10  #: stems that are asked for besides
_WEIGHT = 0.2  #: of the best of them; the asker's own word weighs 1


def fed_back(query: Query, first: Sequence[Sequence[str]], rarity: Callable[[str], float]) -> Query:
    """The query with what tells the first documents, given as stems, from all others."""
    asked = {stem for concept in query for wording in concept for stem in wording.stems}
    said: defaultdict[str, float] = defaultdict(float)
    for document in first:
        for stem, count in Counter(document).items():
            said[stem] += count / len(document) * rarity(stem)
    new = sorted((stem for stem in said if stem not in asked), key=lambda s: (-said[s], s))[:_MORE]
    return (*query, *((Wording((stem,), _WEIGHT * said[stem] / said[new[0]]),) for stem in new))
