"""A claim beside a source sentence, word by word: what is said where, and how much of it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from agent.citations.reading import Reading
from agent.citations.terms import LIGHT, Term, keys_of, likeness

NEAR = 0.6  #: share of a claim's words from which on a changed word is a change, not a paraphrase
_SLOT = 1.0  #: weight of a value beside a content word
_SAME_KIND = 0.3  #: what a value of the same kind is worth
_NEARLY = 0.6  #: share of the best clause's words from which on another may be meant
_FURTHER = 0.45  #: weight of words that only another clause has, from which on it counts as well


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A clause of the claim, and the clause of the source that says most of it."""

    claim: frozenset[int]  #: tokens of the claim
    home: frozenset[int]  #: tokens of the source's clause
    covered: float  #: share of this part's words that the whole sentence has, 0 to 1
    clauses: int = 1  #: of the source, in `home`
    others: tuple[frozenset[int], ...] = ()  #: clauses that say nearly as much


@dataclass(frozen=True, slots=True, kw_only=True)
class Pairing:
    """One claim and one source sentence. Shares are 0 to 1."""

    claim: Reading
    source: Reading
    links: tuple[int, ...]  #: for each token of the claim, that of the source, or -1
    strengths: tuple[float, ...]  #: of the links
    parts: tuple[Part, ...]
    words: float  #: share of the claim's words that the source has
    covered: float  #: the same, with values
    back: float  #: share of the words of the paired source clauses that the claim has

    @property
    def near(self) -> bool:
        return self.words >= NEAR

    @property
    def score(self) -> float:
        return 0.75 * self.covered + 0.25 * self.back


def pair(claim: Reading, source: Reading) -> Pairing:
    """The best pairing of the words of both; order does not count."""
    options = [_options(meant, source) for meant in claim.terms]
    twins = _twins(claim, source)
    surest = tuple([max(option.values()) if option else 0.0 for option in options])
    parts = tuple(_part(claim, source, tokens, options, surest, twins) for tokens in claim.groups)
    links, strengths = _links(options, surest, parts, twins)
    words, covered = _covered(claim, source, strengths, range(len(claim.tokens)), twins)
    return Pairing(
        claim=claim,
        source=source,
        links=links,
        strengths=strengths,
        parts=parts,
        words=words,
        covered=covered,
        back=_back(source, links, parts),
    )


_NOTHING: dict[int, float] = {}
Options = Sequence[dict[int, float]]


def _twins(claim: Reading, source: Reading) -> dict[int, list[int]]:
    """For each value of the claim, by token, the source's values that agree with it."""
    return {
        said.token: [one.token for one in source.slots if one.slot.agrees(said.slot)]
        for said in claim.slots
    }


def _options(meant: Term, source: Reading) -> dict[int, float]:
    """Tokens of the source that a word of the claim may stand for; only the surest."""
    if not meant.weight:
        return _NOTHING
    keys, places = keys_of(meant), source.places
    same = places.get(keys[0])  # one stem: nothing is surer
    if same:
        return dict.fromkeys(same, 1.0)
    found: dict[int, float] = {}
    for key in keys[1:]:
        for at in places.get(key, ()):
            if at not in found:
                found[at] = likeness(meant, source.terms[at])
    if not found:
        return _NOTHING
    best = max(found.values())
    return {at: strength for at, strength in found.items() if strength and strength >= best}


def _part(
    claim: Reading,
    source: Reading,
    tokens: frozenset[int],
    options: Options,
    surest: Sequence[float],
    twins: Mapping[int, Sequence[int]],
) -> Part:
    mass: dict[int, float] = {}
    per_token: list[dict[int, float]] = []
    clauses = source.clauses
    for i in tokens:
        if not options[i]:
            continue
        weight = claim.terms[i].weight  # all options of a word are equally sure
        per_clause = {clauses[at]: strength * weight for at, strength in options[i].items()}
        per_token.append(per_clause)
        for clause, worth in per_clause.items():
            mass[clause] = mass.get(clause, 0.0) + worth
    for token, others in twins.items():
        if token in tokens:
            for other in others:
                clause = clauses[other]
                mass[clause] = mass.get(clause, 0.0) + _SLOT
                per_token.append({clause: _SLOT})
    first = max(mass, key=lambda clause: (mass[clause], -clause), default=-1)
    homes = {first}
    while more := _next_home(homes, per_token):
        homes.add(more[0])
    return Part(
        claim=tokens,
        home=frozenset([i for i, clause in enumerate(clauses) if clause in homes]),
        covered=_covered_words(claim, surest, tokens),
        clauses=len(homes),
        others=tuple(
            frozenset([i for i, clause in enumerate(clauses) if clause == other])
            for other, weight in mass.items()
            if other not in homes and weight >= _NEARLY * mass[first]
        ),
    )


def _next_home(homes: set[int], per_token: Sequence[Mapping[int, float]]) -> list[int]:
    """A further clause that has much of what the ones so far do not have."""
    extra: dict[int, float] = {}
    for worth in per_token:
        if not homes & worth.keys():
            for clause, weight in worth.items():
                extra[clause] = extra.get(clause, 0.0) + weight
    best = max(extra, key=lambda clause: (extra[clause], -clause), default=None)
    return [] if best is None or extra[best] < _FURTHER else [best]


def _links(
    options: Options,
    surest: Sequence[float],
    parts: Sequence[Part],
    twins: Mapping[int, Sequence[int]],
) -> tuple[tuple[int, ...], tuple[float, ...]]:
    """Each word's counterpart, in the clause that its part is paired with if it stands there."""
    links, strengths = [-1] * len(options), list(surest)
    for part in parts:
        home = part.home
        for i in part.claim:
            if options[i]:
                links[i] = min([at for at in options[i] if at in home] or options[i])
    for token, others in twins.items():
        if others:
            links[token], strengths[token] = others[0], 1.0
    return tuple(links), tuple(strengths)


def _covered_words(claim: Reading, strengths: Sequence[float], tokens: Iterable[int]) -> float:
    total = got = 0.0
    for i in tokens:
        weight = claim.terms[i].weight
        total += weight
        got += weight * strengths[i]
    return got / total if total else 0.0


def _covered(
    claim: Reading,
    source: Reading,
    strengths: Sequence[float],
    tokens: Sequence[int],
    twins: Mapping[int, Sequence[int]],
) -> tuple[float, float]:
    """The share of words, and of words and values, that the source has."""
    total = got = 0.0
    for i in tokens:
        weight = claim.terms[i].weight
        total += weight
        got += weight * strengths[i]
    words = got / total if total else 0.0
    kinds = {other.slot.kind for other in source.slots} if twins else set[str]()
    for slot in claim.slots:
        total += _SLOT
        got += _SLOT if twins[slot.token] else _SAME_KIND * (slot.slot.kind in kinds)
    return words, got / total if total else 0.0


def _back(source: Reading, links: Sequence[int], parts: Sequence[Part]) -> float:
    linked = set(links)
    homes = frozenset[int]().union(*(part.home for part in parts))
    total = got = 0.0
    for i in homes:
        weight = _SLOT if source.tokens[i].kind == "slot" else source.terms[i].weight
        total += weight
        got += weight * (i in linked)
    return got / total if total else 0.0


def unmatched(pairing: Pairing) -> list[int]:
    """Content words of the claim that the source sentence does not have."""
    claim = pairing.claim
    return [
        i
        for i, strength in enumerate(pairing.strengths)
        if not strength and claim.terms[i].weight > LIGHT
    ]
