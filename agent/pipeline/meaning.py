"""Words that mean the same: the desk's glossary, and what holds in a language anyway."""

from functools import lru_cache

from agent.domain.desk import Desk
from agent.pipeline.cues import cues
from retrieval.glossary import Glossary


def glossary_of(desk: Desk, language: str) -> Glossary:
    """The groups that count when text of this language is read; one object for equal groups,
    since it takes a while to learn their stems.
    """
    return _glossary(desk.glossary, language)


@lru_cache(maxsize=64)
def _glossary(groups: tuple[tuple[str, ...], ...], language: str) -> Glossary:
    return Glossary((*groups, *cues(language).same))
