"""A claim beside a source sentence, word by word: what is said where, and how much of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from agent.citations.reading import Reading
from agent.citations.terms import LIGHT, keys_of, likeness

NEAR = 0.6  #: share of a claim's words from which on a changed word is a change, not a paraphrase
_SLOT = 1.0  #: weight of a value beside a content word
_SAME_KIND = 0.3  #: what a value of the same kind is worth
_NEARLY = 0.6  #: share of the best clause's words from which on another may be meant
_FURTHER = 0.45  #: weight of words that only another clause has, from which on it counts as well
_LEAST_CLAUSE = 1.0  #: weight that a clause of a claim needs to be paired by itself
_LEAST_WORDS = 0.8


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
    options = [_options(claim, i, source) for i in range(len(claim.tokens))]
    parts = tuple(_part(claim, source, tokens, options) for tokens in _groups(claim))
    links, strengths = _links(claim, source, options, parts)
    words, covered = _covered(claim, source, strengths, range(len(claim.tokens)))
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


def _options(claim: Reading, i: int, source: Reading) -> dict[int, float]:
    """Tokens of the source that token `i` of the claim may stand for; only the surest."""
    meant = claim.terms[i]
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


def _groups(claim: Reading) -> list[frozenset[int]]:
    """Clauses of the claim that can stand alone; a short one belongs to the one before it."""
    groups: list[set[int]] = []
    for i, clause in enumerate(claim.clauses):
        if not groups or (clause != claim.clauses[i - 1] and _weight(claim, groups[-1])):
            groups.append(set())
        groups[-1].add(i)
    if len(groups) > 1 and not _weight(claim, groups[-1]):
        last = groups.pop()
        groups[-1] |= last
    return [frozenset(group) for group in groups]


def _weight(claim: Reading, group: set[int]) -> bool:
    words = sum(claim.terms[i].weight for i in group)
    slots = sum(claim.tokens[i].kind == "slot" for i in group)
    return words + slots >= _LEAST_CLAUSE and words >= _LEAST_WORDS


def _part(claim: Reading, source: Reading, tokens: frozenset[int], options: Options) -> Part:
    mass: dict[int, float] = {}
    per_token: list[dict[int, float]] = []
    for i in tokens:
        if not options[i]:
            continue
        weight = claim.terms[i].weight  # all options of a word are equally sure
        per_clause = {source.clauses[at]: strength * weight for at, strength in options[i].items()}
        per_token.append(per_clause)
        for clause, worth in per_clause.items():
            mass[clause] = mass.get(clause, 0.0) + worth
    for slot in claim.slots:
        if slot.token in tokens:
            for other in source.slots:
                if other.slot.agrees(slot.slot):
                    clause = source.clauses[other.token]
                    mass[clause] = mass.get(clause, 0.0) + _SLOT
                    per_token.append({clause: _SLOT})
    first = max(mass, key=lambda clause: (mass[clause], -clause), default=-1)
    homes = {first}
    while more := _next_home(homes, per_token):
        homes.add(more[0])
    strengths = tuple(max(option.values(), default=0.0) for option in options)
    return Part(
        claim=tokens,
        home=frozenset(i for i, clause in enumerate(source.clauses) if clause in homes),
        covered=_covered(claim, source, strengths, sorted(tokens))[0],
        clauses=len(homes),
        others=tuple(
            frozenset(i for i, clause in enumerate(source.clauses) if clause == other)
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
    claim: Reading, source: Reading, options: Options, parts: Sequence[Part]
) -> tuple[tuple[int, ...], tuple[float, ...]]:
    """Each word's counterpart, in the clause that its part is paired with if it stands there."""
    links, strengths = [-1] * len(claim.tokens), [0.0] * len(claim.tokens)
    for part in parts:
        for i in part.claim:
            if options[i]:
                links[i] = min(options[i], key=lambda at: (at not in part.home, at))
                strengths[i] = options[i][links[i]]
    for slot in claim.slots:
        twin = next((o.token for o in source.slots if o.slot.agrees(slot.slot)), None)
        if twin is not None:
            links[slot.token], strengths[slot.token] = twin, 1.0
    return tuple(links), tuple(strengths)


def _covered(
    claim: Reading, source: Reading, strengths: Sequence[float], tokens: Sequence[int]
) -> tuple[float, float]:
    """The share of words, and of words and values, that the source has."""
    total = got = 0.0
    for i in tokens:
        weight = claim.terms[i].weight
        total += weight
        got += weight * strengths[i]
    words = got / total if total else 0.0
    kinds = {other.slot.kind for other in source.slots}
    within = set(tokens)
    for slot in claim.slots:
        if slot.token in within:
            total += _SLOT
            agrees = any(other.slot.agrees(slot.slot) for other in source.slots)
            got += _SLOT if agrees else _SAME_KIND * (slot.slot.kind in kinds)
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
