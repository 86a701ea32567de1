"""A shipped fake: plays a plain, well-behaved model over our prompts, for tests and benchmarks.

It answers each task from what the prompt says and nothing else: for a reply, the sentence of the
evidence that shares most words with the question, and an open question where none shares any.
"""

import json
import re
from collections import Counter
from collections.abc import Iterator
from typing import Any, Final

from engine.base import Prompt, Sampling
from retrieval.sentences import split_sentences

_TASK = re.compile(r"# Task: (.+)")
_BLOCK = re.compile(r"^(E\d+): .*$", re.MULTILINE)
_QUESTION = re.compile(r"^\| (\d+)\. (.*)$", re.MULTILINE)
_WORD = re.compile(r"[^\W_]{3,}")
_FOUND: Final = 0.5  #: what a sentence must share; a word counts the more, the rarer it is


def play(prompt: Prompt, sampling: Sampling) -> str:
    """JSON text for any of our prompts; the same prompt gives the same text."""
    task = _TASK.search(prompt.text)
    answers = {"triage": _triage, "write": _write, "look up": _look_up, "summary": _summary}
    return json.dumps(answers.get(task[1] if task else "", _judge)(prompt.text), ensure_ascii=False)


def _triage(text: str) -> dict[str, Any]:
    categories = re.findall(r"^- ([\w-]+): (.+)$", _section(text, "Categories"), re.MULTILINE)
    questions = _questions(text)
    asked = _words(" ".join(questions))
    ranked = sorted(categories, key=lambda one: -len(asked & _words(f"{one[0]} {one[1]}")))
    return {
        "reasons": "by the words of its title",
        "category": ranked[0][0],
        "or_else": ranked[-1][0],
        "sure": "likely",
        "priority": "normal",
        "sentiment": "neutral",
        "lookup": any(c.isdigit() for one in questions for c in one),
        "order_ids": [],
        "actions": [],
        "questions": [{"question": n, "queries": [q[:200]]} for n, q in enumerate(questions, 1)],
        "missed": [],
    }


def _write(text: str) -> dict[str, Any]:
    evidence = dict(_evidence(text))
    sentences: list[dict[str, Any]] = []
    left: list[dict[str, Any]] = []
    for n, question in enumerate(_questions(text), start=1):
        key, said, shared = _best(question, evidence)
        if shared >= _FOUND:
            sentences.append({"question": n, "evidence": [key], "text": said})
        else:
            left.append({"question": n, "needs": "person"})
    return {"opening": "", "sentences": sentences, "open": left}


def _look_up(text: str) -> dict[str, Any]:
    return {"why": "nothing is missing", "next": {"do": "answer"}}


def _summary(text: str) -> dict[str, Any]:
    said = re.findall(r"^\| (.+)$", text, re.MULTILINE)
    return {"points": said[:3]}


def _judge(text: str) -> dict[str, Any]:
    evidence, claim = _section(text, "Evidence"), _section(text, "Claim")
    words = re.findall(r"^\| (.*)$", claim, re.MULTILINE)
    there = bool(words) and words[0] in evidence
    return {
        "quote": words[0] if there else "",
        "reasons": "the same words",
        "verdict": "supported" if there else "not-said",
    }


def _best(question: str, evidence: dict[str, list[str]]) -> tuple[str, str, float]:
    """The sentence that shares the rarest words with the question."""
    said = [(key, one, _words(one)) for key, all_of in evidence.items() for one in all_of]
    seen = Counter(word for _, _, words in said for word in words)
    asked = _words(question)
    scored = [(sum(1 / seen[w] for w in asked & words), key, one) for key, one, words in said]
    shared, key, best = max(scored, key=lambda one: one[0], default=(0.0, "", ""))
    return key, best, shared


def _evidence(text: str) -> Iterator[tuple[str, list[str]]]:
    """The sentences below each id."""
    parts = _BLOCK.split(_section(text, "Evidence"))
    for key, body in zip(parts[1::2], parts[2::2], strict=True):
        spans = split_sentences(body, "en")
        said = (" ".join(body[s.start : s.end].removeprefix("- ").split()) for s in spans)
        yield key, [one for one in said if one.endswith((".", "!", "?"))]


def _questions(text: str) -> list[str]:
    return [found[2] for found in _QUESTION.finditer(text.rpartition("Its questions:")[2])]


def _section(text: str, title: str) -> str:
    """From the last heading of that title to the next heading."""
    return text.rpartition(f"\n## {title}\n")[2].partition("\n## ")[0]


def _words(text: str) -> set[str]:
    return {word.lower() for word in _WORD.findall(text)}
