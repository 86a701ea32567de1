"""Which of our languages a source is in, where nobody says so."""

from functools import lru_cache

from agent.citations.lexicon import LANGUAGES
from retrieval.stopwords import STOP_WORDS
from retrieval.text import words

_MORE = 2  #: function words that another language must have more than the expected one


@lru_cache(maxsize=4_096)
def language_of(text: str, expected: str) -> str:
    """The expected language, unless the text's function words clearly are of another one."""
    found = words(text)
    counts = {
        language: sum(word in STOP_WORDS[language] for word in found) for language in LANGUAGES
    }
    best = max(counts, key=lambda language: (counts[language], language == expected))
    at_home = counts.get(expected, 0)
    if not at_home and counts[best]:
        return best
    return best if counts[best] >= max(at_home + _MORE, 1.5 * at_home) else expected
