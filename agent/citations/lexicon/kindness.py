"""Words and phrases that kindness is made of. A sentence of nothing else states no fact.

In the word lists a star stands for any letters; accents do not count. A sentence needs one of the
first words, and every word that is no function word must be of the first or the second. What names
a thing, a time, a price or an event is in neither: `Sorry, half of your order arrived` is a fact.
Words that mean kindness only together stand as whole phrases, and a denial is kind only in those
and beside a word of hesitating: `Do not hesitate`, but not `We do not reply`.
"""

import re
from collections.abc import Mapping
from functools import cache

from retrieval.text import fold

_HEADS: Mapping[str, str] = {
    "en": "thank* sorry apolog* hope glad happy hesitate disposal regret appreciat* pleased "
    "pleasure understand understandable",
    "fr": "merci remerci* desole* excus* espere esperons souhaitons hesit* disposition ecoute "
    "regrett* ravi ravie ravis heureux heureuse* plaisir comprends comprenons navre*",
    "de": "dank* leid entschuldig* hoff* wunsche wunschen gern gerne verfugung bedaure bedauern "
    "freuen freue verstehe verstehen zogern",
    "es": "gracias agradec* siento sentimos lament* disculp* espero esperamos deseamos dude duden "
    "disposicion alegr* encantad* comprendo comprendemos entiendo entendemos",
    "nl": "dank* bedankt spijt* sorry excus* hoop hopen wensen graag gerust beschikking betreuren "
    "betreur blij begrijp begrijpen aarzel*",
    "it": "grazie ringrazi* scusi* dispiac* spiac* spero speriamo auguriamo disposizione esiti "
    "esitare lieti lieto felici felice comprendo comprendiamo capisco capiamo rammaric* volentieri",
    "pl": "dziek* przepraszam* przykro nadziej* zycze zyczymy dyspozycji ciesz* rozumiem rozumiemy "
    "chetnie wdzieczn* smialo waha*",
}
_OTHERS: Mapping[str, str] = {
    "en": "flag* rais* spot* clear* colleague* explain* question* answer* talk* patience while "
    "check* inconvenience caus* trouble delay* wait* confus* frustrat* reply* write writing wrote "
    "e-mail email mail message* letter feedback anything something else unclear further other more "
    "hear heard hearing know contact* reach* touch get feel feeling assist* need* problem* issue* "
    "concern* matter* situation experience* difficult* disappoint* soon team personal* sincere* "
    "very much kind* happen* trust loyal* interest* attention inform* detail* photo* honest* "
    "really truly completely fully understanding today deep* annoy* upset* "
    "help* look* forward thing* point*",
    "fr": "signale* demande aussi autre* chose faire vous lire reponse* question* attention "
    "patience pendant verifi* desagrement* occasionn* gene retard* attente contretemps souci* "
    "ecri* message* e-mail mail courriel besoin renseignement* information* rester restons nous "
    "reste* contact* joindre toute* tout moindre precision* probleme* situation deception equipe "
    "collegue* vite bientot bien sincere* comprehension confiance fidelite interet aide* aider "
    "vivement profond* apprend* entendre repondre",
    "de": "hinweis* problem* sonst noch etwas tun kann antworten fragen prufen mitteilung meldung "
    "versteh* ihr* kontakt* geduld wahrend pruf* unannehmlich* umstand* verzoger* warten gewartet "
    "wartezeit arger ruckfrag* frag* antwort* schreib* geschrieben nachricht* e-mail mail weiter* "
    "steh* jederzeit bleib* schon* gut* noch unklar klar anliegen situation team kolleg* bald "
    "personlich herzlich* aufrichtig* sehr hor* verstandnis vertrauen treue interesse hilf* helf* "
    "lieb* ihnen viel* tut passiert melden da mussten",
    "es": "frustracion aviso avisar* consulta ocup* ello problema* ayud* hacer algo mas "
    "respuesta* pregunta* revis* resumen paciencia mientras comprob* molestia* ocasionad* "
    "inconvenient* retraso* espera escrib* mensaje* correo e-mail cualquier cosa consulta* "
    "necesit* estamos quedamos contact* situacion equipo companer* pronto personal* sincer* mucho "
    "mucha muchas mucho* confianza interes comprension duda* otra* favor",
    "nl": "frustratie contact opnemen nemen melding probleem dit helpt zien antwoord* doen iets "
    "klaar voor vindt vragen nakijk* samenvatting geduld terwijl control* ongemak overlast "
    "vertrag* wacht* reageer* reactie schrijf* bericht* e-mail mail vraag verder* nog onduidelijk* "
    "duidelijk goed* fijn hoor horen staan situatie team collega* snel persoonlijk oprecht* zeer "
    "vertrouwen interesse begrip laat weten help* ander* hulp veroorzaakt vervelend",
    "it": "disappunto segnal* richiesta problem* utile attesa fare altro rispost* domand* verific* "
    "contattar* pazienza mentre inconvenient* disag* causat* ritard* rispond* scriv* scritt* "
    "messaggi* e-mail mail qualsiasi ulterior* chiariment* altr* restiamo siamo contatt* "
    "situazione squadra collega presto personal* sincer* molto fiducia interesse comprensione "
    "bisogno cosa aiut*",
    "pl": "rozczarowan* jestesmy pisac zgloszen* spraw* tym problem* pomoc* pomog* pomoz* mam mamy "
    "moge jeszcze czyms odpowied* pytan* pan pana pani panu cierpliw* sprawdz* niedogodn* klopot* "
    "opozni* czeka* odpisa* pisa* napisa* wiadomosc* e-mail mail dalsz* jakich* razie watpliw* "
    "pozosta* kontakt* sytuacj* zespol* wkrotce serdeczn* bardzo panstwo panstwa zaufani* "
    "zainteresowani* wyrozumial* sluz* spowodowan* inne powodu tej",
}
_HESITATES: Mapping[str, tuple[str, ...]] = {
    "en": ("hesitate",),
    "fr": ("hesit",),
    "de": ("zoger",),
    "es": ("dude", "duden"),
    "nl": ("aarzel",),
    "it": ("esit",),
    "pl": ("waha",),
}
#: Whole sentences, as regular expressions without accents; a full stop may follow.
_PHRASES: Mapping[str, tuple[str, ...]] = {
    "en": (
        "(?:no|not a) problem(?: at all)?|no worries(?: at all)?",
        "(?:that is |that's )?(?:a )?(?:great|good|excellent) (?:question|point)",
        "let me (?:explain|summari[sz]e|check)(?: (?:this|that|briefly|for you))*",
        "(?:i|we)(?: will|'ll| am| are|'m|'re)? (?:pass|passing|forward|forwarding) "
        "(?:this|it|your (?:message|question|request|e-?mail))(?: on)? to "
        "(?:(?:a|my|our|the) )?(?:colleagues?|team)",
        "(?:i|we)(?: am| are|'m|'re| will|'ll) (?:look|looking|check|checking)(?: into)? "
        "(?:this|it|that)(?: (?:for you|now|right away))*",
        "(?:please )?(?:below|here) you(?: will|'ll)? find (?:the|our) answers? to your questions?",
        "take (?:good )?care(?: and stay (?:safe|healthy|well))?|stay (?:safe|healthy|well)",
        "(?:please )?feel free to (?:reply|write|ask|contact us|get in touch|reach out)"
        "(?: to (?:this|us))?(?: (?:e-?mail|message|mail))?(?: if (?:anything(?: else)? is unclear"
        "|you have (?:any |more |further |other )*questions|you need (?:anything else|help)))?",
        "it (?:was|is|has been) (?:nice|good|great|a pleasure) (?:talking|speaking|writing) "
        "(?:to|with) you",
        "(?:we |i )?look(?:ing)? forward to (?:hearing from you|your (?:reply|answer|message))"
        "(?: soon)?",
        "(?:(?:i|we) (?:hope you|wish you) )?(?:have )?an? (?:very )?(?:nice|good|great|lovely"
        "|pleasant|wonderful) (?:rest of (?:the|your) )?(?:day|evening|weekend|week|afternoon"
        "|morning)(?: ahead)?",
        "what a (?:shame|pity)|(?:we|i) wish you (?:well|all the best)|get well soon",
        "we are (?:always )?here (?:for you|to help)(?: you)?",
    ),
    "fr": (
        "pas de (?:souci|probleme)s?|aucun (?:souci|probleme)",
        "(?:c'est une )?(?:tres )?bonne question|quel dommage|c'est dommage",
        "passez une (?:tres )?(?:bonne|belle|excellente) (?:fin de )?(?:journee|soiree|semaine)"
        "|(?:passez un )?(?:tres )?bon week-end",
        "(?:je|nous) (?:transmets|transmettons) (?:cela|ceci|votre (?:demande|message|question)) a "
        "(?:mon|ma|notre|un|une) (?:collegue|equipe)",
        "(?:nous nous en occupons|je m'en occupe)(?: tout de suite)?",
        "(?:vous trouverez|voici) ci-dessous les reponses a vos questions",
        "prenez soin de vous",
    ),
    "de": (
        "(?:das ist )?(?:gar |uberhaupt )?kein problem",
        "(?:das ist )?(?:eine )?(?:sehr )?gute frage|(?:das ist |wie )?schade",
        "(?:ich gebe|wir geben) (?:das|dies|es|ihre (?:frage|anfrage|nachricht)) an "
        "(?:meine|unsere|eine|einen|meinen|unseren|das) (?:kollegin|kollegen|kolleginnen|team) "
        "weiter",
        "(?:ich kummere mich|wir kummern uns)(?: gern)? darum",
        "unten finden sie die antworten auf ihre fragen",
        "(?:(?:ich wunsche|wir wunschen) ihnen )?(?:noch )?(?:einen|ein) (?:schones?|schonen|guten"
        "|angenehmen) (?:tag|abend|wochenende|woche)(?: noch)?|bleiben sie gesund",
    ),
    "es": (
        "(?:ningun|no hay(?: ningun)?) problema|sin problema",
        "(?:es una )?(?:muy )?buena pregunta|que (?:lastima|pena)",
        "(?:paso|pasamos|traslado) (?:su (?:consulta|mensaje|pregunta)|esto) a (?:mi|un|una|otra"
        "|nuestro) (?:companer[oa]|equipo)",
        "(?:nos ocupamos|me ocupo) de ello|(?:con mucho gusto|encantad[oa]s?) (?:le|te) ayud\\w+",
        "(?:a continuacion|abajo) encontrara las respuestas a sus preguntas",
        "quedamos a la espera de su respuesta|estamos a su disposicion",
        "que tenga (?:un )?(?:muy )?(?:buen|feliz|buena) (?:dia|tarde|fin de semana|semana)",
    ),
    "nl": (
        "(?:dat is )?(?:helemaal )?geen probleem",
        "(?:dat is )?(?:een )?goede vraag|(?:wat |dat is )?jammer",
        "(?:ik geef|wij geven|we geven) (?:dit|het|uw (?:vraag|bericht)) door aan "
        "(?:mijn|onze|een|ons) (?:collega|collega's|team)",
        "(?:wij|we) gaan ermee aan de slag|(?:wij|we) (?:zien|horen) uw antwoord (?:graag )?"
        "(?:tegemoet)?|(?:wij|we) staan voor u klaar",
        "hieronder vindt u de antwoorden op uw vragen",
        "(?:(?:ik wens|wij wensen|we wensen) u )?(?:nog )?een (?:heel )?(?:fijne|prettige|goede"
        "|fijn|prettig|goed) (?:dag|avond|week|weekend)(?: verder| nog)?",
    ),
    "it": (
        "(?:nessun|non c'e(?: nessun)?) problema",
        "(?:e una )?(?:ottima|buona|bella) domanda|(?:che )?peccato",
        "(?:inoltro|inoltriamo) (?:la sua (?:richiesta|domanda)|il suo messaggio) "
        "(?:a (?:un|una)|al (?:mio|nostro)|alla mia|ad una) ?(?:collega|team)",
        "(?:ce ne occupiamo|me ne occupo)(?: noi| io)?|(?:restiamo|siamo|resto) in attesa di una "
        "sua risposta",
        "(?:qui sotto|di seguito) trova le risposte alle sue domande",
    ),
    "pl": (
        "(?:to )?(?:nie ma|zaden) (?:problemu|problem|sprawy)",
        "(?:to )?(?:bardzo )?dobre pytanie|(?:wielka )?szkoda",
        "(?:przekazuje|przekazemy|przekazujemy) (?:sprawe|to|wiadomosc|pytanie) (?:kolezance"
        "|koledze|zespolowi)",
        "(?:zajmujemy|zajmuje|zajmiemy) sie tym|(?:czekamy|czekam) na (?:panstwa |pana |pani )?"
        "odpowiedz",
        "ponizej znajd(?:a|zie) (?:panstwo|pan|pani) odpowiedzi na pytania",
    ),
}


@cache
def _patterns(
    language: str,
) -> tuple[frozenset[str], tuple[str, ...], frozenset[str], tuple[str, ...]]:
    heads, others = _HEADS.get(language, "").split(), _OTHERS.get(language, "").split()
    return (*_split(heads), *_split(others))


def _split(forms: list[str]) -> tuple[frozenset[str], tuple[str, ...]]:
    starts = tuple(form[:-1] for form in forms if form.endswith("*"))
    return frozenset(form for form in forms if not form.endswith("*")), starts


@cache
def _phrases(language: str) -> re.Pattern[str]:
    known = "|".join(_PHRASES.get(language, ()))
    return re.compile(rf"¡?(?:{known})\s*[.!]*" if known else r"(?!)")


def is_phrase(text: str, language: str) -> bool:
    """Whether a whole sentence is a phrase of kindness."""
    return _phrases(language).fullmatch(fold(text)) is not None


def is_kind(words: list[str], said: list[str], language: str, *, denied: bool) -> bool:
    """Whether content words are those of kindness and of nothing else.

    `said` are all words, function words too: `thank` may count as one. A sentence that is `denied`
    has to speak of hesitating.
    """
    exact, starts, other_exact, other_starts = _patterns(language)
    if not (starts or exact):
        return False
    every = [fold(word) for word in said]
    if denied and not any(word.startswith(_HESITATES[language]) for word in every):
        return False
    if not any(word in exact or word.startswith(starts) for word in every):
        return False
    bare = [fold(word) for word in words if len(word) > 1]  # the `e` of `e-mail`
    return all(
        word in exact or word in other_exact or word.startswith((*starts, *other_starts))
        for word in bare
    )
