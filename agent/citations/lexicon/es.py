"""Spanish."""

from agent.citations.lexicon.words import Words

_TAIL = "(?:,? (?!que\\b|porque\\b|pues\\b|y\\b|si\\b)[\\w/-]+){0,14}"
_CHANNEL = "(?:botón|enlace|formulario|página|cuenta|aplicación|app|portal|chat|mensaje|correo|web)"

WORDS = Words(
    language="es",
    numbers="- dos tres cuatro cinco seis siete ocho nueve diez once doce",
    months="enero febrero marzo abril mayo junio julio agosto septiembre/setiembre octubre "
    "noviembre diciembre",
    weekdays="lunes martes miércoles jueves viernes sábado/sábados domingo/domingos",
    units={
        "minute": "minuto minutos min",
        "hour": "hora horas h",
        "day": "día días",
        "week": "semana semanas",
        "month": "mes meses",
        "year": "año años",
    },
    working="hábil hábiles laborable laborables laboral laborales",
    calendar="natural naturales",
    percent="por ciento|por cien",
    hour_marks="",
    date_links="de del",
    range_words="a",
    bounds={
        "max": "hasta|como máximo|máximo|un máximo de|no más de|a más tardar|o menos|máx",
        "min": "al menos|como mínimo|mínimo|un mínimo de|no menos de|a partir de|desde|o más"
        "|por lo menos",
        "over": "mayores de|mayor de|más de|superan|supera|superen|superior a|por encima de",
        "under": "menores de|menor de|menos de|inferior a|por debajo de",
        "about": "unos|unas|aproximadamente|alrededor de|cerca de|aprox",
        "within": "dentro de|en un plazo de|en el plazo de",
        "exact": "exactamente",
    },
    negation="no|nunca|jamás|ningún|ninguno|ninguna|sin|nada|nadie|tampoco|ni",
    modality={
        "may": "puede|pueden|puedes|podemos|podrá|podrán|podría|podrían|posible|permitido|permitida"
        "|opcional",
        "must": "debe|deben|debes|deberá|deberán|debería|tiene que|tienen que|hay que|obligatorio"
        "|obligatoria|necesario|necesaria|requiere",
    },
    quantifier={
        "all": "todo|toda|todos|todas|cada|siempre|cualquier|entero|entera|íntegro|íntegramente",
        "some": "algunos|algunas|algún|alguna|ciertos|ciertas|varios|varias|a veces|parcial"
        "|parcialmente",
        "only": "solo|sólo|solamente|únicamente|exclusivamente",
        "unlimited": (
            "ilimitado|ilimitada|sin límite|en cualquier momento|cuando quiera|"
            "cuando quieras|sin plazo|para siempre"
        ),
    },
    order={"before": "antes", "after": "después|tras|siguientes|siguiente"},
    condition={
        "if": "si|cuando|siempre que|en caso de|una vez|mientras",
        "except": "salvo|excepto|a menos que|a excepción",
        "but": "pero|sin embargo|aunque|sino",
    },
    scope="para|con|en|a|al|por|de|del|que|quien|quienes|cuyo|durante|mediante|vía",
    ignorable="el la los las lo un una también entonces simplemente además",
    openers="tenga en cuenta que|le informamos de que|además|asimismo|en resumen|también",
    coordinators="y e",
    greeting=(
        "hola|buenos días|buenas tardes|buenas noches|estimado|estimada|querido|querida",
        "(?:estimado|estimada|estimados) (?:cliente|clienta|señor|señora|señores)|buenas|muy "
        "buenas",
    ),
    courtesy=(
        "(?:un )?(?:cordial |atento )?saludo|(?:con )?(?:saludos|saludos cordiales|un abrazo)"
        "|atentamente|reciba un cordial saludo",
        "(?:muchas |mil )?gracias(?: de antemano| de nuevo)?",
        "(?:muchas gracias|gracias|le agradecemos|le damos las gracias) por (?:su|tu|el|la) "
        "(?:\\w+ )?"
        "(?:mensaje|correo|consulta|pregunta|paciencia|comprensión|pedido|solicitud|confianza"
        "|interés"
        "|respuesta|ayuda)",
        "(?:muchas )?gracias por (?:escribirnos|contactarnos|ponerse en contacto(?: con nosotros)?"
        "|contactar con nosotros|avisarnos)",
        "(?:lo sentimos(?: mucho)?|sentimos|lamentamos|disculpe|perdón)(?: (?:la|el|las|los) "
        "(?:\\w+ )?"
        "(?:molestias|retraso|inconvenientes|espera|demora))?",
        "(?:que tenga|le deseamos) (?:un )?(?:buen|feliz|buena) (?:día|tarde|fin de semana|semana)"
        "|de nada|con mucho gusto",
        "fuentes?:?",
    ),
    question="¿?(?:puedo|debo|podría|puede|podrías|puedes|podemos|tiene|quiere|desea|quién|qué"
    "|cuál|cuáles"
    "|cuándo"
    "|dónde|cómo|por qué|cuánto|cuánta|cuántos|a qué|de qué|se trata)\\b(?! saber que)",
    next_step=(
        f"(?:por favor,? )?(?:responda|conteste|escriba|responde)(?: (?:sin más|simplemente"
        f"|usted))*"
        f" a este (?:mensaje|correo){_TAIL}",
        f"(?:por favor,? )?(?:escríbanos|envíenos|indíquenos|díganos|contáctenos|llámenos"
        f"|facilítenos"
        f"|respóndanos|confírmenos|háganos saber|póngase en contacto con nosotros){_TAIL}",
        f"(?:también )?puede (?:reservarlo|reservarla|encontrarlo|encontrarla|hacerlo|verlo"
        f"|escribirnos"
        f"|responder|seguirlo|consultarlo|descargarlo|contactarnos)(?: (?:a|en|por|con|desde"
        f"|mediante"
        f"|a través de|este|esta|el|la|su|nuestro|nuestra|del|de)){{0,4}}(?: \\w+)? {_CHANNEL}"
        f"(?: (?:siguiente|de abajo|de arriba))?",
        "(?:un compañero|una compañera|un agente|nuestro equipo|un compañero o una compañera)"
        " (?:revisará|responderá|le responderá|contestará|lo revisará|se pondrá)(?: (?:esto|el "
        "resto"
        "|de su mensaje|su mensaje|su caso|y|le|responderá|en contacto|con usted|lo antes posible"
        "|en breve)){0,7}",
        f"si (?:algo no está claro|tiene (?:más|otras|alguna|cualquier) (?:preguntas?|dudas?|duda)"
        f"|necesita algo más),? (?:responda|escríbanos|escriba|conteste|no dude en){_TAIL}",
    ),
)
