"""A draft as an unsent mail file, its proof attached. Pure."""

from email.message import EmailMessage
from email.policy import SMTP

from agent.domain.events import DraftCreated


def unsent_mail(draft: DraftCreated) -> bytes:
    """A mail that mail programs open for editing (`X-Unsent: 1`), in the thread of the ticket.

    It has no recipient: drafts carry none. The draft event itself is attached as `draft.json`, so
    that `citedesk verify` can check what is sent.
    """
    mail = EmailMessage(policy=SMTP)
    mail["Subject"] = f"Re: {_line(draft.ticket_id)}"
    mail["X-Unsent"] = "1"
    mail["Content-Language"] = draft.language
    mail["X-Citedesk-Draft"] = _line(draft.draft_id)
    if _is_message_id(draft.conversation_id):
        mail["References"] = f"<{draft.conversation_id}>"
    if _is_message_id(draft.ticket_id):
        mail["In-Reply-To"] = f"<{draft.ticket_id}>"
    mail.set_content(draft.body)
    mail.add_attachment(
        draft.model_dump_json(indent=2).encode(),
        maintype="application",
        subtype="json",
        filename="draft.json",
    )
    return mail.as_bytes()


def file_name(draft: DraftCreated) -> str:
    """One name a draft, whatever its ticket is called: writing it again changes nothing."""
    return f"{draft.draft_id}.eml"


def _is_message_id(text: str) -> bool:
    return "@" in text and not set(text) & set("<> \r\n\t")


def _line(text: str) -> str:
    return " ".join(text.split())
