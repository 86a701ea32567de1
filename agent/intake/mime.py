"""Mail to its readable part, its attachments and its headers.

Broken mail is read as far as it goes. The tree is bounded before it is parsed: the parser recurses,
and its cost grows with depth.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import EmailPolicy
from email.utils import getaddresses
from typing import cast

from agent.domain.ticket import Attachment
from agent.intake.charset import Decoded, decode
from agent.intake.html import html_to_text
from agent.intake.text import one_line

MAX_DEPTH = 30  #: multiparts and attached mails in one mail; a person's has five
MAX_PARTS = 500
MAX_DELIMITERS = 2_000  #: lines that may part one from the next
MAX_ATTACHMENTS = 200  #: listed
MAX_HEADER = 2_000  #: characters of one header; the parser's time grows with the square of it
KEPT_HEADERS = (
    "from",
    "to",
    "reply-to",
    "sender",
    "return-path",
    "subject",
    "date",
    "message-id",
    "in-reply-to",
    "references",
    "auto-submitted",
    "precedence",
    "list-id",
    "list-unsubscribe",
    "x-autoreply",
    "x-autorespond",
    "x-auto-response-suppress",
    "x-failed-recipients",
    "x-spam-flag",
    "content-type",
    "content-language",
)
_NESTING = re.compile(rb"^content-type:[ \t\r\n]*(?:multipart|message)/", re.I | re.M)
_ENCODED = frozenset({"base64", "quoted-printable", "x-uuencode", "uuencode", "uue", "x-uue"})


class _CappedHeaders(EmailPolicy):
    def header_source_parse(self, sourcelines: list[str]) -> tuple[str, str]:
        name, value = super().header_source_parse(sourcelines)
        return name, value[:MAX_HEADER]


_POLICY = _CappedHeaders()


@dataclass(frozen=True, slots=True, kw_only=True)
class Mail:
    """What intake takes from a mail. Attachments are listed, never opened."""

    headers: dict[str, str]  #: `KEPT_HEADERS` that are there, lower case, on one line
    body: str
    html: bool  #: `body` is HTML
    attachments: tuple[Attachment, ...] = ()
    notes: tuple[str, ...] = ()

    def header(self, name: str) -> str:
        return self.headers.get(name, "")

    @property
    def sender(self) -> tuple[str, str]:
        """Display name and address of the From header; empty where there is none."""
        return address(self.header("from"))

    @property
    def text(self) -> tuple[str, tuple[str, ...]]:
        """The body as text, with notes."""
        if not self.html:
            return self.body, self.notes
        converted = html_to_text(self.body)
        return converted.text, (*self.notes, *converted.notes)


def parse_mail(raw: bytes, *, decoded_before: bool = False) -> Mail:
    """Read a mail; never raises.

    `decoded_before` says that `raw` is a string re-encoded as UTF-8, so that a declared 8-bit
    charset is no longer true of it.
    """
    raw = raw.lstrip(b"\r\n")
    nested = len(_NESTING.findall(raw))
    if nested > MAX_DEPTH:
        return _flat(raw, f"mime: more than {MAX_DEPTH} nested parts, read as plain text")
    if nested and raw.count(b"\n--") > MAX_DELIMITERS:
        return _flat(raw, f"mime: more than {MAX_DELIMITERS} parts, read as plain text")
    try:
        message = cast(EmailMessage, message_from_bytes(raw, policy=_POLICY))
        return _read(message, decoded_before)
    except Exception as exc:
        # The parser raises all sorts of things on broken mail (ValueError, IndexError,
        # AttributeError, RecursionError); a mail that breaks it is still a person's mail.
        return _flat(raw, f"mime: cannot be parsed ({type(exc).__name__}), read as plain text")


def address(header: str) -> tuple[str, str]:
    """Display name and address of the first mailbox in a header."""
    found = [(name, mail) for name, mail in getaddresses([header[:MAX_HEADER]]) if "@" in mail]
    return found[0] if found else ("", "")


def _read(message: EmailMessage, decoded_before: bool) -> Mail:
    reader = _Reader(decoded_before)
    plain, html = reader.read(message)
    use_html = not plain.strip() and bool(html.strip())
    return Mail(
        headers=_headers(message),
        body=html if use_html else plain,
        html=use_html,
        attachments=tuple(reader.attachments[:MAX_ATTACHMENTS]),
        notes=tuple(dict.fromkeys(reader.notes)),
    )


def _flat(raw: bytes, note: str) -> Mail:
    """Headers by hand and everything below them as text."""
    head, _, body = raw.replace(b"\r\n", b"\n").partition(b"\n\n")
    decoded = decode(body, None)
    notes = (note, decoded.note) if decoded.note else (note,)
    return Mail(headers=_flat_headers(head), body=decoded.text, html=False, notes=notes)


def _flat_headers(head: bytes) -> dict[str, str]:
    headers: dict[str, str] = {}
    for line in decode(head, None).text.split("\n"):
        name, colon, value = line.partition(":")
        if colon and name.strip().lower() in KEPT_HEADERS:
            headers.setdefault(name.strip().lower(), one_line(value[:MAX_HEADER]).text)
    return headers


def _headers(message: EmailMessage) -> dict[str, str]:
    found = {name: _header(message, name) for name in KEPT_HEADERS}
    return {name: value for name, value in found.items() if value}


def _header(message: EmailMessage, name: str) -> str:
    """One header decoded; as it stands when the parser cannot read it."""
    try:
        value = message.get(name)
    except Exception:  # see `parse_mail`
        raw = [v for n, v in message.raw_items() if n.lower() == name]
        value = raw[0] if raw else None
    return one_line(str(value)).text if value is not None else ""


class _Reader:
    """Collects the readable parts of a tree, in order."""

    def __init__(self, decoded_before: bool) -> None:
        self._decoded_before = decoded_before
        self._parts = 0
        self.attachments: list[Attachment] = []
        self.notes: list[str] = []

    def read(self, part: EmailMessage) -> tuple[str, str]:
        """The plain text and the HTML of a part; of alternatives each is kept once."""
        self._parts += 1
        if self._parts > MAX_PARTS:
            self.notes.append(f"mime: more than {MAX_PARTS} parts, the rest not read")
            return "", ""
        kind = part.get_content_type()
        if kind.startswith("multipart/") and part.is_multipart():
            return self._read_multipart(part, kind)
        if _is_body(part, kind):
            text = self._decode(part)
            return ("", text) if kind == "text/html" else (text, "")
        self._list(part, kind)
        return "", ""

    def _read_multipart(self, part: EmailMessage, kind: str) -> tuple[str, str]:
        read = [self.read(child) for child in _children(part)]
        if kind == "multipart/alternative":
            plain = next((text for text, _ in read if text.strip()), "")
            return plain, next((html for _, html in reversed(read) if html.strip()), "")
        if any(text.strip() for text, _ in read):
            # A part that is there as HTML only is joined as text, so that none is lost.
            parts = (text or html_to_text(html).text for text, html in read)
            return "\n\n".join(part.strip("\r\n") for part in parts if part.strip()), ""
        return "", "\n".join(html for _, html in read if html.strip())

    def _decode(self, part: EmailMessage) -> str:
        data = part.get_payload(decode=True)
        if not isinstance(data, bytes):
            return ""
        encoding = str(part.get("content-transfer-encoding", "")).strip().lower()
        retyped = self._decoded_before and encoding not in _ENCODED
        declared = "utf-8" if retyped else part.get_content_charset()
        decoded: Decoded = decode(data, declared)
        if decoded.note:
            self.notes.append(decoded.note)
        return decoded.text

    def _list(self, part: EmailMessage, kind: str) -> None:
        name = one_line(str(part.get_filename() or "")).text or _default_name(part, kind)
        self.attachments.append(
            Attachment(name=name[:500], content_type=kind[:200], size=_size(part))
        )


def _is_body(part: EmailMessage, kind: str) -> bool:
    readable = kind in ("text/plain", "text/html") and not part.is_multipart()
    return readable and part.get_content_disposition() != "attachment" and not part.get_filename()


def _children(part: EmailMessage) -> Iterator[EmailMessage]:
    payload: object = part.get_payload()
    for child in cast(list[object], payload) if isinstance(payload, list) else []:
        if isinstance(child, EmailMessage):
            yield child


def _default_name(part: EmailMessage, kind: str) -> str:
    if kind == "message/rfc822":
        inner = next(_children(part), None)
        return (_header(inner, "subject") if inner is not None else "") or "message.eml"
    return kind


def _size(part: EmailMessage) -> int:
    """Bytes of the decoded content; of an attached mail its length as text."""
    if part.is_multipart():
        return sum(_size(child) for child in _children(part))
    data = part.get_payload(decode=True)
    return len(data) if isinstance(data, bytes) else 0
