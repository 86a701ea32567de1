"""How mail programs and people mark a quote, a forward, a closing and a device, by language."""

import re

#: "On … wrote:" and its like. Lines are joined before they are matched, and never over 500 long.
ATTRIBUTION = re.compile(
    r"(?:"
    r"on .{3,300} wrote"  # EN
    r"|le .{3,300} a écrit"  # FR
    r"|am .{3,300}? (?:schrieb .{1,200}|hat .{1,200} geschrieben)"  # DE
    r"|.{1,200} schrieb am .{3,200}"
    r"|el .{3,300} escribió"  # ES
    r"|op .{3,300}? (?:schreef .{1,200}|heeft .{1,200} geschreven)"  # NL
    r"|.{1,200} schreef op .{3,200}"
    r"|il .{3,300} ha scritto"  # IT
    r"|em .{3,300} escreveu"  # PT
    r"|.{3,300} (?:napisał|napisała|napisał\(a\)|pisze|pisał|pisała)"  # PL
    r") ?:",
    re.IGNORECASE,
)
#: A date or an address stands in every attribution a program writes, seldom in "you wrote:".
BY_PROGRAM = re.compile(r"\d|@|<")

FORWARDED = re.compile(
    r"[-_ ]{0,40}(?:begin )?(?:"
    r"original(?: e-?mail)? message|forwarded message|original appointment"
    r"|ursprüngliche (?:nachricht|e-?mail)|weitergeleitete (?:nachricht|e-?mail)"
    r"|anfang der weitergeleiteten (?:nachricht|e-?mail)"
    r"|message d['’]origine|message (?:original|transféré|réexpédié)"
    r"|début du message (?:transféré|réexpédié)"
    r"|mensaje (?:original|reenviado)|inicio del mensaje reenviado"
    r"|messaggio (?:originale|inoltrato)|inizio messaggio inoltrato|inizio del messaggio inoltrato"
    r"|oorspronkelijk bericht|origineel bericht|(?:begin )?doorgestuurd bericht"
    r"|oryginalna wiadomość|wiadomość oryginalna|wiadomość przekazana"
    r"|przekazana wiadomość|początek przekazanej wiadomości"
    r") ?:?[-_ ]{0,40}",
    re.IGNORECASE,
)
RULE = re.compile(r"[_-]{10,200}")

_LABEL = r"[*>_ ]{{0,4}}(?:{}) ?\*? ?:\*? ?.{{0,1000}}"
FROM = re.compile(_LABEL.format("from|von|de|da|van|od|expéditeur|mittente|nadawca"), re.I)
HEADER = re.compile(
    _LABEL.format(
        "sent|date|to|cc|subject|gesendet|datum|an|betreff|envoyé|à|a|objet|enviado|enviado el"
        "|fecha|para|asunto|inviato|data|per|oggetto|verzonden|aan|onderwerp|wysłano|wysłane|do"
        "|dw|temat"
    ),
    re.I,
)
SUBJECT = re.compile(_LABEL.format("subject|betreff|objet|asunto|oggetto|onderwerp|temat"), re.I)

SENT_FROM = re.compile(
    r"(?:"
    r"sent from (?:my |outlook|yahoo|mail for|proton|samsung|the )"
    r"|sent (?:via|with) (?:proton|bluemail|outlook|the|my)|get outlook for"
    r"|von meinem .{1,40} gesendet|gesendet (?:von|mit|aus|über)\b"
    r"|diese nachricht wurde von meinem .{1,80} gesendet"
    r"|envoyé (?:de|depuis|à partir d|avec|via)|télécharge[rz] outlook|obtenir outlook"
    r"|enviado (?:desde|con|de mi)|obtener outlook|descargar outlook"
    r"|inviato (?:da|dal|con)\b|ottieni outlook|scarica outlook"
    r"|(?:verstuurd|verzonden) (?:vanaf|met|via|vanuit)|outlook voor .{1,20} downloaden"
    r"|download outlook"
    r"|wysłan[eoay] (?:z|za pomocą|przy)\b|pobierz (?:aplikację )?outlook"
    r").{0,100}",
    re.IGNORECASE,
)

CLOSINGS: tuple[str, ...] = (
    *("regards", "kind regards", "best regards", "warm regards", "kindest regards", "best wishes"),
    *("many thanks", "thanks", "thank you", "thanks in advance", "thank you in advance", "cheers"),
    *(
        "thanks a lot",
        "thanks so much",
        "thanks a million",
        "thank you very much",
        "with thanks",
        "best",
        "sincerely",
    ),
    *(
        "yours sincerely",
        "yours faithfully",
        "sincerely yours",
        "all the best",
        "with kind regards",
    ),
    *("mit freundlichen grüßen", "mit freundlichen grüssen", "mit freundlichem gruß", "mfg", "lg"),
    *("freundliche grüße", "freundliche grüsse", "viele grüße", "viele grüsse", "liebe grüße"),
    *("beste grüße", "beste grüsse", "herzliche grüße", "schöne grüße", "gruß", "grüße", "vg"),
    *("danke", "vielen dank", "danke im voraus", "vielen dank im voraus", "besten dank"),
    *("cordialement", "bien cordialement", "très cordialement", "bien à vous", "salutations"),
    *("sincères salutations", "meilleures salutations", "salutations distinguées", "merci"),
    *("merci d'avance", "merci par avance", "merci beaucoup", "bonne journée", "à bientôt"),
    *("saludos", "un saludo", "saludos cordiales", "un cordial saludo", "atentamente", "gracias"),
    *("muchas gracias", "gracias de antemano", "cordialmente", "muchas gracias de antemano"),
    *("cordiali saluti", "distinti saluti", "saluti", "un saluto", "grazie", "grazie mille"),
    *("grazie in anticipo", "molte grazie", "buona giornata", "un cordiale saluto"),
    *("met vriendelijke groet", "met vriendelijke groeten", "vriendelijke groet", "mvg", "groet"),
    *("vriendelijke groeten", "groeten", "groetjes", "hartelijke groet", "hartelijke groeten"),
    *("bedankt", "alvast bedankt", "bij voorbaat dank", "dank je wel", "dank u wel"),
    *("hoogachtend", "met hartelijke groet"),
    *("pozdrawiam", "serdecznie pozdrawiam", "pozdrawiam serdecznie", "pozdrowienia"),
    *("z poważaniem", "z wyrazami szacunku", "dziękuję", "z góry dziękuję", "dzięki"),
    *("dziękuję z góry", "dziękuję i pozdrawiam"),
)

#: Words that make a line below a closing a part of the question, not of a business card.
STILL_CONTENT = re.compile(
    r"\?|^p\.?\s?s\b|\b(?:order|orders|bestell\w*|auftrag\w*|commande\w*|pedido\w*|ordine\w*|ordini"
    r"|bestelling\w*|zamówieni\w*|refund|return|invoice|rechnung|facture|factura|fattura|factuur"
    r"|faktura)\b",
    re.IGNORECASE,
)
