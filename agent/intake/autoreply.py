"""Whether a message was written by a program, so that nobody should answer it."""

import re
from collections.abc import Collection, Mapping

from agent.intake.mime import address

_BULK = frozenset({"bulk", "list", "junk", "auto_reply"})
_DAEMONS = re.compile(r"(?:mailer-daemon|postmaster)@", re.I)
_BOUNCE_SUBJECT = re.compile(
    r"(?:undeliver(?:ed|able)|mail delivery (?:failed|system|subsystem)"
    r"|delivery status notification"
    r"|returned mail|failure notice|unzustellbar|nicht zustellbar|non remis|échec de (?:la )?remise"
    r"|no se puede entregar|no entregado|mancato recapito|recapito non riuscito|onbestelbaar"
    r"|niet bezorgd|niedostarczon\w+|zwrot wiadomości)",
    re.I,
)
#: At the start of the subject and with the colon, as the programs write it: "Out of office
#: message, how do I set one?" is a question.
_AWAY_SUBJECT = re.compile(
    r"\s*(?:auto(?:matic|mated)?[ -]?(?:reply|response)|out of (?:the )?office(?: auto-?reply)?"
    r"|automatische antwort|abwesenheits(?:notiz|meldung|nachricht)"
    r"|réponse automatique|absence du bureau|message d['’]absence"
    r"|respuesta automática|fuera de (?:la )?oficina|ausencia de la oficina"
    r"|risposta automatica|fuori (?:sede|ufficio)"
    r"|automatisch antwoord|afwezigheids(?:bericht|melding)"
    r"|automatyczna odpowiedź|odpowiedź automatyczna|autoodpowiedź"
    r") ?:",
    re.I,
)


def no_reply_reason_of(
    headers: Mapping[str, str], subject: str, requester: str, own_addresses: Collection[str] = ()
) -> str | None:
    """Why nobody should answer: `bounce`, `auto-submitted`, `list-mail`, `own-message`, or None.

    Rests on headers, which programs set and people cannot see; on the subject only where it
    begins with a program's own words.
    """
    head = {name.strip().lower(): value.strip() for name, value in headers.items()}
    sender = address(head.get("from", ""))[1] or requester
    if _bounce(head, sender, subject):
        return "bounce"
    if sender.lower() in {own.lower() for own in own_addresses}:
        return "own-message"
    if _auto_submitted(head) or _AWAY_SUBJECT.match(subject[:200]):
        return "auto-submitted"
    if _list_mail(head):
        return "list-mail"
    return None


def _bounce(head: Mapping[str, str], sender: str, subject: str) -> bool:
    if "x-failed-recipients" in head or _DAEMONS.match(sender):
        return True
    kind = head.get("content-type", "").lower()
    if kind.startswith("multipart/report") and "feedback-report" not in kind:
        return True
    # An empty return path is what a bounce has; with a bounce's subject there is no doubt.
    return head.get("return-path") == "<>" and _BOUNCE_SUBJECT.search(subject[:200]) is not None


def _auto_submitted(head: Mapping[str, str]) -> bool:
    value = head.get("auto-submitted", "no").split(";")[0].strip().lower()
    if value and value != "no":
        return True
    if "x-autoreply" in head or "x-autorespond" in head:
        return head.get("x-autoreply", "yes").lower() != "no"
    return head.get("precedence", "").lower() == "auto_reply"


def _list_mail(head: Mapping[str, str]) -> bool:
    listed = "list-id" in head or "list-unsubscribe" in head
    return listed or head.get("precedence", "").lower() in _BULK
