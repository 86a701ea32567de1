"""A desk as pure values: what it answers, in which words, by which rules and policies."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from agent.domain.ids import DeskName
from agent.domain.triage import Priority
from retrieval.corpus import Policy
from tools.base import Described


@dataclass(frozen=True, slots=True, kw_only=True)
class Category:
    id: str
    title: str
    tools: tuple[str, ...] = ()  #: names of tools worth calling for it
    priority: Priority = Priority.NORMAL
    answered: bool = True  #: False: tickets of it always go to a person
    grievance: bool = False  #: what is written under it went wrong for its writer
    near: tuple[str, ...] = ()  #: categories that a fair judge accepts for half of its tickets


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """Words that decide something whatever the classifier says."""

    id: str
    reason: str  #: `legal_threat`, `asks_for_person`, … or, with `no_reply`, why nobody answers
    words: Mapping[str, tuple[str, ...]]  #: by language: phrases, `*` at the end matches a stem
    unless: Mapping[str, tuple[str, ...]]  #: phrases beside which the rule keeps quiet
    priority: Priority | None = None  #: raises the ticket to at least this
    no_reply: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """A labelled message the classifier learns from."""

    text: str
    category: str
    language: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Concept:
    """Something that messages say in so many ways; the classifier sees it instead of the words."""

    id: str
    words: Mapping[str, tuple[str, ...]]  #: by language: phrases, `*` at the end matches a stem


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedAs:
    """One way in which people ask for what one policy sentence states."""

    policy: str  #: id of a policy that the desk has in this language
    language: str  #: of the policy's text and of the question
    answer: str  #: how the answering sentence begins; no other sentence of the file does
    question: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Voice:
    """The desk's own sentences in one language; `{name}`-style fields where they vary."""

    language: str
    frames: Mapping[str, str]  #: keys are `FRAMES`


#: What every voice must say. A frame is courtesy, question or next step, never a fact.
FRAMES: tuple[str, ...] = (
    "greeting",  # "Hello,"
    "greeting_name",  # "Hello {name},"
    "thanks",  # "Thank you for your message."
    "closing",  # "Kind regards,"
    "signature",  # "The customer service team"
    "anything_else",  # "If anything is unclear, just reply to this message."
    "ask_order",  # "Which order is it about? Please send us the order number."
    "ask_detail",  # "Could you tell us a little more about what you need?"
    "hand_over",  # "A colleague will look into this and reply to you."
    "hand_over_part",  # "A colleague will answer the rest of your message."
    "sign_in",  # "For your protection … please write to us from your account."
    "not_found",  # "We could not find that in your account. Please check the number."
    "requested",  # "We have passed your request on for approval."
    "sources",  # "Sources:"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Thresholds:
    unsure_below: float = 0.4  #: a category below this confidence is `unsure`
    precision: float | None = None  #: share of said categories that must be right; None: any
    answer_above: float = 0.5  #: an answer sentence below this score is not used


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """Everything the agent knows of one desk. Made by `agent.desk.load`."""

    name: DeskName
    title: str
    languages: tuple[str, ...]  #: answers in these; each has a voice
    understands: tuple[str, ...]  #: reads these; includes `languages`
    default_language: str
    audience: str  #: audience of a requester who states none
    categories: tuple[Category, ...]
    rules: tuple[Rule, ...]
    tools: tuple[str, ...]
    voices: Mapping[str, Voice]
    sla: Mapping[Priority, timedelta]  #: time to answer, by priority
    thresholds: Thresholds
    policies: tuple[Policy, ...]
    examples: tuple[Example, ...]
    glossary: tuple[tuple[str, ...], ...] = ()  #: groups of words that mean the same, any language
    concepts: tuple[Concept, ...] = ()
    asked: tuple[AskedAs, ...] = ()  #: the question bank, in the order of its file
    described: tuple[Described, ...] = ()  #: tools that the desk describes itself
    content_hash: str = ""  #: of every file the desk was made from

    def category(self, name: str) -> Category | None:
        return next((c for c in self.categories if c.id == name), None)

    def voice(self, language: str) -> Voice:
        """The voice for a language, or the default one."""
        return self.voices.get(language) or self.voices[self.default_language]
