"""Words that mean the same: the desk's glossary, and what holds in a language anyway."""

from agent.domain.desk import Desk
from agent.pipeline.cues import cues
from retrieval.glossary import Glossary


def glossary_of(desk: Desk, language: str) -> Glossary:
    """The groups that count when text of this language is read."""
    return Glossary((*desk.glossary, *cues(language).same))
