"""Polish."""

from agent.citations.lexicon.words import Words

_TAIL = "(?:,? (?!że\\b|ponieważ\\b|bo\\b|i\\b|jeśli\\b|więc\\b)[\\w/-]+){0,14}"

WORDS = Words(
    language="pl",
    numbers="- dwa/dwie/dwóch trzy/trzech cztery/czterech pięć/pięciu sześć/sześciu siedem/siedmiu "
    "osiem/ośmiu dziewięć/dziewięciu dziesięć/dziesięciu jedenaście/jedenastu dwanaście/dwunastu",
    months="stycznia/styczeń/styczniu lutego/luty/lutym marca/marzec/marcu "
    "kwietnia/kwiecień/kwietniu "
    "maja/maj/maju czerwca/czerwiec/czerwcu lipca/lipiec/lipcu sierpnia/sierpień/sierpniu "
    "września/wrzesień/wrześniu października/październik/październiku "
    "listopada/listopad/listopadzie "
    "grudnia/grudzień/grudniu",
    weekdays="poniedziałek/poniedziałku/poniedziałki wtorek/wtorku/wtorki środa/środę/środy "
    "czwartek/czwartku/czwartki piątek/piątku/piątki sobota/sobotę/soboty "
    "niedziela/niedzielę/niedziele",
    units={
        "minute": "minuta minutę minuty minut min",
        "hour": "godzina godzinę godziny godzin godzinach godz h",
        "day": "dzień dni dnia dniach dniowy dniowego",
        "week": "tydzień tygodnie tygodni tygodnia tygodniach",
        "month": "miesiąc miesiące miesięcy miesiąca miesiącach miesiącami",
        "year": "rok lata lat roku latach rokiem",
    },
    working="roboczy robocze roboczych roboczego",
    calendar="kalendarzowy kalendarzowe kalendarzowych",
    percent="procent|proc",
    hour_marks="",
    date_links="",
    range_words="do",
    bounds={
        "max": "do|maksymalnie|najwyżej|co najwyżej|nie więcej niż|najpóźniej|nie dłużej niż|lub "
        "mniej",
        "min": "co najmniej|przynajmniej|minimum|nie mniej niż|od|lub więcej|minimalnie",
        "over": "starsi niż|ponad|przekracza|przekraczają|więcej niż|powyżej|dłużej niż",
        "under": "młodsi niż|mniej niż|poniżej|krócej niż",
        "about": "około|ok|mniej więcej|prawie",
        "within": "w ciągu|w terminie",
        "exact": "dokładnie",
    },
    negation="nie|nigdy|bez|żaden|żadna|żadne|żadnych|żadnego|żadnej|nic|nikt|ani",
    modality={
        "may": "należy się|należą się|może|mogą|można|możesz|możemy|mógłby|możliwe|dozwolone"
        "|dobrowolne",
        "must": "musi|muszą|musisz|należy|trzeba|powinien|powinna|powinni|wymagane|wymagany"
        "|konieczne"
        "|obowiązkowe",
    },
    quantifier={
        "all": "wszystkie|wszystkich|wszyscy|wszystko|każdy|każda|każde|każdego|każdej|zawsze"
        "|cały|całą"
        "|całość",
        "some": "niektóre|niektórych|niektórzy|niektórym|część|większość|kilku|kilka|czasami"
        "|często|pewne|częściowo|częściowy",
        "only": "tylko|wyłącznie|jedynie",
        "unlimited": (
            "nieograniczony|nieograniczona|nieograniczone|bez limitu|w dowolnym momencie|"
            "w każdej chwili|kiedykolwiek|bezterminowo|na zawsze|bez terminu"
        ),
    },
    order={"before": "przed|zanim", "after": "po|następnie|odkąd"},
    condition={
        "if": "jeśli|jeżeli|gdy|kiedy|pod warunkiem|o ile|w przypadku",
        "except": "oprócz|chyba że|z wyjątkiem|poza",
        "but": "ale|jednak|lecz|chociaż",
    },
    scope="dla|z|ze|w|we|na|przez|u|przy|podczas|który|która|które|których|za",
    ignorable="proszę też również także więc ponadto",
    openers="prosimy pamiętać że|ponadto|poza tym|krótko mówiąc|również",
    coordinators="i oraz",
    greeting=(
        "dzień dobry|witam|cześć|szanowny|szanowna|szanowni|dobry wieczór",
        "(?:szanowny|szanowna|szanowni) (?:panie|pani|państwo|kliencie)|witaj",
    ),
    courtesy=(
        "z poważaniem|(?:serdecznie )?pozdrawiam|pozdrawiamy|(?:z )?(?:serdeczne|serdecznymi"
        "|łączę)? ?"
        "(?:pozdrowienia|pozdrowieniami)|wyrazy szacunku",
        "(?:bardzo |serdecznie )?(?:dziękuję|dziękujemy)(?: bardzo| z góry)?|dzięki",
        "(?:bardzo |serdecznie )?(?:dziękuję|dziękujemy) za (?:\\w+ )?(?:wiadomość|e-?mail|mail"
        "|pytanie"
        "|cierpliwość|wyrozumiałość|zamówienie|zgłoszenie|zaufanie|odpowiedź|kontakt"
        "|zainteresowanie)",
        "(?:bardzo )?(?:przepraszamy|przepraszam|przykro nam)(?: za (?:\\w+ )?(?:opóźnienie"
        "|niedogodności|kłopot|problem))?",
        "(?:życzymy )?(?:miłego|dobrego) (?:dnia|wieczoru|weekendu|tygodnia)|nie ma za co",
        "(?:źródła|źródło):?",
    ),
    question="(?:czy (?:mogę|możemy|mam|mamy|może|mógłby|mogłaby|mogą|możesz|chce|chodzi)|kto"
    "|co|kiedy|gdzie|jak"
    "|dlaczego"
    "|który|która|które|którego|której|o które|ile|jaki|jaka|jakie)\\b",
    next_step=(
        f"(?:prosimy|proszę)(?: (?:o|po prostu))* (?:odpowiedzieć|odpowiedź|odpisać) na (?:tę|te"
        f"|tego)"
        f" (?:wiadomość|maila|mail){_TAIL}",
        f"(?:prosimy|proszę) (?:o )?(?:napisać do nas|przesłać nam|podać nam|dać nam znać"
        f"|skontaktować się z nami|kontakt){_TAIL}",
        "(?:prosimy|proszę) o (?:podanie|przesłanie) numeru zamówienia",
        "(?:można|może pan|może pani|mogą państwo) (?:to |go |ją |je )?(?:zarezerwować|znaleźć"
        "|zrobić"
        "|sprawdzić|pobrać|śledzić)(?: (?:to|go|ją))? (?:przez|za pomocą|na|w|pod)(?: \\w+)? "
        "(?:przycisku|przycisk|linku|link|formularza|formularz|stronie|stronę|koncie|aplikacji"
        "|portalu)",
        "(?:nasz |nasza )?(?:pracownik|konsultant|współpracownik|kolega|koleżanka|zespół)(?: z "
        "zespołu)?"
        " (?:zajmie się|sprawdzi|odpowie|odpisze|przyjrzy się)(?: (?:tym|to|tej|sprawie|sprawą|i|na"
        "|resztę|pozostałą|część|wiadomości|odpowie|odpisze|panu|pani|państwu|wkrótce)){0,9}",
        f"jeśli (?:coś jest niejasne|mają państwo (?:inne |dodatkowe )?pytania|ma pan pytania"
        f"|ma pani pytania),? (?:prosimy|proszę) (?:odpowiedzieć|napisać|o kontakt|o odpowiedź"
        f"|po prostu)"
        f"{_TAIL}",
    ),
)
