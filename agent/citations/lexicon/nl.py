"""Dutch."""

from agent.citations.lexicon.words import Words

_TAIL = "(?:,? (?!dat\\b|omdat\\b|want\\b|en\\b|als\\b|dus\\b)[\\w/-]+){0,14}"
_CHANNEL = (
    "(?:knop|link|formulier|pagina|account|app|portaal|portal|chat|bericht|e-?mail|mail|site"
    "|website)"
)

WORDS = Words(
    language="nl",
    numbers="- twee drie vier vijf zes zeven acht negen tien elf twaalf",
    months="januari/jan februari/feb maart/mrt april/apr mei juni juli augustus/aug "
    "september/sept oktober/okt november/nov december/dec",
    weekdays="maandag/maandags dinsdag/dinsdags woensdag/woensdags donderdag/donderdags "
    "vrijdag/vrijdags zaterdag/zaterdags zondag/zondags",
    units={
        "minute": "minuut minuten min",
        "hour": "uur uren",
        "day": "dag dagen daags daagse kalenderdag kalenderdagen",
        "workday": "werkdag werkdagen",
        "week": "week weken",
        "month": "maand maanden",
        "year": "jaar jaren",
    },
    working="werkbare",
    calendar="kalender",
    percent="procent",
    hour_marks="",
    date_links="van",
    range_words="tot",
    bounds={
        "max": "maximaal|hooguit|hoogstens|ten hoogste|tot en met|tot|niet meer dan|uiterlijk|of "
        "minder"
        "|max|niet langer dan",
        "min": "minstens|minimaal|ten minste|tenminste|niet minder dan|vanaf|of meer",
        "over": "ouder dan|meer dan|overschrijdt|boven|langer dan",
        "under": "jonger dan|minder dan|onder|korter dan",
        "about": "ongeveer|circa|ca|rond|bijna|zo'n",
        "within": "binnen",
        "exact": "precies|exact",
    },
    negation="niet|geen|nooit|zonder|niets|niemand|noch|nee|nergens",
    modality={
        "may": "mag|mogen|kan|kun|kunt|kunnen|zou|zouden|mogelijk|toegestaan|optioneel|vrijwillig",
        "must": "moet|moeten|dient|dienen|hoeft|hoeven|verplicht|nodig|noodzakelijk|vereist",
    },
    quantifier={
        "all": "alle|al|alles|elk|elke|ieder|iedere|iedereen|altijd|hele|heel|volledig|volledige",
        "some": "sommige|enkele|bepaalde|soms|vaak|meestal|meerdere|gedeeltelijk|deels|half",
        "only": "alleen|uitsluitend|slechts|enkel",
        "unlimited": (
            "onbeperkt|onbeperkte|ongelimiteerd|op elk moment|altijd en overal|"
            "wanneer u wilt|wanneer je wilt|zonder termijn|voor altijd"
        ),
    },
    order={"before": "voor|tot|voordat|vóór|voorafgaand", "after": "na|nadat|sinds|daarna"},
    condition={
        "if": "als|wanneer|indien|mits|zodra|zolang|bij",
        "except": "behalve|tenzij|uitgezonderd|met uitzondering",
        "but": "maar|echter|hoewel",
    },
    scope="met|in|op|aan|van|door|uit|naar|via|tijdens|per|die|dat|wie|te",
    ignorable="de het een ook dan gewoon dus bovendien graag",
    openers="let op|houd er rekening mee dat|bovendien|daarnaast|kortom|ook",
    coordinators="en",
    greeting=(
        "hallo|hoi|dag|beste|geachte|goedemorgen|goedemiddag|goedenavond|goedendag",
        "(?:beste|geachte) (?:klant|collega|heer|mevrouw|heer of mevrouw|heer/mevrouw)",
    ),
    courtesy=(
        "(?:met )?(?:vriendelijke|hartelijke|beste) (?:groeten|groet)|groeten|groet|hoogachtend"
        "|alvast bedankt",
        "(?:hartelijk |heel erg |erg )?(?:bedankt|dank je wel|dank u wel|dank u|dank je|dank)"
        "(?: alvast| nogmaals)?",
        "(?:hartelijk |heel erg )?(?:bedankt|dank u wel|dank je wel|dank|dank u|dank je) voor "
        "(?:uw|je"
        "|jouw|het|de) (?:\\w+ )?(?:bericht|e-?mail|mail|vraag|geduld|begrip|bestelling|aanvraag"
        "|vertrouwen|reactie|antwoord|hulp)",
        "(?:hartelijk |heel erg )?bedankt (?:dat u|dat je) (?:ons |contact )?(?:schrijft|hebt "
        "geschreven"
        "|opneemt|met ons opneemt|contact opneemt)",
        "(?:het spijt ons(?: dat te horen)?|onze excuses|excuses|sorry)(?: voor (?:de|het|dit|deze)"
        " (?:\\w+ )?(?:vertraging|ongemak|overlast|wachttijd))?",
        "(?:nog )?(?:een )?(?:fijne|prettige|goede) (?:dag|avond|week)(?: verder| nog| gewenst)?"
        "|(?:fijn|prettig) weekend|graag gedaan",
        "(?:bronnen|bron):?",
    ),
    question="(?:kan ik|kunnen wij|mag ik|zal ik|zullen wij|kunt u|kun je|zou u|zou je|wilt u"
    "|wil je|hebt u|heeft u|heb je|bent u|ben je"
    "|wie|wat"
    "|wanneer|waar|hoe|waarom|welke|welk|om welke|om welk|over welke|gaat het om)\\b(?! u dat\\b)",
    next_step=(
        f"(?:gelieve |graag )?(?:antwoord|reageer|beantwoord)(?: (?:gewoon|gerust|dan|even))*"
        f"(?: op)? (?:dit bericht|deze e-?mail|deze mail){_TAIL}",
        f"(?:schrijf|stuur|geef|mail|bel|laat|vermeld|bevestig)(?: (?:het|dit|gerust|even|dan))* "
        f"ons{_TAIL}",
        "neem (?:gerust |dan |even )*contact (?:met ons )?op",
        f"(?:u kunt|je kunt|u kan) (?:ook |gewoon )?(?:het|hem|ons|dit|dat|deze|ze) (?:ook "
        f"|gewoon )?"
        f"(?:via|met|onder|in|op|per)(?: (?:de|het|uw|je|onze|ons|deze))?(?: \\w+)? {_CHANNEL}"
        f"(?: (?:hieronder|hierboven))? (?:boeken|vinden|bereiken|schrijven|openen|zien|volgen"
        f"|downloaden|doen)",
        f"(?:u kunt|je kunt) (?:het |ons )?(?:boeken|vinden|antwoorden|reageren|bereiken|volgen"
        f"|doen)"
        f" (?:via|met|onder|in|op|per)(?: (?:de|het|uw|je|onze|ons|deze|dit))?(?: \\w+)? "
        f"{_CHANNEL}",
        "(?:een collega|ons team|wij|we) (?:zal|zullen|kijkt|kijken|bekijkt|bekijken|beantwoordt"
        "|reageert|neemt|komt|komen|antwoordt|gaat)(?: (?:hiernaar|ernaar|dit|de rest|van|uw|je"
        "|bericht"
        "|vraag|en|u|antwoorden|antwoordt|contact|met|op|bij|terug|zo|snel|mogelijk|naar"
        "|kijken)){0,10}",
        f"(?:als|mocht) (?:er )?(?:iets (?:niet duidelijk|onduidelijk) (?:is|zijn)|u (?:nog "
        f"|andere )*"
        f"vragen (?:heeft|hebt)|je (?:nog |andere )*vragen hebt),? (?:antwoord|beantwoord"
        f"|reageer|laat"
        f"|schrijf|kunt u|stuur|neem){_TAIL}",
    ),
)
