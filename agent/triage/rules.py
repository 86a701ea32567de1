"""A desk's rules as matchers: which words ask for a person, and which end a ticket unanswered.

A phrase counts in the ticket's language and in all (`*`). Of the other languages only phrases of
two words or more count: tickets mix languages, but single words mean other things elsewhere.
A phrase is silent directly after a negation, and near an `unless` phrase.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from agent.domain.desk import Rule
from agent.domain.triage import Fired, Priority
from agent.triage.lexicon import asks, negated, phrases
from agent.triage.phrases import Book, Phrases, Span

_NEAR = 60  #: characters on either side in which an `unless` phrase silences a rule
#: Unasked mail asks things too; only a customer's own business keeps it from ending unanswered.
_ASKS_ANYWAY = frozenset({"spam", "advertising", "bounce", "auto-submitted", "auto-reply"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """A rule that fired, with the priority that it asks for."""

    fired: Fired
    priority: Priority | None


class Matcher:
    """One rule in one ticket language."""

    def __init__(self, rule: Rule, language: str) -> None:
        self.rule = rule
        self._language = language
        self._unless = Phrases(phrases(rule.unless, language))

    def first(self, folded: str, spans: Sequence[Span]) -> Span | None:
        """The first of the places of the rule's words that nothing silences."""
        for start, end in spans:
            if not self._silenced(folded, start, end):
                return start, end
        return None

    def _silenced(self, folded: str, start: int, end: int) -> bool:
        around = folded[max(0, start - _NEAR) : end + _NEAR]
        return self._unless.within(around) or negated(folded, start, end, self._language)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Found:
    """A rule whose words a text says."""

    rule: Rule
    first: Span  #: the first place that nothing silences
    all: Sequence[Span]

    def rest(self, folded: str) -> str:
        """The text less the rule's own words."""
        parts: list[str] = []
        last = 0
        for start, end in self.all:
            parts.append(folded[last:start])
            last = end
        return "\n".join([*parts, folded[last:]])


class Rules:
    """All rules of a desk. Pure: the same text and language give the same hits."""

    def __init__(self, rules: Sequence[Rule]) -> None:
        self._rules = tuple(rules)
        self._by_language: dict[str, _Compiled] = {}

    def _compiled(self, language: str) -> "_Compiled":
        if language not in self._by_language:
            self._by_language[language] = _Compiled(self._rules, language)
        return self._by_language[language]

    def hits(self, text: str, folded: str, language: str) -> tuple[Hit, ...]:
        """Rules that ask for a person, in the desk's order, with the words as the text has them."""
        said = self._compiled(language).found(folded, no_reply=False)
        return tuple(
            Hit(
                fired=Fired(
                    rule=found.rule.id,
                    reason=found.rule.reason,
                    words=text[slice(*found.first)],
                ),
                priority=found.rule.priority,
            )
            for found in said
        )

    def no_reply(
        self, folded: str, language: str, *, content: bool, own_business: bool
    ) -> str | None:
        """Why nobody should answer; None as soon as the rest of the text asks for something.

        `content` is false for an angry text, `own_business` true where it names an order.
        """
        for found in self._compiled(language).found(folded, no_reply=True):
            if found.rule.reason in _ASKS_ANYWAY:
                ends = not own_business
            else:
                ends = content and not asks(found.rest(folded), language)
            if ends:
                return found.rule.reason
        return None


class _Compiled:
    def __init__(self, rules: Sequence[Rule], language: str) -> None:
        self._all_rules = rules
        self._language = language

    @cached_property
    def _words(self) -> Book:
        return Book({rule.id: phrases(rule.words, self._language) for rule in self._all_rules})

    @cached_property
    def _matchers(self) -> tuple[Matcher, ...]:
        return tuple(Matcher(rule, self._language) for rule in self._all_rules)

    def found(self, folded: str, *, no_reply: bool) -> list[_Found]:
        """The rules of one kind that fire, in the desk's order."""
        said = self._words.spans(folded)
        if not said:
            return []
        return [
            _Found(rule=matcher.rule, first=first, all=spans)
            for matcher in self._matchers
            if matcher.rule.no_reply is no_reply
            and (spans := said.get(matcher.rule.id))
            and (first := matcher.first(folded, spans)) is not None
        ]
