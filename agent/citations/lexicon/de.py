"""German."""

from agent.citations.lexicon.words import Words

_TAIL = "(?:,? (?!dass\\b|weil\\b|denn\\b|da\\b|und\\b|wenn\\b|also\\b)[\\w/-]+){0,14}"
_CHANNEL = (
    "(?:button|knopf|schaltfläche|link|formular|seite|konto|kundenkonto|app|portal|chat|nachricht"
    "|e-?mail|mail|website)"
)

WORDS = Words(
    language="de",
    numbers="- zwei drei vier fünf sechs sieben acht neun zehn elf zwölf",
    months="januar/jan/jänner februar/feb märz april/apr mai juni juli august/aug september/sept "
    "oktober/okt november/nov dezember/dez",
    weekdays="montag/montags dienstag/dienstags mittwoch/mittwochs donnerstag/donnerstags "
    "freitag/freitags samstag/samstags/sonnabend sonntag/sonntags",
    units={
        "minute": "minute minuten min",
        "hour": "stunde stunden std h",
        "day": "tag tage tagen tages tägig tägige tägigen tägiges kalendertag kalendertage "
        "kalendertagen",
        "workday": "werktag werktage werktagen arbeitstag arbeitstage arbeitstagen geschäftstag "
        "geschäftstage geschäftstagen",
        "week": "woche wochen wöchig wöchige wöchigen",
        "month": "monat monate monaten monats",
        "year": "jahr jahre jahren jahres",
    },
    working="werktäglich",
    calendar="kalendarisch",
    percent="prozent|vom hundert",
    hour_marks="uhr",
    date_links="der des",
    range_words="bis",
    bounds={
        "max": "bis zu|höchstens|maximal|nicht mehr als|spätestens|längstens|max|oder weniger"
        "|nicht länger als",
        "min": "mindestens|wenigstens|nicht weniger als|ab|oder mehr|minimum",
        "over": "älter als|mehr als|übersteigt|übersteigen|über|länger als|oberhalb von",
        "under": "jünger als|weniger als|unter|kürzer als|unterhalb von",
        "about": "etwa|ungefähr|circa|ca|rund|knapp|gut",
        "within": "innerhalb von|innerhalb|binnen",
        "exact": "genau|exakt",
    },
    negation="nicht|kein|keine|keinen|keinem|keiner|keines|nie|niemals|ohne|weder|nichts|niemand"
    "|keinesfalls|keineswegs|nein",
    modality={
        "may": "kann|kannst|können|könnt|könnte|könnten|darf|dürfen|dürft|möglich|erlaubt"
        "|freiwillig"
        "|berechtigt",
        "must": "muss|musst|müssen|müsst|soll|sollen|hat zu|haben zu|erforderlich|verpflichtend"
        "|verpflichtet|notwendig|pflicht|nötig",
    },
    quantifier={
        "all": "alle|allen|aller|alles|jeder|jede|jedes|jeden|jedem|immer|stets|sämtliche|ganz"
        "|ganze"
        "|ganzen|vollständig|voll|volle",
        "some": "einige|einigen|manche|manchen|manchmal|mehrere|oft|meist|meistens|teilweise|teils"
        "|bestimmte|bestimmten|halb",
        "only": "nur|ausschließlich|lediglich|bloß",
        "unlimited": (
            "unbegrenzt|unbegrenzte|unbeschränkt|unlimitiert|beliebig|jederzeit|wann immer|"
            "so lange sie möchten|solange sie möchten|ohne frist|für immer|"
            "zeitlich unbegrenzt"
        ),
    },
    order={
        "before": "vor|bevor|vorher|bis zum|bis|zuvor",
        "after": "nach|nachdem|nachher|seit|danach",
    },
    condition={
        "if": "wenn|falls|sofern|sobald|solange|vorausgesetzt|bei",
        "except": "außer|es sei denn|ausgenommen|mit ausnahme|abgesehen von",
        "but": "aber|jedoch|allerdings|obwohl|sondern",
    },
    scope="für|mit|in|im|ins|an|am|auf|aus|durch|von|vom|zu|zum|zur|während|per|pro",
    ignorable="der die das den dem des ein eine einen einem einer eines bitte auch dann einfach "
    "daher "
    "außerdem zudem",
    openers="bitte beachten sie dass|bitte beachten sie|außerdem|zudem|übrigens|kurz gesagt",
    coordinators="und sowie",
    greeting=(
        "hallo|guten (?:tag|morgen|abend)|liebe|lieber|liebes|sehr geehrte|sehr geehrter|servus"
        "|moin"
        "|grüss gott",
        "(?:hallo|guten tag|sehr geehrte|sehr geehrter|liebe|lieber) (?:frau|herr|damen und herren"
        "|kundin|kunde|zusammen|team)",
    ),
    courtesy=(
        "(?:mit )?(?:freundlichen|freundliche|besten|beste|herzlichen|herzliche|viele|liebe|schöne)"
        " (?:grüssen|grüsse)|hochachtungsvoll|alles gute|ihr team",
        "(?:vielen|herzlichen|besten|schönen)? ?dank(?: im voraus)?|danke(?: schön| sehr)?",
        "(?:(?:vielen|herzlichen|besten) dank|danke|wir danken ihnen|wir danken) für (?:ihre|die"
        "|deine"
        "|ihr|das|dein) (?:\\w+ )?(?:nachricht|e-?mail|mail|anfrage|frage|geduld|verständnis"
        "|bestellung"
        "|rückmeldung|vertrauen|interesse|hilfe|antwort)",
        "(?:vielen dank|danke)(?:,)? dass sie (?:uns )?(?:schreiben|geschrieben haben"
        "|uns kontaktieren|sich (?:bei uns )?melden)",
        "(?:es tut uns (?:sehr |aufrichtig )?leid|wir bedauern das|das tut uns (?:sehr )?leid)",
        "(?:wir )?(?:entschuldigen uns|bitten um entschuldigung|entschuldigung)(?: für (?:die"
        "|den|das)"
        " (?:\\w+ )?(?:verzögerung|unannehmlichkeiten|wartezeit|umstände))?",
        "(?:wir wünschen ihnen )?(?:einen|ein)? ?(?:schönen|schönes|guten) (?:tag|abend|wochenende)"
        "(?: noch)?|gern geschehen|gerne?|wir hoffen,? das hilft(?: ihnen)?(?: weiter)?",
        "quellen?:?",
    ),
    question="(?:kann ich|können wir|sollen wir|darf ich|dürfen wir|könnten sie|können sie"
    "|würden sie|haben sie|möchten sie|sind sie|könntest du"
    "|kannst du|wer|was|wann|wo|wie|warum|wieso|welche|welcher|welches|welchen|um welche|um welchen"
    "|auf welche|zu welcher|handelt es sich|geht es um)\\b",
    next_step=(
        f"(?:bitte )?(?:antworten|schreiben|senden|schicken|nennen|teilen|melden|rufen|geben"
        f"|kontaktieren"
        f"|bestätigen) sie(?: (?:einfach|bitte|kurz|es))* (?:uns|sich(?: bei uns)?"
        f"|auf (?:diese|unsere) (?:nachricht|e-?mail|mail)){_TAIL}",
        "(?:bitte )?melden sie sich(?: in ihrem (?:kunden)?konto)? an",
        f"(?:sie|es|das)? ?können sie (?:auch |einfach )?(?:es |ihn |sie |uns |das )?(?:\\w+ "
        f"){{0,2}}"
        f"(?:über|per|mit|unter|in|im|auf)(?: (?:den|die|das|dem|der|ihrem|ihren|unser|unsere"
        f"|diese))?"
        f" {_CHANNEL} (?:buchen|finden|erreichen|schreiben|öffnen|sehen|verfolgen|herunterladen)",
        f"sie können (?:auch |einfach )?(?:es|ihn|sie|uns|das|den termin) (?:auch |einfach )?"
        f"(?:über|per|mit|unter|in|im|auf)(?: (?:den|die|das|dem|der|ihrem|ihren|unser|unsere"
        f"|diese))?"
        f" {_CHANNEL} (?:buchen|finden|erreichen|schreiben|öffnen|sehen|verfolgen|herunterladen)",
        "(?:ein kollege|eine kollegin|ein mitglied unseres teams|unser team|wir|eine kollegin "
        "oder ein"
        " kollege) (?:wird|werden|kümmert sich|kümmern uns|meldet sich|melden uns|prüft|prüfen"
        "|beantwortet|schaut|sieht|antwortet)(?: (?:sich|das|den rest|ihrer nachricht|ihr "
        "anliegen|darum"
        "|bei ihnen|ihnen|und|prüfen|antworten|melden|antwortet|uns|es|an|so bald wie möglich"
        "|in kürze|ihre anfrage)){0,8}",
        f"(?:falls|wenn|sollte|sollten|bei) (?:etwas unklar (?:ist|sein)|sie (?:noch |weitere "
        f")*fragen"
        f" haben|noch fragen (?:sind|offen sind)|(?:weiteren )?fragen),? (?:antworten|schreiben"
        f"|melden)"
        f" sie{_TAIL}",
    ),
)
