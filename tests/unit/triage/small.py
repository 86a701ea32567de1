"""A small desk and tickets for the triage tests: a library that lends books."""

from datetime import UTC, datetime, timedelta

from agent.domain.desk import FRAMES, Category, Desk, Example, Rule, Thresholds, Voice
from agent.domain.ids import ConversationId, DeskName, EventId, TicketId
from agent.domain.ticket import Assurance, Author, Channel, Message, Requester, Ticket
from agent.domain.triage import Priority

SENT = datetime(2026, 11, 20, 9, tzinfo=UTC)

LAWYER = Rule(
    id="lawyer",
    reason="legal_threat",
    words={
        "en": ("my lawyer", "legal action"),
        "de": ("Anwalt", "rechtliche Schritte"),
        "fr": ("mon avocat", "mise en demeure"),
        "*": ("tribunal*",),
    },
    unless={"en": ("lawyer friend",)},
    priority=Priority.HIGH,
)
CALL = Rule(
    id="call",
    reason="asks_for_person",
    words={
        "en": ("call me", "speak to a human"),
        "nl": ("bel mij", "een mens spreken"),
        "fr": ("rappelez-moi", "l'un de vos collègues"),
        "de": ("für mich zurückrufen",),
    },
    unless={},
)
THANKS = Rule(
    id="thanks",
    reason="thanks",
    words={"en": ("thank you", "thanks a lot"), "fr": ("merci*",), "de": ("danke*",)},
    unless={},
    priority=Priority.LOW,
    no_reply=True,
)
SPAM = Rule(
    id="offer",
    reason="spam",
    words={"en": ("seo services", "boost your ranking")},
    unless={},
    no_reply=True,
)

EXAMPLES = (
    ("en", "lending", "How long can I keep a book?"),
    ("en", "lending", "Can I renew the novel I borrowed for two weeks?"),
    ("en", "lending", "I want to borrow three books at once"),
    ("en", "lending", "Is the atlas on loan or can I borrow it"),
    ("fr", "lending", "Combien de temps puis-je garder un livre emprunté ?"),
    ("fr", "lending", "Je voudrais prolonger mon emprunt"),
    ("en", "fines", "Why do I have to pay a fine of 3 euros?"),
    ("en", "fines", "The fine for my late return is wrong"),
    ("en", "fines", "I paid the fine twice, give it back"),
    ("en", "fines", "How much is the fine for each day that I am late"),
    ("fr", "fines", "Pourquoi dois-je payer une amende ?"),
    ("fr", "fines", "L'amende de retard est injuste"),
    ("en", "events", "When does the reading club meet?"),
    ("en", "events", "Are there seats left for the poetry evening"),
    ("en", "events", "I want to join the storytelling for children on Saturday"),
    ("en", "events", "Where is the concert on Friday evening"),
    ("fr", "events", "À quelle heure commence le club de lecture ?"),
    ("fr", "events", "Reste-t-il des places pour la soirée poésie ?"),
)


def a_desk(
    *,
    rules: tuple[Rule, ...] = (LAWYER, CALL, THANKS, SPAM),
    examples: tuple[tuple[str, str, str], ...] = EXAMPLES,
    unsure_below: float = 0.4,
    name: str = "library",
) -> Desk:
    return Desk(
        name=DeskName(name),
        title="Library",
        languages=("en", "fr"),
        understands=("en", "fr", "de", "nl"),
        default_language="en",
        audience="customer",
        categories=(
            Category(id="lending", title="Borrowing"),
            Category(id="fines", title="Fines"),
            Category(id="events", title="Events", priority=Priority.LOW),
        ),
        rules=rules,
        tools=(),
        voices={"en": Voice(language="en", frames=dict.fromkeys(FRAMES, "Hello"))},
        sla=dict.fromkeys(Priority, timedelta(hours=1)),
        thresholds=Thresholds(unsure_below=unsure_below),
        policies=(),
        examples=tuple(Example(text=t, category=c, language=lang) for lang, c, t in examples),
        glossary=(("fine", "penalty", "amende", "buße", "boete"), ("borrow", "emprunt", "lenen")),
        content_hash="0" * 64,
    )


def a_ticket(
    body: str,
    *,
    subject: str = "",
    language: str = "en",
    quoted: str = "",
    country: str | None = None,
    locale: str | None = None,
) -> Ticket:
    message = Message(
        event_id=EventId("e-1"),
        author=Author.CUSTOMER,
        sent_at=SENT,
        subject=subject,
        body=body,
        quoted=quoted,
    )
    return Ticket(
        id=TicketId("t-1"),
        conversation=ConversationId("c-1"),
        desk=DeskName("library"),
        channel=Channel.EMAIL,
        requester=Requester(id="r-1", assurance=Assurance.CLAIMED, locale=locale, country=country),
        language=language,
        messages=(message,),
        received_at=SENT,
    )
