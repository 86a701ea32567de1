"""What a person should look at in the policies of a desk that loads. Pure.

Numbers that differ between the languages of one policy, or between sentences of two policies that
otherwise say the same; validity that is over; links that lead nowhere; passages too long to cite.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from itertools import combinations

from retrieval.corpus import Passage, Policy, passages
from retrieval.sentences import split_sentences
from retrieval.text import tokens

LONGEST = 2_000  #: characters of a passage; a longer one says too many things to be cited for one
_SAME = 0.75  #: share of words from which two sentences speak of the same thing
_FEWEST = 4  #: words of a sentence that is compared
_SOON = timedelta(days=30)


class Kind(StrEnum):
    LANGUAGES = "languages-differ"
    POLICIES = "policies-differ"
    EXPIRED = "expired"
    ENDS_SOON = "ends-soon"
    GAP = "gap"
    DEAD_LINK = "dead-link"
    TOO_LONG = "too-long"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing to look at. Reads as `file:line: what (what to do)`."""

    kind: Kind
    file: str
    line: int
    problem: str
    mend: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.problem} ({self.mend})"


def findings(policies: Sequence[Policy], today: date) -> list[Finding]:
    """Everything worth a look, by file and line. Links to the web are not followed."""
    current = [policy for policy in policies if policy.holds_on(today)]
    found = [
        *_between_languages(current),
        *_between_policies(current),
        *_validity(policies, today),
        *(one for policy in policies for one in _links(policy, policies)),
        *(one for policy in policies for one in _long(policy)),
    ]
    return sorted(found, key=lambda one: (one.file, one.line, one.kind))


# --- numbers ----------------------------------------------------------------------------------

_NUMBER = re.compile(r"(?<![\w.,-])\d+(?:[.,]\d+)*(?:[:h]\d{2})?")
_THOUSANDS = re.compile(r"(?<=\d)[.,](?=\d{3}(?:\D|$))")


def numbers(text: str) -> list[str]:
    """The numbers of a text as one notation has them: `1.000,50` and `1,000.50` are 1000.5.

    The clock is left out: `5 pm` and `17:00` are the same hour in two notations.
    """
    found = (m.group() for m in _NUMBER.finditer(text))
    return [_plain(one) for one in found if ":" not in one and "h" not in one]


def _plain(number: str) -> str:
    whole = _THOUSANDS.sub("", number).replace(",", ".")
    return whole.rstrip("0").rstrip(".") if "." in whole else whole


def _between_languages(policies: Iterable[Policy]) -> Iterator[Finding]:
    by_id: defaultdict[str, list[Policy]] = defaultdict(list)
    for policy in policies:
        by_id[policy.id].append(policy)
    for group in by_id.values():
        for one, other in combinations(sorted(group, key=lambda p: p.language), 2):
            if one.language != other.language and one.scope == other.scope:
                yield from _versions(one, other)


def _versions(one: Policy, other: Policy) -> Iterator[Finding]:
    """Section by section where both have as many, else over the whole text."""
    left, right = passages(one), passages(other)
    pairs = zip(left, right, strict=True) if len(left) == len(right) else ()
    for a, b in pairs or [(None, None)]:
        mine, theirs = numbers(a.text if a else _body(one)), numbers(b.text if b else _body(other))
        ours, missing = Counter(mine), Counter(theirs)
        extra, lacking = sorted((ours - missing).elements()), sorted((missing - ours).elements())
        if extra and lacking:
            line = b.line if b else 1
            problem = f"says {_list(lacking)} where {one.file} says {_list(extra)}"
            yield Finding(
                kind=Kind.LANGUAGES,
                file=other.file,
                line=line,
                problem=problem,
                mend="make both languages say the same",
            )


def _body(policy: Policy) -> str:
    return policy.text[policy.body_start :]


def _list(values: Sequence[str]) -> str:
    return ", ".join(repr(value) for value in values)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Statement:
    passage: Passage
    line: int
    words: frozenset[str]
    numbers: tuple[str, ...]


def _between_policies(policies: Sequence[Policy]) -> Iterator[Finding]:
    said = [s for policy in policies for s in _statements(policy)]
    by_word: defaultdict[tuple[str, str], list[_Statement]] = defaultdict(list)
    for one in said:
        by_word[one.passage.policy.language, min(one.words)].append(one)
    for group in by_word.values():
        for one, other in combinations(group, 2):
            if _contradict(one, other):
                yield Finding(
                    kind=Kind.POLICIES,
                    file=other.passage.policy.file,
                    line=other.line,
                    problem=f"says {_list(other.numbers)} where {one.passage.policy.file}:"
                    f"{one.line} says {_list(one.numbers)} in almost the same words",
                    mend="keep the figure in one of them, or say what sets them apart",
                )


def _statements(policy: Policy) -> Iterator[_Statement]:
    for passage in passages(policy):
        for span in split_sentences(passage.text, policy.language):
            text = passage.text[span.start : span.end]
            said = tuple(numbers(text))
            words = frozenset(t for t in tokens(text, policy.language) if not t[0].isdigit())
            if said and len(words) >= _FEWEST:
                line = passage.line + passage.text.count("\n", 0, span.start)
                yield _Statement(passage=passage, line=line, words=words, numbers=said)


def _contradict(one: _Statement, other: _Statement) -> bool:
    mine, theirs = one.passage.policy, other.passage.policy
    if mine.id == theirs.id or mine.scope != theirs.scope or one.numbers == other.numbers:
        return False
    return len(one.words & other.words) / len(one.words | other.words) >= _SAME


# --- validity, links, length --------------------------------------------------------------------


def _validity(policies: Sequence[Policy], today: date) -> Iterator[Finding]:
    by_name: defaultdict[tuple[str, str], list[Policy]] = defaultdict(list)
    for policy in policies:
        by_name[policy.id, policy.language].append(policy)
    for group in by_name.values():
        ordered = sorted(group, key=lambda p: p.valid_from or date.min)
        for policy, later in zip(ordered, [*ordered[1:], None], strict=True):
            if policy.valid_to is not None:
                yield from _end(policy, later, policy.valid_to, today)


def _end(policy: Policy, later: Policy | None, last: date, today: date) -> Iterator[Finding]:
    if later is None and last < today:
        kind, problem, mend = Kind.EXPIRED, f"ended on {last}", "renew it, or delete the file"
    elif later is None and last < today + _SOON:
        kind, problem, mend = Kind.ENDS_SOON, f"ends on {last}", "add the one that follows it"
    elif later and later.valid_from and later.valid_from > last + timedelta(days=1):
        kind, problem = Kind.GAP, f"ends on {last}, {later.file} begins on {later.valid_from}"
        mend = "close the gap: nothing holds on the days between"
    else:
        return
    yield Finding(kind=kind, file=policy.file, line=1, problem=problem, mend=mend)


_LINK = re.compile(r"\[[^\]\n]*\]\((?P<to>[^)\s]+)[^)\n]*\)")


def _links(policy: Policy, policies: Sequence[Policy]) -> Iterator[Finding]:
    files = {other.file: other for other in policies}
    for link in _LINK.finditer(policy.text, policy.body_start):
        target, _, anchor = link["to"].partition("#")
        if re.match(r"[a-z][a-z0-9+.-]*:|//|/", target, re.IGNORECASE):
            continue  # the web, a mail address, or a path of another site
        file = _resolved(policy.file, target)
        there = files.get(file)
        problem = ""
        if there is None:
            problem = f"links to {link['to']!r}, which is no policy of this desk"
        elif anchor and anchor.casefold() not in _anchors(there):
            problem = f"links to {link['to']!r}, but {file} has no such heading"
        if problem:
            line = policy.text.count("\n", 0, link.start()) + 1
            mend = "mend the link, or take it out"
            yield Finding(
                kind=Kind.DEAD_LINK, file=policy.file, line=line, problem=problem, mend=mend
            )


def _resolved(file: str, target: str) -> str:
    parts = file.split("/")[:-1] if target else file.split("/")
    for part in target.split("/") if target else ():
        if part == "..":
            parts = parts[:-1]
        elif part not in ("", "."):
            parts.append(part)
    return "/".join(parts)


def _anchors(policy: Policy) -> frozenset[str]:
    heads = (heading for passage in passages(policy) for heading in passage.headings)
    return frozenset(re.sub(r"[^\w -]", "", head.casefold()).replace(" ", "-") for head in heads)


def _long(policy: Policy) -> Iterator[Finding]:
    for passage in passages(policy):
        size = passage.end - passage.start
        if size > LONGEST:
            yield Finding(
                kind=Kind.TOO_LONG,
                file=policy.file,
                line=passage.line,
                problem=f"the passage has {size:,} characters; {LONGEST:,} can be cited well",
                mend="put headings into it",
            )
