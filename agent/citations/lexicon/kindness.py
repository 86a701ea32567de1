"""Words that kindness is made of. A sentence of nothing else states no fact of a policy.

A star stands for any letters; accents do not count. A sentence needs one of the first words, and
every word that is no function word must be of the first or the second.
"""

from collections.abc import Mapping
from functools import cache

from retrieval.text import fold

_HEADS: Mapping[str, str] = {
    "en": "great problem explain* forward talk* pass* below care "
    "thank* sorry apolog* hope* wish* glad happy feel hesitate disposal regret* appreciat* "
    "welcome look pleas* understand* shame pity unfortunate* help* look*",
    "fr": "passez excellente bon* souci* transmet* occup* ecoute dessous "
    "dispose* merci remerci* desol* excus* espere* esperons souhait* hesit* disposition "
    "regrett* "
    "ravi* heureu* plaisir comprend* comprenons dommage navre* aide* aider",
    "de": "kein* frage gebe unten kummer* sollen freund* "
    "dank* leid* entschuldig* hoff* wunsch* gern* verfugung bedau* freu* verst* schade helf* "
    "zogern melden",
    "es": "entien* frustr* ocup* paso buen* ningun* gusto continuacion "
    "gracias agradec* siento sent* lament* disculp* esper* dese* dud* disposicion alegr* "
    "encantad* comprend* entend* lastima ayud*",
    "nl": "goed* geen geef slag hieronder tegemoet klaar staan "
    "dank* bedankt spijt* sorry excus* hop* wens* graag gerust beschikking betreur* blij "
    "begrijp* begrip vervelend jammer help* aarzel*",
    "it": "capis* inoltr* occup* ottim* nessun* volent* sotto attesa "
    "grazie ringrazi* scus* dispiac* spiac* sper* augur* disposizione esit* lieti lieto "
    "felic* comprend* peccato aiut* rammaric*",
    "pl": "rozumi* smialo przekaz* zajm* dobr* nie chetnie czekam* ponizej "
    "dziek* przepraszam* przykro mam* nadziej* zycz* dyspozycj* ciesz* rozumie* szkoda "
    "pomoc* pomoz* pomog* wdzieczn*",
}
_OTHERS: Mapping[str, str] = {
    "en": "flag* raise* spot* clears clear* pass* colleague* explain* great problem* below find* "
    "answer* talk* forward care take healthy stay safe well soon summar* short brief* "
    "thing* point* "
    "patience while check* look* inconvenience caus* trouble delay* wait* confus* frustrat* "
    "reply* answer* write writing wrote e-mail email mail message* letter feedback question* "
    "anything something else unclear clear further other more weekend week day evening morning "
    "afternoon lovely nice good great pleasant hear heard hearing know let free contact* reach* "
    "touch get "
    "feel feeling assist* need* problem* issue* concern* matter* situation experience* difficult* "
    "disappoint* time soon back forward team colleague* personal* sincerely very much kind* order "
    "parcel package happen* went wrong turn* arriv* yet still news day* support* trust loyal* "
    "interest* choos* understand* attention inform* detail* photo* picture* bring* honest* really "
    "truly deep* checked e mail sincere* annoy* upset* make made right",
    "fr": "excellente signale* transmet* demande occup* aussi souci* autre chose faire puis vous "
    "plaisir lire ecoute dessous ci trouverez reponses questions attention "
    "patience pendant verifi* desagrement* occasionn* gene retard* attente contretemps "
    "souci* "
    "repond* reponse* ecri* message* e-mail mail courriel question* autre* besoin renseignement* "
    "information* week-end semaine journee soiree bon* bel* agreable* excellent* rester "
    "restons nous "
    "reste* contact* joindre toute* tout moindre precision* probleme* situation deception equipe "
    "collegue* vite bientot bien sincere* colis commande arriv* encore comprehension confiance "
    "fidelite interet aide* vivement profond* apprend* entendre",
    "de": "hinweis* gebe weiter kollegin* problem* sonst noch etwas tun kann unten finden "
    "antworten fragen sollen prufen mitteilung meldung kurz zusammenfass* versteh* ihr* "
    "gesund* kontakt* "
    "geduld wahrend pruf* unannehmlich* umstand* verzoger* warten gewartet wartezeit arger "
    "ruckfrag* frag* antwort* schreib* geschrieben nachricht* e-mail mail weiter* steh* jederzeit "
    "bleib* wochenend* tag woche abend schon* gut* angenehm* noch unklar klar kontakt* anliegen "
    "problem* situation team kollegin* kolleg* bald personlich herzlich* aufrichtig* sehr hor* "
    "paket bestellung angekommen verstandnis vertrauen treue interesse hilf* mussten muss kurze "
    "kummern darum lieb* ihnen viel* tut passiert",
    "es": "frustracion aviso avisar* avisarnos paso consulta ocup* ello ningun* problema gusto "
    "ayud* hacer algo mas continuacion encontrara* respuestas preguntas disposicion revis* "
    "resumen "
    "paciencia mientras comprob* revis* molestia* ocasionad* inconvenient* retraso* espera "
    "respond* respuesta* escrib* mensaje* correo e-mail pregunta* cualquier cosa consulta* "
    "necesit* "
    "fin semana dia tarde buen* feliz estamos quedamos contact* problema* situacion equipo "
    "companer* pronto personal* sincer* mucho mucha muchas much* paquete pedido llegad* aun "
    "todavia confianza interes comprension duda* otra* ayuda* favor saludo*",
    "nl": "frustratie contact opnemen nemen melding geef door slag ermee gaan probleem hoop dit "
    "helpt zien antwoord tegemoet doen iets klaar voor hieronder vindt antwoorden vragen "
    "nakijk* samenvatting aarzel "
    "geduld terwijl control* ongemak overlast vertrag* wacht* antwoord* reageer* reactie "
    "schrijf* bericht* e-mail mail vraag vragen verder* nog onduidelijk* duidelijk iets weekend "
    "week dag avond fijn* prettig* goed* contact* hoor horen staan klaar probleem situatie team "
    "collega* snel persoonlijk oprecht* zeer pakket bestelling aangekomen vertrouwen interesse "
    "begrip laat weten helpen ander* hulp veroorzaakt",
    "it": "disappunto segnal* inoltr* richiesta occup* problem* utile attesa risposta fare altro "
    "sotto trova risposte domande verific* riepilogo contattar* "
    "pazienza mentre verific* inconvenient* disag* causat* ritard* attesa rispond* rispost* "
    "scriv* scritt* messaggi* e-mail mail domand* qualsiasi ulterior* chiariment* altr* restiamo "
    "siamo fine settimana giornata serata buon* bella contatt* problema situazione squadra collega "
    "presto personal* sincer* molto pacco ordine arrivat* ancora fiducia interesse comprensione "
    "bisogno cosa aiuto",
    "pl": "rozczarowan* jestesmy pisac smialo zgloszen* przekaz* spraw* kolezan* zajm* tym "
    "problemu pomoc* "
    "czekam* odpowiedz moge jeszcze czyms ponizej znajd* odpowiedzi pytania pan pana pani "
    "panu podsumowan* "
    "cierpliw* sprawdz* niedogodn* klopot* opozni* czeka* odpowied* odpisa* pisa* napisa* "
    "wiadomosc* e-mail mail pytan* pytania dalsz* jakich* razie watpliw* pozosta* weekend* tydzien "
    "dzien dnia wieczor* mil* dobr* kontakt* problem* sytuacj* zespol* wkrotce serdeczn* bardzo "
    "panstwo panstwa paczk* zamowien* dotarl* zaufani* zainteresowani* wyrozumial* sluz* "
    "chetnie spowodowan* inne",
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


def is_kind(words: list[str], said: list[str], language: str) -> bool:
    """Whether content words are those of kindness and of nothing else.

    `said` are all words, function words too: `thank` may count as one.
    """
    exact, starts, other_exact, other_starts = _patterns(language)
    if not (starts or exact):
        return False
    if not any(word in exact or word.startswith(starts) for word in map(fold, said)):
        return False
    bare = [fold(word) for word in words if len(word) > 1]  # the `e` of `e-mail`
    return all(
        word in exact or word in other_exact or word.startswith((*starts, *other_starts))
        for word in bare
    )
