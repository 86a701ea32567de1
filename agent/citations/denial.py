"""Guards of what turns a statement round: denials, opposites, order and signs."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from agent.citations.findings import Finding, Span, around, finding
from agent.citations.lexicon import lexicon
from agent.citations.lexicon.concepts import concepts
from agent.citations.limits import beyond
from agent.citations.pairing import Pairing, Part
from agent.citations.reading import Reading
from agent.citations.sides import (
    both_sides,
    claimed_quantities,
    cue_finding,
    cues_in,
    every_token,
    is_exception,
    modalities,
    quantities,
)
from agent.citations.terms import PREDICATE, keys_of

Watch = Callable[[Reading, frozenset[int]], set[str]]


def negation(pairing: Pairing, passage: Sequence[Pairing]) -> Iterator[Finding]:
    """A claim denies what its source clause denies, in whatever words."""
    if not (pairing.claim.polar or pairing.source.polar):
        return
    for part in merged(pairing):
        if part.covered < 0.65 or not part.home or not _surely_turned(pairing, part):
            continue
        if beyond(pairing):
            continue
        ours = _denials(pairing.claim, part.claim)
        theirs = _denials(pairing.source, part.home)
        if not ours and not theirs:
            continue
        said, found = both_sides(pairing, ours, theirs)
        yield finding("negation", pairing.claim, pairing.source, said, found, conflict=True)
        return


def verbatim(pairing: Pairing, passage: Sequence[Pairing]) -> Iterator[Finding]:
    """In the source's own words, every word that a guard watches is the same too."""
    if pairing.words < 0.9:
        return
    whole = Part(claim=every_token(pairing.claim), home=_homes(pairing), covered=pairing.words)
    claim, source = pairing.claim, pairing.source
    same = pairing.back >= 0.85
    if _uneven(pairing, same) and not beyond(pairing):
        ours, theirs = _denials(claim, whole.claim), _denials(source, whole.home)
        more = len(ours) > len(theirs)
        said, found = both_sides(pairing, ours if more else [], [] if more else theirs)
        yield finding("negation", claim, source, said, found, conflict=True)
    if not same:
        return
    if _limits(claim, whole.claim) != _limits(source, whole.home):
        said = claim.tokens[0].start, claim.tokens[-1].end
        yield finding("bound", claim, source, said, None, conflict=True)
    watched: dict[str, tuple[Watch, Watch]] = {
        "modality": (modalities, modalities),
        "quantifier": (claimed_quantities, quantities),
    }
    for guard, (of_claim, of_source) in watched.items():
        mine, theirs = of_claim(claim, whole.claim), of_source(source, whole.home)
        if guard == "modality":
            clash = mine != theirs and ("must" in mine or (mine == {"may"} and "must" in theirs))
        else:
            clash = bool((mine ^ theirs) & {"some", "only", "unlimited"})
        if clash:
            yield from cue_finding(guard, pairing, whole, conflict=True)


def _homes(pairing: Pairing) -> frozenset[int]:
    """The clauses that the claim speaks of; all, where it has every content word of them."""
    if pairing.words == 1.0 and _whole(pairing):
        return every_token(pairing.source)  # a clause of function words alone has no home
    return frozenset[int]().union(*(part.home for part in pairing.parts))


def _surely_turned(pairing: Pairing, part: Part) -> bool:
    """Turned, and no other clause that says nearly as much would agree."""
    if not turned(pairing, part):
        return False
    others = () if part.covered >= 0.8 else part.others
    return all(turned(pairing, replace(part, home=other)) for other in others)


def _limits(reading: Reading, tokens: frozenset[int]) -> Counter[str]:
    """Words of bound and order, also where no number stands beside them."""
    beside = {slot.bound.first for slot in reading.slots if slot.bound}
    found: Counter[str] = Counter()
    at = 0
    while at < len(reading.keys):
        phrase = next(
            (
                one
                for one in lexicon(reading.language).phrases.get(reading.keys[at], ())
                if one.guard == "bound" and reading.keys[at : at + len(one.words)] == one.words
            ),
            None,
        )
        if phrase is not None and phrase.value in _LIMITING and at not in beside and at in tokens:
            found[phrase.value] += 1
        at += len(phrase.words) if phrase else 1
    return found


_LIMITING = frozenset({"max", "min", "over", "under", "before", "after"})


def _uneven(pairing: Pairing, same: bool) -> bool:
    """In the same words, as many denials on one side as on the other."""
    ours, theirs = every_token(pairing.claim), _homes(pairing)
    counts = [
        sum(cue.guard == "negation" or is_exception(cue) for cue in cues_in(one, tokens))
        for one, tokens in ((pairing.claim, ours), (pairing.source, theirs))
    ]
    words = _against(_turns(pairing.claim, ours)) ^ _against(_turns(pairing.source, theirs))
    more = counts[0] > counts[1] and pairing.parts[0].clauses == 1
    return not words and (counts[0] != counts[1] if same else more)


def _whole(pairing: Pairing) -> bool:
    """Whether the claim has every content word of the sentence."""
    known = pairing.claim.places
    content = (meant for meant in pairing.source.terms if meant.weight >= PREDICATE)
    return all(keys_of(meant)[0] in known for meant in content)


def merged(pairing: Pairing) -> list[Part]:
    """The parts of a claim, with those that rest on one clause of the source as one."""
    found: list[Part] = []
    for part in pairing.parts:
        same = next((p for p in found if p.home & part.home), None)
        if same is None:
            found.append(part)
            continue
        found[found.index(same)] = Part(
            claim=same.claim | part.claim,
            home=same.home | part.home,
            covered=min(same.covered, part.covered),
            clauses=max(same.clauses, part.clauses),
            others=tuple(home for home in same.others if home in part.others),
        )
    return found


def turned(pairing: Pairing, part: Part) -> bool:
    """Whether one side denies what the other states: an odd number of denials between them."""
    claim, source = pairing.claim, pairing.source
    if not (claim.polar or source.polar):
        return False
    odd = is_denied(claim, part.claim) != is_denied(source, part.home)
    ours, theirs = _turns(claim, part.claim), _turns(source, part.home)
    if _elsewhere(claim, part.claim) and _elsewhere(source, part.home):
        ours, theirs = ours - {"outside"}, theirs - {"outside"}  # `outside the city`, `elsewhere`
    odd ^= bool(_against(ours) - _against(theirs))
    odd ^= bool(_against(theirs) - _against(ours))
    odd ^= _costless(pairing, part)
    return odd ^ (len(_opposites(ours, theirs)) % 2 == 1)


_FREE = frozenset({"include", "end"})  #: a price that is included, or lapses
_PRICED = 3  #: words after a denial within which the price stands that it denies
_NOTHING = frozenset(["nothing", "nichts", "rien", "nada", "niets", "niente", "nulla", "nic"])


def _costless(pairing: Pairing, part: Part) -> bool:
    """Whether one side denies a price where the other says `included`: both say the same."""
    claim, source = pairing.claim, pairing.source
    sides = ((claim, part.claim), (source, part.home))
    free = [_FREE & frozenset[str]().union(*(r.terms[i].meanings for i in t)) for r, t in sides]
    denied = [is_denied(reading, tokens) for reading, tokens in sides]
    return any(
        denied[one]
        and not denied[1 - one]
        and free[1 - one]
        and not free[one]
        and _denies_a_price(*sides[one])
        for one in (0, 1)
    )


def _denies_a_price(reading: Reading, tokens: frozenset[int]) -> bool:
    """`No fee`, `is not charged`, `costs nothing`; not `the price does not cover it`."""
    for cue in cues_in(reading, tokens):
        if cue.guard != "negation":
            continue
        around = range(cue.last + 1, cue.last + 1 + _PRICED)
        if reading.keys[cue.first] in _NOTHING:
            around = range(cue.first - _PRICED, cue.last + 1 + _PRICED)
        if any("pay" in reading.terms[i].meanings for i in around if i in tokens):
            return True
    return False


def is_denied(reading: Reading, tokens: frozenset[int]) -> bool:
    cues = cues_in(reading, tokens)
    words = [reading.keys[cue.first] for cue in cues if cue.guard == "negation"]
    without = any(word in WITHOUT for word in words)
    plain = any(word not in WITHOUT for word in words)
    return plain ^ without ^ any(is_exception(cue) for cue in cues)


def denies(reading: Reading, tokens: frozenset[int]) -> bool:
    """Whether plain words or the meaning of words deny, an odd number of times in all."""
    plain = any(c.guard == "negation" for c in cues_in(reading, tokens))
    return plain != bool(_against(_turns(reading, tokens)) - {"free", "outside"})


WITHOUT = frozenset(["without", "sans", "ohne", "sin", "zonder", "senza", "bez"])


def _denials(reading: Reading, tokens: frozenset[int]) -> list[int]:
    cues = [c.first for c in cues_in(reading, tokens) if c.guard == "negation" or is_exception(c)]
    words = [i for i in sorted(tokens) if _turning(reading, i)]
    return cues + words


def _turning(reading: Reading, i: int) -> bool:
    return any(concepts()[name].group == "against" for name in reading.terms[i].turns)


def _turns(reading: Reading, tokens: frozenset[int]) -> frozenset[str]:
    return frozenset[str]().union(*(reading.terms[i].turns for i in tokens))


def _elsewhere(reading: Reading, tokens: frozenset[int]) -> bool:
    """Whether it speaks of other places: `elsewhere`, `outside the city`, `other shops`."""
    return any(
        "elsewhere" in reading.terms[i].meanings or reading.keys[i] in _OTHER for i in tokens
    )


_OTHER = frozenset(
    [
        *["other", "another", "autre", "autres", "andere", "anderen", "anderer", "anderes"],
        *["ander", "otro", "otra", "otros", "otras", "altro", "altra", "altri", "altre"],
        *["inny", "inna", "inne", "innych", "innym"],
    ]
)


def _against(turns: frozenset[str]) -> frozenset[str]:
    return frozenset(name for name in turns if concepts()[name].group == "against")


def _opposites(ours: frozenset[str], theirs: frozenset[str]) -> list[str]:
    """Words of the claim whose opposite the source has instead; order is a guard of its own."""
    return [
        name
        for name in sorted(ours - theirs)
        if (other := concepts()[name].opposite)
        and other in theirs
        and other not in ours
        and name not in ("earlier", "later")
    ]


def opposite(pairing: Pairing, passage: Sequence[Pairing]) -> Iterator[Finding]:
    """`open` is not `closed`, and `optional` is not `compulsory`."""
    if not (pairing.claim.polar and pairing.source.polar):
        return
    for part in merged(pairing):
        ours, theirs = _turns(pairing.claim, part.claim), _turns(pairing.source, part.home)
        names = _opposites(ours, theirs)
        if part.covered < 0.5 or not names or not turned(pairing, part):
            continue
        other = concepts()[names[0]].opposite or ""
        said = _where(pairing.claim, part.claim, names[0])
        found = _where(pairing.source, part.home, other)
        yield finding("wording", pairing.claim, pairing.source, said, found, conflict=True)
        return


def order(pairing: Pairing, passage: Sequence[Pairing]) -> Iterator[Finding]:
    """`before` is not `after`."""
    if not pairing.claim.polar:
        return
    for part in pairing.parts:
        ours = _turns(pairing.claim, _unbounding(pairing.claim, part.claim)) & _ORDER
        theirs = _turns(pairing.source, _unbounding(pairing.source, part.home)) & _ORDER
        added = ours == frozenset({"earlier"}) and not theirs and _counts_back(pairing, part)
        if part.covered < 0.5 or not (added or (len(ours) == len(theirs) == 1 and ours != theirs)):
            continue
        if added:
            said = _where(pairing.claim, part.claim, "earlier")
            yield finding("order", pairing.claim, pairing.source, said, None, conflict=True)
            return
        said = _where(pairing.claim, part.claim, min(ours))
        found = _where(pairing.source, part.home, min(theirs))
        yield finding("order", pairing.claim, pairing.source, said, found, conflict=True)
        return


_ORDER = frozenset({"earlier", "later"})


def _unbounding(reading: Reading, tokens: frozenset[int]) -> frozenset[int]:
    """Tokens without those that bound a date, which are compared beside it: `before 31 May`."""
    dates = [one.bound for one in reading.slots if one.bound and one.slot.kind == "date"]
    return tokens - {i for cue in dates for i in range(cue.first, cue.last + 1)}


def _counts_back(pairing: Pairing, part: Part) -> bool:
    """`30 days before it`, where the source has `30 days` of it."""
    claim, back = pairing.claim, pairing.back >= 0.6
    return back and any(
        one.slot.kind == "duration"
        and one.token in part.claim
        and pairing.links[one.token] >= 0
        and one.token + 1 < len(claim.tokens)
        and "earlier" in claim.terms[one.token + 1].turns
        for one in claim.slots
    )


def sign(pairing: Pairing, passage: Sequence[Pairing]) -> Iterator[Finding]:
    """A sign such as `≥` or a cross stands on both sides or on none."""
    claim, source = pairing.claim, pairing.source
    ours, theirs = (
        {t.key: i for i, t in enumerate(one.tokens) if t.kind == "sign"} for one in (claim, source)
    )
    odd = sorted(ours.keys() ^ theirs.keys())
    if not pairing.near or not odd:
        return
    said = [ours[key] for key in odd if key in ours]
    found = [theirs[key] for key in odd if key in theirs]
    yield finding("sign", claim, source, *both_sides(pairing, said, found), conflict=True)


def is_negated(reading: Reading) -> bool:
    """Whether a sentence denies something, in plain words or by what its words mean."""
    return is_denied(reading, frozenset(range(len(reading.tokens)))) or bool(
        _against(_turns(reading, frozenset(range(len(reading.tokens)))))
    )


def _where(reading: Reading, tokens: frozenset[int], name: str) -> Span | None:
    at = next((i for i in sorted(tokens) if name in reading.terms[i].turns), None)
    return around(at, reading, before=0, after=0) if at is not None else None
