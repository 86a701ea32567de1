"""Mail is read as far as it goes, attachments are listed and never opened."""

from email.message import EmailMessage

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agent.intake.charset import decode
from agent.intake.mime import MAX_DEPTH, MAX_PARTS, address, parse_mail


def a_mail(text: str | None = "Where is my order?", html: str | None = None) -> EmailMessage:
    mail = EmailMessage()
    mail["From"] = "Ada Byrne <ada@example.org>"
    mail["To"] = "help@shop.example"
    mail["Subject"] = "Grüße: wo ist mein Paket?"
    mail["Message-ID"] = "<m1@example.org>"
    if text is not None:
        mail.set_content(text)
    if html is not None:
        if text is None:
            mail.set_content(html, subtype="html")
        else:
            mail.add_alternative(html, subtype="html")
    return mail


def raw(headers: str, body: bytes = b"") -> bytes:
    return headers.replace("\n", "\r\n").encode("latin-1") + b"\r\n\r\n" + body


def test_plain_text_is_chosen_over_html() -> None:
    mail = parse_mail(a_mail("plain", "<p>rich</p>").as_bytes())

    assert mail.text == ("plain\n", ())
    assert mail.header("subject") == "Grüße: wo ist mein Paket?"
    assert mail.sender == ("Ada Byrne", "ada@example.org")


def test_html_is_read_where_there_is_no_plain_text() -> None:
    assert parse_mail(a_mail(None, "<p>rich</p>").as_bytes()).text[0] == "rich"
    assert parse_mail(a_mail("  \n", "<p>rich</p>").as_bytes()).text[0] == "rich"


def test_attachments_are_listed_with_name_type_and_size() -> None:
    mail = a_mail()
    mail.add_attachment(b"\x89PNG" * 5, maintype="image", subtype="png", filename="kaputt é.png")
    mail.add_attachment("SECRET", filename="note.txt")
    forwarded = a_mail("INNER")
    mail.add_attachment(forwarded)

    read = parse_mail(mail.as_bytes())

    assert [(a.name, a.content_type, a.size) for a in read.attachments][:2] == [
        ("kaputt é.png", "image/png", 20),
        ("note.txt", "text/plain", 7),
    ]
    assert read.attachments[2].content_type == "message/rfc822"
    assert read.attachments[2].name == "Grüße: wo ist mein Paket?"
    assert read.body.strip() == "Where is my order?"
    assert "SECRET" not in read.body
    assert "INNER" not in read.body


def test_text_around_a_picture_is_all_read() -> None:
    body = (
        b"--b\r\n\r\nabove\r\n--b\r\nContent-Type: image/png\r\n\r\nx\r\n--b\r\n\r\nbelow\r\n--b--"
    )

    read = parse_mail(raw('Content-Type: multipart/mixed; boundary="b"', body))

    assert read.body == "above\n\nbelow"
    assert [a.content_type for a in read.attachments] == ["image/png"]


def test_a_part_that_is_html_alone_is_not_lost_beside_a_plain_one() -> None:
    body = b"--b\r\n\r\nplain\r\n--b\r\nContent-Type: text/html\r\n\r\n<p>rich</p>\r\n--b--"

    read = parse_mail(raw('Content-Type: multipart/mixed; boundary="b"', body))

    assert read.body == "plain\n\nrich"
    assert not read.html


@pytest.mark.parametrize(
    ("charset", "data", "text", "note"),
    [
        ("utf-8", "Grüße".encode(), "Grüße", None),
        ("iso-8859-1", "Größe 42 – 50 €".encode("cp1252"), "Größe 42 – 50 €", None),
        ("windows-1250", "Zażółć".encode("cp1250"), "Zażółć", None),
        ("us-ascii", "café".encode(), "café", None),
        ("utf-8", "où est".encode("cp1252"), "où est", "charset: declared 'utf-8', read as cp1252"),
        (
            "utf-8",
            "gdzie jest paczka, dziękuję, zażółć".encode("cp1250"),
            "gdzie jest paczka, dziękuję, zażółć",
            "charset: declared 'utf-8', read as cp1250",
        ),
        (
            "utf-8",
            "proszę o zwrot, ąćęłńóśźż".encode("iso-8859-2"),
            "proszę o zwrot, ąćęłńóśźż",
            "charset: declared 'utf-8', read as iso-8859-2",
        ),
        ("klingon", "über".encode(), "über", "charset: declared 'klingon', read as utf-8"),
        (None, "ça va".encode("cp1252"), "ça va", "charset: none declared, guessed cp1252"),
        (None, b"ascii", "ascii", None),
        (None, "déjà".encode(), "déjà", None),
        ("base64", b"plain", "plain", None),
        ("idna", b"plain", "plain", None),
        ("x" * 500, b"plain", "plain", None),
        ("utf\x00-8", b"plain", "plain", None),
    ],
)
def test_a_wrong_or_unknown_charset_is_mended(
    charset: str | None, data: bytes, text: str, note: str | None
) -> None:
    decoded = decode(data, charset)

    assert decoded.text == text
    assert decoded.note == note


def test_a_mended_charset_is_noted_on_the_mail() -> None:
    read = parse_mail(raw("Content-Type: text/plain; charset=utf-8", "où ?".encode("cp1252")))

    assert read.text == ("où ?", ("charset: declared 'utf-8', read as cp1252",))


def test_mail_that_was_decoded_before_is_not_decoded_twice() -> None:
    text = "Content-Type: text/plain; charset=iso-8859-1\n\noù est mon colis"

    assert parse_mail(text.encode(), decoded_before=True).body == "où est mon colis"
    assert parse_mail(text.encode("latin-1")).body == "où est mon colis"


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\r\n\r\n",
        b"no headers, only text",
        b"Content-Type: multipart/mixed\n\nno boundary",
        b'Content-Type: multipart/mixed; boundary="b"\n\n--b\nContent-Type: text/plain\n\ncut sh',
        b"Content-Type: ;;;=\n\ntext",
        b"Content-Type: text/plain; charset=\xff\xfe\n\ntext",
        b"Content-Transfer-Encoding: base64\n\n!!!not base64!!!",
        b"Content-Transfer-Encoding: x-own\n\ntext",
        b"Subject: =?utf-8?b?!!!?=\n\ntext",
        b"From: <<>@@\n\ntext",
        b"From: " + b"(" * 10_000 + b"\n\ntext",
        b"Content-Type: message/rfc822\n\nContent-Type: multipart/mixed; boundary=b\n\n--b",
        b"Content-Disposition: attachment; filename*=utf-8''%ff%fe\n\ntext",
    ],
)
def test_broken_mail_never_raises(data: bytes) -> None:
    parse_mail(data)


def test_text_survives_in_mail_whose_headers_are_nonsense() -> None:
    assert parse_mail(b"Content-Type: ;;;=\n\nWhere is it?").body == "Where is it?"
    assert parse_mail(b"From: <<>@@\nSubject: Hi\n\nWhere is it?").header("subject") == "Hi"


@settings(deadline=None)
@given(
    st.lists(
        st.sampled_from(
            [
                b"Content-Type: multipart/mixed; boundary=b", b"Content-Type: text/html", b"--b",
                b"--b--", b"", b"text", b"\xff\xfe", b"Content-Type: message/rfc822", b"<p>",
                b"Content-Transfer-Encoding: base64", b"From: a@b", b"Subject: =?x?q?=?=",
                b"Content-Type: multipart/alternative; boundary=c", b"--c", b" folded", b"\x00",
            ]
        ),
        max_size=25,
    ).map(b"\n".join)
    | st.binary(max_size=200)
)  # fmt: skip
def test_no_bytes_are_too_broken_to_read(data: bytes) -> None:
    mail = parse_mail(data)

    assert isinstance(mail.text[0], str)


def nested(depth: int) -> bytes:
    opened = [
        b'Content-Type: multipart/mixed; boundary="b%d"\n\n--b%d\n' % (n, n) for n in range(depth)
    ]
    return b"".join(opened) + b"\nthe text\n"


def test_a_tree_that_is_too_deep_is_read_flat_and_noted() -> None:
    within, beyond, absurd = parse_mail(nested(5)), parse_mail(nested(50)), parse_mail(nested(9000))

    assert within.body.strip() == "the text"
    for mail in (beyond, absurd):
        assert "the text" in mail.body
        assert mail.notes[0] == f"mime: more than {MAX_DEPTH} nested parts, read as plain text"


def test_more_parts_than_a_mail_has_are_not_read() -> None:
    head = b'Content-Type: multipart/mixed; boundary="b"\n\n'

    several = parse_mail(head + b"--b\n\nx\n" * (MAX_PARTS + 10))
    absurd = parse_mail(head + b"--b\n\nx\n" * 500_000)

    assert f"mime: more than {MAX_PARTS} parts, the rest not read" in several.notes
    assert absurd.notes[0].endswith("parts, read as plain text")


@pytest.mark.parametrize(
    "data",
    [
        b"Content-Type: text/plain" + b";a" * 1_000_000 + b"\n\nbody",
        b"From: " + b"(" * 2_000_000 + b"\nContent-Type: " + b"(" * 2_000_000 + b"\n\nbody",
        b"Subject: " + b"=?utf-8?q?a?= " * 200_000 + b"\n\nbody",
        b"X-A: b\n" * 100_000 + b"\nbody",
    ],
    ids=["parameters", "comments", "encoded words", "headers"],
)
def test_headers_built_to_be_slow_are_cut(data: bytes) -> None:
    assert parse_mail(data).body.strip() == "body"


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("Ada <ada@example.org>", ("Ada", "ada@example.org")),
        ('"Byrne, Ada" <ada@example.org>', ("Byrne, Ada", "ada@example.org")),
        ("ada@example.org", ("", "ada@example.org")),
        ("undisclosed-recipients:;", ("", "")),
        ("", ("", "")),
    ],
)
def test_the_address_of_a_header(header: str, expected: tuple[str, str]) -> None:
    assert address(header) == expected
