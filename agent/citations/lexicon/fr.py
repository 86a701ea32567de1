"""French."""

from agent.citations.lexicon.words import Words

_TAIL = "(?: (?!que\\b|parce\\b|car\\b|qui\\b|et\\b|donc\\b|si\\b)[\\w'’/-]+){0,14}"
_CHANNEL = (
    "(?:bouton|lien|formulaire|page|compte|application|espace client|message|e-?mail|courriel|site)"
)

WORDS = Words(
    language="fr",
    numbers="- deux trois quatre cinq six sept huit neuf dix onze douze",
    months="janvier/janv février/févr mars avril/avr mai juin juillet/juil août septembre/sept "
    "octobre/oct novembre/nov décembre/déc",
    weekdays="lundi/lundis mardi/mardis mercredi/mercredis jeudi/jeudis vendredi/vendredis "
    "samedi/samedis dimanche/dimanches",
    units={
        "minute": "minute minutes min",
        "hour": "heure heures h",
        "day": "jour jours",
        "week": "semaine semaines",
        "month": "mois",
        "year": "an ans année années",
    },
    working="ouvré ouvrés ouvrable ouvrables travaillés",
    calendar="calendaire calendaires civils",
    percent="pour cent|pourcent|pourcents",
    hour_marks="heures",
    date_links="de du",
    range_words="à",
    bounds={
        "max": "jusqu'à|au plus|au maximum|maximum|pas plus de|au plus tard|maximal|ou moins|max",
        "min": "au moins|au minimum|minimum|à partir de|dès|pas moins de|ou plus",
        "over": "plus de|dépasse|dépassent|plus d'|au-delà de|au delà de|supérieur à"
        "|supérieure à|dépassant",
        "under": "moins de|moins d'|en dessous de|inférieur à|inférieure à",
        "about": "environ|à peu près|autour de|près de",
        "within": "dans les|sous|dans un délai de",
        "exact": "exactement|précisément",
    },
    negation="ne|n'|pas|jamais|aucun|aucune|rien|personne|ni|sans|non|nul|nulle",
    modality={
        "may": "peut|peuvent|pouvez|pouvons|pourra|pourrez|pourront|pourrait|possible|permis"
        "|facultatif|facultative|autorisé|autorisée",
        "must": "doit|doivent|devez|devons|devra|devrez|devront|faut|obligatoire|obligatoires"
        "|nécessaire|requis|requise|tenu de|tenus de",
    },
    quantifier={
        "all": "tout|toute|tous|toutes|chaque|toujours|entier|entière|intégral|intégralement",
        "some": "certains|certaines|quelques|plusieurs|parfois|souvent|partiel|partiellement",
        "only": "seulement|uniquement|seul|seule|seuls|seules|exclusivement",
        "unlimited": (
            "illimité|illimitée|illimités|sans limite|à tout moment|n'importe quand|"
            "quand vous voulez|quand vous le souhaitez|sans délai limite|pour toujours"
        ),
    },
    order={"before": "avant|jusqu'au", "after": "après|depuis|suivant|suivants"},
    condition={
        "if": "si|s'|lorsque|quand|à condition que|à condition de|dès que|tant que",
        "except": "sauf|excepté|hormis|à l'exception|à moins que|à moins de",
        "but": "mais|cependant|toutefois|bien que",
    },
    scope="pour|avec|en|dans|à|au|aux|chez|sur|par|qui|dont|pendant|via|lors",
    ignorable="le la les l' un une des également aussi donc veuillez simplement",
    openers="veuillez noter que|notez que|par ailleurs|en outre|de plus|en bref|également",
    coordinators="et",
    greeting=(
        "bonjour|bonsoir|salut|cher|chère|chers",
        "(?:bonjour |cher |chère )?(?:madame(?:, monsieur)?|monsieur|cliente?|à tous)",
    ),
    courtesy=(
        "(?:bien |très )?(?:cordialement|amicalement)(?: à vous)?|sincères salutations"
        "|meilleures salutations|salutations distinguées|bien à vous",
        "(?:un grand |bien )?merci(?: beaucoup| d'avance| encore)?",
        "(?:nous vous remercions|merci(?: beaucoup)?|je vous remercie) (?:de|pour) votre (?:\\w+ )?"
        "(?:message|e-?mail|courriel|question|patience|compréhension|commande|demande|confiance"
        "|retour|intérêt)",
        "merci (?:de nous avoir (?:écrit|contactés?)|d'avoir pris contact(?: avec nous)?)",
        "(?:nous sommes |je suis )?(?:vraiment |sincèrement )?désolée?s?(?: (?:pour|de) (?:le|la|ce"
        "|cette|tout) (?:\\w+ )?(?:retard|désagrément|gêne|attente))?",
        "nous (?:nous excusons|vous prions de nous excuser)(?: pour (?:le|la|ce|cette|tout) "
        "(?:\\w+ )?"
        "(?:retard|désagrément|gêne|attente))?",
        "(?:bonne|belle|excellente) (?:journée|soirée|semaine)|bon week-end|je vous en prie|de "
        "rien",
        "sources? ?:?",
    ),
    question="(?:puis-je|pouvons-nous|dois-je|pou(?:vez|rriez)-vous|avez-vous|êtes-vous"
    "|souhaitez-vous|est-ce que vous"
    "|qui|que|quel|quelle|quels|quelles|quand|où|comment|pourquoi|combien|de quel|de quelle"
    "|sur quelle|à quelle|s'agit-il)\\b(?!.*\\bsa(?:vez|viez)-vous)",
    next_step=(
        f"(?:veuillez |merci de |n'hésitez pas à )?(?:répondez|répondre|répondez-nous)(?: "
        f"simplement"
        f"| tout simplement)? à ce(?:t)? (?:message|e-?mail|courriel){_TAIL}",
        f"(?:écrivez|contactez|dites|envoyez|indiquez|donnez|appelez|répondez)-nous{_TAIL}",
        f"(?:veuillez|merci de|n'hésitez pas à) nous (?:répondre|écrire|contacter|envoyer"
        f"|indiquer|donner|préciser|joindre|confirmer|faire savoir|recontacter){_TAIL}",
        "veuillez vous connecter(?: à votre compte)?",
        f"vous pouvez (?:aussi |également |simplement )?(?:la |le |les |nous )?(?:réserver|trouver"
        f"|répondre|écrire|joindre|contacter|suivre|consulter|télécharger|faire|voir)(?: \\w+)?"
        f"(?: (?:via|par|avec|sous|dans|sur|depuis|à))?(?: (?:le|la|ce|cet|cette|votre|notre))?"
        f"(?: \\w+)? {_CHANNEL}(?: (?:ci-dessous|ci-dessus|suivant))?",
        "(?:un collègue|une collègue|un conseiller|notre équipe|nous) (?:va|allons|reviendra"
        "|reviendrons"
        "|répondra|répondrons|examinera|examinerons|vérifiera|vérifierons|vous répondra"
        "|vous répondrons|reprendra)(?: (?:vers vous|cela|y|au reste de votre message|votre message"
        "|votre demande|examiner|vous répondre|vérifier|et|vous|répondra|rapidement"
        "|dès que possible)){0,6}",
        f"si (?:quelque chose n'est pas clair|vous avez (?:d'autres|des) questions"
        f"|un point n'est pas clair),? (?:répondez|écrivez|contactez|il vous suffit de répondre"
        f"|n'hésitez pas à){_TAIL}",
    ),
    elision=True,
)
