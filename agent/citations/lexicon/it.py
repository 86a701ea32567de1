"""Italian."""

from agent.citations.lexicon.words import Words

_TAIL = "(?:,? (?!che\\b|perché\\b|poiché\\b|e\\b|se\\b|quindi\\b)[\\w'/-]+){0,14}"
_CHANNEL = "(?:pulsante|link|modulo|pagina|account|app|portale|chat|messaggio|e-?mail|mail|sito)"

WORDS = Words(
    language="it",
    numbers="- due tre quattro cinque sei sette otto nove dieci undici dodici",
    months="gennaio/gen febbraio/feb marzo aprile/apr maggio giugno luglio agosto/ago "
    "settembre ottobre novembre dicembre",
    weekdays="lunedì martedì mercoledì giovedì venerdì sabato domenica",
    units={
        "minute": "minuto minuti min",
        "hour": "ora ore h",
        "day": "giorno giorni",
        "week": "settimana settimane",
        "month": "mese mesi",
        "year": "anno anni",
    },
    working="lavorativo lavorativi feriale feriali",
    calendar="solare solari calendario",
    percent="per cento|percento",
    hour_marks="",
    date_links="di del",
    range_words="a",
    bounds={
        "max": "fino a|al massimo|massimo|un massimo di|non più di|non oltre|o meno|max",
        "min": "almeno|come minimo|minimo|un minimo di|non meno di|a partire da|o più",
        "over": "maggiori di|sopra i|più di|supera|superano|oltre|superiore a|sopra",
        "under": "minori di|sotto i|meno di|inferiore a|sotto",
        "about": "circa|all'incirca|intorno a|quasi",
        "within": "entro",
        "exact": "esattamente",
    },
    negation="non|nessun|nessuno|nessuna|mai|senza|nulla|niente|né|no",
    modality={
        "may": "può|possono|puoi|possiamo|potrà|potranno|potrebbe|potrebbero|possibile|consentito"
        "|permesso|facoltativo|facoltativa",
        "must": "deve|devono|devi|dovete|dovrà|dovranno|bisogna|occorre|obbligatorio|obbligatoria"
        "|necessario|necessaria|è richiesto|è richiesta",
    },
    quantifier={
        "all": "tutto|tutta|tutti|tutte|ogni|ciascuno|sempre|qualsiasi|intero|intera|interamente",
        "some": "alcuni|alcune|qualche|certi|certe|diversi|a volte|parziale|parzialmente",
        "only": "solo|soltanto|solamente|unicamente|esclusivamente",
        "unlimited": (
            "illimitato|illimitata|senza limiti|in qualsiasi momento|in qualunque momento|"
            "quando vuole|quando vuoi|senza scadenza|per sempre"
        ),
    },
    order={"before": "prima", "after": "dopo|successivi|successivo|seguenti"},
    condition={
        "if": "se|quando|purché|a condizione che|in caso di|una volta|finché",
        "except": "tranne|salvo|eccetto|a meno che|ad eccezione|esclusi|esclusa",
        "but": "ma|tuttavia|però|sebbene|anche se",
    },
    scope="per|con|in|a|al|alla|da|dal|dalla|di|del|della|che|chi|cui|durante|tramite|su",
    ignorable="il lo la i gli le l' un uno una anche poi semplicemente inoltre",
    openers="si prega di notare che|tenga presente che|inoltre|in breve|anche",
    coordinators="e ed",
    greeting=(
        "ciao|salve|buongiorno|buonasera|gentile|caro|cara|egregio|spettabile",
        "(?:gentile|egregio|caro|cara) (?:cliente|signore|signora|collega|tutti)",
    ),
    courtesy=(
        "(?:cordiali|distinti|i migliori|un cordiale|tanti)? ?(?:saluti|saluto)|cordialmente|a "
        "presto",
        "(?:molte |mille )?grazie(?: mille| in anticipo| ancora)?",
        "(?:(?:molte |mille )?grazie|la ringraziamo|ti ringraziamo) per (?:il|la|l'|il suo|la "
        "sua|il tuo"
        "|la tua) ?(?:\\w+ )?(?:messaggio|e-?mail|mail|domanda|pazienza|comprensione|ordine"
        "|richiesta"
        "|fiducia|risposta|interesse)",
        "(?:molte |mille )?grazie per (?:averci (?:scritto|contattat[oi])|aver(?:ci)? (?:scritto"
        "|contattato))",
        "(?:ci dispiace(?: molto)?|siamo spiacenti|ci scusiamo)(?: (?:per|del) (?:il|la|l'"
        "|questo|questa)"
        " ?(?:\\w+ )?(?:ritardo|disagio|inconveniente|attesa))?",
        "(?:le auguriamo )?(?:una )?(?:buona|buon) (?:giornata|serata|settimana|fine settimana"
        "|weekend)"
        "|prego|di nulla|speriamo (?:che )?(?:questo )?(?:le )?sia d'aiuto",
        "(?:fonti|fonte):?",
    ),
    question="(?:posso|possiamo|devo|potrebbe|può|potresti|puoi|ha|hai|desidera|vuole|chi|che"
    "|cosa|quale|quali|qual"
    "|quando"
    "|dove|come|perché|quanto|quanti|di quale|a quale|si tratta)\\b(?! sapere che)",
    next_step=(
        f"(?:per favore,? )?(?:risponda|rispondi)(?: (?:semplicemente|pure))* a quest[oa] "
        f"(?:messaggio|e-?mail|mail){_TAIL}",
        f"(?:per favore,? )?ci (?:scriva|risponda|invii|indichi|contatti|faccia sapere|mandi"
        f"|fornisca"
        f"|confermi|comunichi){_TAIL}",
        f"(?:la preghiamo|si prega|la invitiamo) (?:di|a) (?:risponderci|scriverci|inviarci"
        f"|indicarci"
        f"|contattarci|fornirci|comunicarci){_TAIL}",
        f"può (?:anche )?(?:prenotarlo|prenotarla|trovarlo|trovarla|farlo|vederlo|scriverci"
        f"|rispondere"
        f"|seguirlo|consultarlo|scaricarlo|contattarci)(?: (?:a|in|per|con|da|dal|dalla|tramite"
        f"|nel|nella"
        f"|questo|questa|il|la|sul|suo|sua|nostro|nostra)){{0,4}}(?: \\w+)? {_CHANNEL}(?: qui "
        f"sotto)?",
        "(?:un collega|una collega|un nostro collega|il nostro team) (?:esaminerà|risponderà|le "
        "risponderà"
        "|verificherà|si occuperà|lo esaminerà)(?: (?:la questione|questo|il|resto|al|del|suo"
        "|messaggio"
        "|e|le|risponderà|di|ciò|alla|richiesta|al più presto)){0,9}",
        f"se (?:qualcosa non (?:è|fosse) chiaro|ha (?:altre|ulteriori) domande|ha bisogno di "
        f"altro),? "
        f"(?:risponda|scriva|ci scriva|ci risponda|non esiti){_TAIL}",
    ),
    elision=True,
)
