"""Which of the desk's languages a ticket is in, and when it is in none of them."""

import gzip
import importlib
import os
from pathlib import Path

import pytest

from agent.intake.langid import rank
from agent.intake.language import detect

SEVEN = ("en", "fr", "de", "es", "nl", "it", "pl")
SHARED = Path(os.environ.get("CITEDESK_SHARED_DATA") or Path(__file__).parents[4] / "shared/data")


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "Where is my parcel? It was due yesterday."),
        ("fr", "Où est mon colis ? Il devait arriver hier."),
        ("de", "Wo ist mein Paket? Es sollte gestern ankommen."),
        ("es", "¿Dónde está mi paquete? Tenía que llegar ayer."),
        ("nl", "Waar is mijn pakket? Het zou gisteren komen."),
        ("it", "Dov'è il mio pacco? Doveva arrivare ieri."),
        ("pl", "Gdzie jest moja paczka? Miała przyjść wczoraj."),
        ("en", "HELLO, I WANT A REFUND FOR MY ORDER"),
        ("de", "retoure 48213, wie geht das?"),
        ("nl", "hoeveel verlofdagen heb ik nog"),
    ],
)
def test_a_sentence_is_recognised(language: str, text: str) -> None:
    found = detect(text, SEVEN, None, "en")

    assert found.language == language
    assert found.confidence > 0.75
    assert found.other is None


@pytest.mark.parametrize(
    "text", ["Order 12345", "48213", "", "???", "SKU AB-1234 https://x.example/fr", "a@b.example"]
)
def test_text_of_no_language_takes_the_locale_then_the_default(text: str) -> None:
    assert detect(text, SEVEN, "pl-PL", "en").language == "pl"
    assert detect(text, SEVEN, "de_AT", "en").language == "de"
    assert detect(text, SEVEN, "fi-FI", "en").language == "en"
    assert detect(text, SEVEN, None, "fr").language == "fr"


@pytest.mark.parametrize(
    ("text", "language"),
    [("Merci", "fr"), ("Gracias", "es"), ("Thanks!", "en"), ("Grazie", "it"), ("Hola", "es")],
)
def test_a_telling_word_is_enough(text: str, language: str) -> None:
    assert detect(text, SEVEN, "nl-NL", "nl").language == language


@pytest.mark.parametrize(
    ("other", "text"),
    [
        ("fi", "Missä tilaukseni on? En ole saanut sitä vielä, vaikka maksoin viikko sitten."),
        ("ar", "أين طلبي؟ لم يصل بعد وقد مر أسبوع"),
        ("ru", "Где мой заказ? Он до сих пор не пришёл, я жду уже неделю."),
        ("sv", "Kan jag få pengarna tillbaka? Jag skickade tillbaka skorna förra veckan."),
        ("pt", "Onde está a minha encomenda? Ainda não chegou e já passou uma semana."),
        ("tr", "Siparişim nerede? Bir haftadır bekliyorum ama hâlâ gelmedi."),
        ("hu", "Hol van a rendelésem? Már egy hete várok rá, de még nem érkezett meg."),
        ("el", "Πού είναι η παραγγελία μου; Δεν έχει φτάσει ακόμα."),
        ("ja", "注文した商品はどこですか。まだ届いていません。"),
    ],
)
def test_a_language_the_desk_does_not_read_is_named(other: str, text: str) -> None:
    found = detect(text, SEVEN, "fr-FR", "en")

    assert found.other == other
    assert found.language == "fr"
    assert found.confidence == 0.0


def test_only_the_desks_own_languages_are_answered_with() -> None:
    assert detect("Where is my parcel, please?", ("nl", "de"), "nl-NL", "nl").language == "nl"


def test_megabytes_are_judged_by_their_beginning() -> None:
    text = "Wo ist mein Paket? " * 200 + "Where is my parcel? " * 100_000

    assert detect(text, SEVEN, None, "en").language == "de"


@pytest.mark.parametrize("language", SEVEN)
def test_sentences_of_a_public_collection_are_recognised(language: str) -> None:
    path = SHARED / "lingua-testdata" / f"sentences.{language}.txt.gz"
    if not path.is_file():
        pytest.skip("the lingua test data is not there")
    with gzip.open(path, "rt", encoding="utf-8") as file:
        sentences = file.read().splitlines()[:200]

    found = [detect(sentence, SEVEN, None, "en") for sentence in sentences]

    assert sum(one.language == language for one in found) >= 0.97 * len(sentences)
    assert [one.other for one in found if one.other] == []


def test_what_is_kept_of_words_changes_no_verdict() -> None:
    library = importlib.import_module("py3langid.langid")
    theirs = library.LanguageIdentifier.from_model_file(library.MODEL_FILE, norm_probs=True)
    for text in (
        "Wo ist mein Paket",
        "où est mon colis",
        "Wo ist mein Paket und wo das andere",
        "",
    ):
        ours = dict(rank(text))
        for language, share in theirs.rank(text):
            assert ours[language] == pytest.approx(share, abs=1e-4)
