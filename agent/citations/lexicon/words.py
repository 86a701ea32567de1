"""What a language file holds: its words as people write them."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """One language's words. `|` parts phrases; in `numbers`, `months` and `weekdays`, a space
    parts the values in order and `/` the spellings of one value.
    """

    language: str
    numbers: str  #: one to twelve; `-` where a word is too often an article
    months: str
    weekdays: str  #: from Monday
    units: Mapping[str, str]  #: `minute`, `hour`, `day`, `workday`, `week`, `month`, `year`
    working: str  #: beside `day`, makes it a working day
    calendar: str
    percent: str
    hour_marks: str  #: after a number, makes it a time of day
    date_links: str  #: between day, month and year: `of`, `de`
    range_words: str  #: between two numbers of a range
    bounds: Mapping[str, str]  #: `max`, `min`, `over`, `under`, `about`, `within`, `exact`
    negation: str
    modality: Mapping[str, str]  #: `may`, `must`
    quantifier: Mapping[str, str]  #: `all`, `some`, `only`, `unlimited`
    order: Mapping[str, str]  #: `before`, `after`
    condition: Mapping[str, str]  #: `if`, `except`, `but`
    scope: str  #: words that open a restriction: `for`, `with`, `in`
    ignorable: str  #: articles and fillers that change nothing
    openers: str  #: neutral beginnings: `please note that`
    coordinators: str  #: `and`
    greeting: tuple[str, ...]  #: patterns of whole folded lines; `NAME` may follow
    courtesy: tuple[str, ...]  #: patterns of whole folded sentences, without the last mark
    question: str  #: a pattern for the beginning of a question that asserts nothing
    next_step: tuple[str, ...]  #: like `courtesy`
    contractions: Mapping[str, str] = field(default_factory=dict[str, str])
    elision: bool = False  #: `l'article` is two words
