"""Where each value of a tool result stands in its canonical JSON."""

import json


def value_spans(text: str) -> dict[str, tuple[int, int]]:
    """Offsets of the values of a flat JSON object by key; empty when it is not one."""
    decoder = json.JSONDecoder()
    spans: dict[str, tuple[int, int]] = {}
    if not text.startswith("{"):
        return spans
    at = 1
    try:
        while text[at] != "}":
            at += text[at] == ","
            key, at = decoder.raw_decode(text, at)
            if text[at] != ":":
                return {}
            _, end = decoder.raw_decode(text, at + 1)
            spans[key] = (at + 1, end)
            at = end
    except (ValueError, IndexError):
        return {}
    return spans
