"""The sentence splitter: nothing lost, nothing torn."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.sentences import split_sentences


def sentences(text: str, language: str = "en") -> list[str]:
    return [text[span.start : span.end] for span in split_sentences(text, language)]


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "Bring a proof, e.g. a photo or your receipt."),
        ("en", "Ask Dr. Smith or Mr. J. R. Brown about it."),
        ("en", "See no. 5 and sec. 4 of the terms."),
        ("en", "It weighs 3.5 kg and costs 1.000,50 € in all."),
        ("en", "Write to help@shop.example.com or see https://shop.example.com/a.b?c=d.e now."),
        ("en", "We send approx. Wednesday and i.e. Thursday parcels."),
        ("fr", "Joignez un justificatif, p. ex. une facture, à M. Durand."),
        ("fr", "Voir art. 5 et p. 12 du règlement."),
        ("de", "Sie brauchen z. B. Rechnung oder Lieferschein."),
        ("de", "Sie brauchen z.B. Rechnung oder Lieferschein."),
        ("de", "Das gilt gem. Nr. 5 und Abs. 2 der Ordnung."),
        ("de", "Die Frist endet am 3. November um Mitternacht."),
        ("de", "Der 1. Januar und der 2. Feiertag zählen nicht."),
        ("de", "Das sind ca. 30 Tage inkl. Wochenende, d. h. ein Monat."),
        ("de", "Kommen Sie in die Hauptstr. 5 zu Fr. Dr. Weber."),
        ("es", "Indique el núm. 5 a la Sra. García, p. ej. Ana."),
        ("nl", "Stuur bijv. Een foto of een kopie naar dhr. Jansen."),
        ("nl", "Zie art. 7 lid 2 en nr. 4."),
        ("it", "Vedi art. 4 e pag. 2, scritte dal dott. Rossi per la Sig.ra Verdi."),
        ("pl", "Zob. art. 4 ust. 2 pkt. 1 regulaminu, m.in. Zwroty."),
        ("xx", "Zob. art. 4 ust. 2 oder z. B. Rechnung vom 3. November."),
    ],
)
def test_an_abbreviation_ordinal_or_decimal_ends_no_sentence(language: str, text: str) -> None:
    assert sentences(text, language) == [text]


@pytest.mark.parametrize(
    ("language", "text", "expected"),
    [
        ("en", "You have 30 days. Then it is yours.", ["You have 30 days.", "Then it is yours."]),
        ("en", "Really?! Yes! Fine…", ["Really?!", "Yes!", "Fine…"]),
        ("en", 'He said "no." Then he left.', ['He said "no."', "Then he left."]),
        ("en", '"Why?" she asked. "So."', ['"Why?" she asked.', '"So."']),
        ("en", "The answer is no. Ask us.", ["The answer is no.", "Ask us."]),
        ("en", "You and I. Then we.", ["You and I.", "Then we."]),
        ("en", "Wait... Then ask.", ["Wait...", "Then ask."]),
        ("en", "Wait... then ask.", ["Wait... then ask."]),
        ("en", "Within 30 days. 14 for sale.", ["Within 30 days.", "14 for sale."]),
        ("en", "Is it free? yes it is.", ["Is it free?", "yes it is."]),
        ("en", "Thanks! 😀 We will write.", ["Thanks! 😀", "We will write."]),
        ("en", "We pay it. (You do not.) Good.", ["We pay it.", "(You do not.)", "Good."]),
        ("en", "**We pay.** You wait.", ["**We pay.**", "You wait."]),
        ("fr", "Il dit « oui. » Puis il part.", ["Il dit « oui. »", "Puis il part."]),
        ("de", "Er sagt „ja.“ Dann geht er.", ["Er sagt „ja.“", "Dann geht er."]),
        ("de", "Sie haben 30. Danach nicht.", ["Sie haben 30.", "Danach nicht."]),
        ("es", "Hola. ¿Cuándo llega? ¡Ya!", ["Hola.", "¿Cuándo llega?", "¡Ya!"]),
        ("pl", "Od 2024 r. Potem nie.", ["Od 2024 r.", "Potem nie."]),
    ],
)
def test_a_full_stop_question_or_exclamation_mark_ends_a_sentence(
    language: str, text: str, expected: list[str]
) -> None:
    assert sentences(text, language) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("It is free. [1] You pay. [1][2]", ["It is free. [1]", "You pay. [1][2]"]),
        ("It is free.[1] You pay.", ["It is free.[1]", "You pay."]),
        ("It is free [1]. You pay.", ["It is free [1].", "You pay."]),
        ("It is free.\n\n[1] a.md · How. Long?\n[2] b.md", None),
    ],
)
def test_citation_marks_stay_with_their_sentence(text: str, expected: list[str] | None) -> None:
    wanted = expected or ["It is free.", "[1] a.md · How. Long?", "[2] b.md"]
    assert sentences(text) == wanted


MARKDOWN = """# Returns. And more

You have 30 days
to send it back. Keep
the label.
## Costs
- We pay. You wait
  a little.
- You pay.
1. First this
2. Then that
Title
-----
| a | b. c |
|---|------|
| 1 | 2 |

```
code. More. Code
```
> Quoted. Text
After.
"""


def test_markdown_blocks_are_never_joined_and_wrapped_lines_are() -> None:
    assert sentences(MARKDOWN) == [
        "# Returns. And more",
        "You have 30 days\nto send it back.",
        "Keep\nthe label.",
        "## Costs",
        "- We pay.",
        "You wait\n  a little.",
        "- You pay.",
        "1. First this",
        "2. Then that\nTitle",
        "-----",
        "| a | b. c |",
        "|---|------|",
        "| 1 | 2 |",
        "```\ncode. More. Code\n```",
        "> Quoted.",
        "Text",
        "After.",
    ]


def test_a_date_at_the_start_of_a_wrapped_line_is_no_list_item() -> None:
    text = "Die Frist endet am\n3. November um Mitternacht."
    assert sentences(text, "de") == [text]


def test_windows_and_old_mac_line_ends_are_lines_too() -> None:
    assert sentences("# A\r\n\r\nOne\r\ntwo. Three.\r- x\r- y") == [
        "# A",
        "One\r\ntwo.",
        "Three.",
        "- x",
        "- y",
    ]


MARKS = "a B 3 . ... … ! ? [1] ( ) \" ' « » “ ” * _ ** # - | ``` > 1. z. Dr. Nr. 😀 👩‍👩‍👧 \ufb01"
ODD = "e\u0301 soft\u00adhyphen http://a.b/c?d \u200b \ufeff"
SPACES = (" ", "\n", "\n\n", "\r\n", "\r", "\t", "\u00a0", "\u202f", "\u2028", "\x0b")
PIECES = st.sampled_from([*MARKS.split(), *ODD.split(), *SPACES])
TEXTS = st.one_of(st.text(max_size=200), st.lists(PIECES, max_size=60).map("".join))


@given(TEXTS, st.sampled_from(["en", "fr", "de", "es", "nl", "it", "pl", "xx", ""]))
def test_spans_are_ordered_trimmed_and_cover_every_character(text: str, language: str) -> None:
    spans = split_sentences(text, language)
    covered = 0
    for span in spans:
        assert covered <= span.start < span.end
        assert not text[covered : span.start].strip()
        assert text[span.start : span.end] == text[span.start : span.end].strip()
        covered = span.end
    assert not text[covered:].strip()


@pytest.mark.parametrize(
    "piece", [".", "?!", "a. ", "[1]", "A.", "1. ", "```\n", "…»", "a\n", "😀"]
)
def test_a_long_text_of_one_piece_is_cut_in_linear_time(piece: str) -> None:
    """A quadratic splitter would need an hour and run into the test's time-out."""
    text = piece * 200_000

    spans = split_sentences(text, "de")

    assert spans[-1].end == len(text.rstrip())


def test_a_degree_sign_makes_no_initial_of_the_letter_behind_it() -> None:
    text = "Wash cotton at 30 °C. Dry it flat.\nIron at 110 °C. J. Smith said so."

    assert [text[span.start : span.end] for span in split_sentences(text, "en")] == [
        "Wash cotton at 30 °C.",
        "Dry it flat.",
        "Iron at 110 °C.",
        "J. Smith said so.",
    ]
