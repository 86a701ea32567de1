"""English."""

from agent.citations.lexicon.words import Words

_CHANNEL = "(?:button|link|form|page|account|app|portal|chat|message|e-?mail|site|website|menu)"
_TAIL = "(?: (?!that\\b|because\\b|since\\b|which\\b|and\\b|so\\b|if\\b|as\\b)[\\w'/-]+){0,12}"

WORDS = Words(
    language="en",
    numbers="one two three four five six seven eight nine ten eleven twelve",
    months="january/jan february/feb march april/apr may june july august/aug "
    "september/sept/sep october/oct november/nov december/dec",
    weekdays="monday/mondays tuesday/tuesdays wednesday/wednesdays thursday/thursdays "
    "friday/fridays saturday/saturdays sunday/sundays",
    units={
        "minute": "minute minutes min mins",
        "hour": "hour hours hr hrs h",
        "day": "day days",
        "workday": "workday workdays weekday weekdays",
        "week": "week weeks",
        "month": "month months",
        "year": "year years",
    },
    working="working business work",
    calendar="calendar",
    percent="percent|per cent|pct",
    hour_marks="am pm o'clock",
    date_links="of the",
    range_words="to",
    bounds={
        "max": "up to|at most|no more than|not more than|maximum|maximum of|a maximum of|max"
        "|or less|or fewer|no longer than|not exceeding|no later than|at the latest",
        "min": "at least|no less than|no fewer than|not less than|minimum|minimum of|a minimum of"
        "|or more|or longer|from",
        "over": "older than|more than|exceeds|exceed|over|above|longer than|exceeding",
        "under": "younger than|less than|fewer than|under|below|shorter than",
        "about": "about|around|approximately|approx|roughly|nearly|almost",
        "within": "within",
        "exact": "exactly|precisely",
    },
    negation="not|no|never|none|neither|nor|without|nobody|nothing|nowhere|non|no longer|no one"
    "|refuse|refuses",
    modality={
        "may": "may|might|can|could|are allowed to|is allowed to|are able to|is able to"
        "|are entitled to|is entitled to|optional|optionally",
        "must": "must|have to|has to|need to|needs to|needed|shall|are required to|is required to"
        "|required|mandatory|compulsory|obliged",
    },
    quantifier={
        "all": "all|every|each|any|always|everyone|everything|both|entire|whole|full|fully",
        "some": "some|certain|sometimes|several|many|most|few|often|usually|generally|partly"
        "|partially|partial|half",
        "only": "only|solely|exclusively|just",
        "unlimited": (
            "unlimited|indefinitely|unrestricted|without limit|any time|at any time|"
            "anytime|whenever you like|whenever you want|whenever you wish|forever|"
            "as long as you like|no time limit|without a deadline|no deadline"
        ),
    },
    order={"before": "before|prior to|until|till", "after": "after|following|since"},
    condition={
        "if": "if|when|provided|provided that|as long as|in case|once|whenever|where|while",
        "except": "except|unless|excluding|apart from|other than|except for",
        "but": "but|however|although|though",
    },
    scope="for|with|in|within|to|from|at|on|by|of|who|that|which|whose|through|via|during|per",
    ignorable="the a an please kindly also then simply therefore thus",
    openers="please note that|please note|note that|also|in addition|additionally|in short"
    "|as a reminder|to answer your question|according to our policy",
    coordinators="and",
    greeting=(
        "hello|hi|hey|dear|good (?:morning|afternoon|evening|day)",
        "dear (?:customer|colleague|sir or madam|all|team)|hi there|hello there",
    ),
    courtesy=(
        "(?:(?:with )?(?:kind|best|warm|kindest) (?:regards|wishes)|regards|best|cheers"
        "|yours (?:sincerely|faithfully|truly)|sincerely(?: yours)?|many thanks|all the best)",
        "(?:thank you|thanks|many thanks)(?: very much| so much| again)?",
        "(?:thank you|thanks|many thanks)(?: very much| so much| again)? for (?:your|the) "
        "(?:\\w+ )?"
        "(?:message|e-?mail|mail|question|patience|understanding|order|request|feedback|help|reply"
        "|enquiry|inquiry|interest|trust|details|information|photos?)(?: and patience)?",
        "(?:thank you|thanks)(?: very much| so much)? for (?:writing(?: to us)?|contacting us"
        "|reaching out(?: to us)?|getting in touch(?: with us)?|letting us know|asking)",
        "(?:we are|we're|i am|i'm)?(?: very| so| really)? ?sorry(?: (?:about that|about this"
        "|for (?:the|any|this) (?:\\w+ )?(?:delay|inconvenience|trouble|wait|confusion)"
        "|to hear (?:that|this|about this|about that)))?",
        "we apologi[sz]e(?: for (?:the|any|this) (?:\\w+ )?(?:delay|inconvenience|trouble|wait))?",
        "(?:we |i )?hope (?:this|that) (?:helps|answers your question)",
        "(?:have|wish you|we wish you) a (?:nice|good|great|lovely|pleasant) "
        "(?:day|evening|weekend|week)(?: ahead)?",
        "(?:you are|you're) welcome|welcome|congratulations|my pleasure",
        "sources?:?",
    ),
    question="(?:could|can|would|will|may|shall|should) (?:you|we|i) |(?:do|did|are|were|have) "
    "you (?!know\\b"
    "|aware"
    "\\b|realis|realiz)|(?:which|what|when|where|who|why|how|is there anything|is it|is this|was "
    "it)\\b",
    next_step=(
        f"(?:just |please |simply |kindly )*(?:reply|answer|respond|write|get in touch|come back)"
        f"(?: (?:to (?:us|this)|with us|back|here)\\b{_TAIL})?",
        f"(?:please |kindly |just |simply )*(?:let us know|contact us|call us|tell us|send us"
        f"|write to us|give us){_TAIL}",
        f"(?:please |kindly )(?:share|attach|confirm|provide|describe|send|check) (?:us |me )?"
        f"(?:your|the|a|an|this|which|what){_TAIL} (?:number|photos?|pictures?|details|address"
        f"|e-?mail"
        f"|name|reason|size|colou?r|date|problem|receipt){_TAIL}",
        "(?:please |kindly )(?:sign in|log in)(?: to (?:your|the) account)?",
        f"(?:please |kindly )(?:click|open|use|see|follow|check)(?: on)?(?: (?:the|this|your|our))?"
        f"(?: \\w+)? {_CHANNEL}(?: (?:below|above|here))?",
        f"you (?:can|may|could) (?:also |always |simply |just )?(?:book|find|reply|write|reach"
        f"|contact"
        f"|use|open|see|check|follow|track|download|view|do)(?: (?:it|us|this|that|them|here|to))*"
        f"(?: (?:via|through|with|using|under|in|on|at|from|by))?(?: (?:the|this|your|our|my))?"
        f"(?: \\w+)? {_CHANNEL}(?: (?:below|above|here))?",
        "(?:a colleague|our team|we|i|someone)(?: will|'ll) (?:look into (?:this|it)|get back to "
        "you"
        "|be in touch|reply to you|answer the rest|come back to you|check(?: this| it)?"
        "|let you know)(?: (?:and (?:reply|get back|answer|write) to you"
        "|soon|shortly|as soon as (?:possible|we can)))*",
        "if (?:anything is unclear|you have (?:any )?(?:more |further |other )?questions"
        f"|you need (?:anything else|more help|help)),? (?:just |please |simply )*"
        f"(?:reply|write|let us know|contact us|get in touch){_TAIL}",
    ),
    contractions={
        "can't": "can not",
        "cannot": "can not",
        "won't": "will not",
        "shan't": "shall not",
        "don't": "do not",
        "doesn't": "does not",
        "didn't": "did not",
        "isn't": "is not",
        "aren't": "are not",
        "wasn't": "was not",
        "weren't": "were not",
        "haven't": "have not",
        "hasn't": "has not",
        "hadn't": "had not",
        "mustn't": "must not",
        "needn't": "need not",
        "couldn't": "could not",
        "shouldn't": "should not",
        "wouldn't": "would not",
        "mightn't": "might not",
        "we're": "we are",
        "you're": "you are",
        "they're": "they are",
        "i'm": "i am",
        "we'll": "we will",
        "you'll": "you will",
        "it'll": "it will",
        "they'll": "they will",
        "we've": "we have",
        "you've": "you have",
        "they've": "they have",
    },
)
