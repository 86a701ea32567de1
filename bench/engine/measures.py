"""vLLM's own measurements, as differences between two moments."""

import re
from dataclasses import dataclass

from engine.vllm import vllm_metrics

_LINE = re.compile(r"(?P<name>[\w:]+)(?:\{(?P<labels>.*)\})? (?P<value>\S+)")
_BOUND = re.compile(r'le="([^"]+)"')
_FIRST = "vllm:time_to_first_token_seconds_bucket"


@dataclass(frozen=True, slots=True, kw_only=True)
class Measures:
    """Counts since the engine started, or between two moments."""

    prompt: float
    cached: float
    generated: float
    calls: float
    first: dict[float, float]  #: calls whose first token took up to so many seconds

    def __sub__(self, other: "Measures") -> "Measures":
        return Measures(
            prompt=self.prompt - other.prompt,
            cached=self.cached - other.cached,
            generated=self.generated - other.generated,
            calls=self.calls - other.calls,
            first={bound: n - other.first.get(bound, 0) for bound, n in self.first.items()},
        )

    def first_token(self, share: float) -> float | None:
        """Seconds within which so large a share of calls had its first token; linear within a
        bucket of the histogram."""
        return quantile(self.first, share)


def quantile(buckets: dict[float, float], share: float) -> float | None:
    """Of a cumulative histogram: bound to count; None without a call."""
    total = buckets.get(float("inf"), 0.0)
    below, under = 0.0, 0.0
    for bound, count in sorted(buckets.items()):
        if total and count >= share * total:
            if bound == float("inf"):
                return round(below, 4)
            part = (share * total - under) / (count - under) if count > under else 1.0
            return round(below + part * (bound - below), 4)
        below, under = bound, count
    return None


def measures() -> Measures:
    """As they are now."""
    sums: dict[str, float] = {}
    first: dict[float, float] = {}
    for line in vllm_metrics().decode().splitlines():
        found = _LINE.fullmatch(line)
        if found is None:
            continue
        name, value = found["name"], float(found["value"])
        sums[name] = sums.get(name, 0.0) + value
        if name == _FIRST and (bound := _BOUND.search(found["labels"] or "")):
            first[float(bound[1].replace("+Inf", "inf"))] = value
    return Measures(
        prompt=sums.get("vllm:prompt_tokens_total", 0.0),
        cached=sums.get("vllm:prefix_cache_hits_total", 0.0),
        generated=sums.get("vllm:generation_tokens_total", 0.0),
        calls=sums.get("vllm:request_success_total", 0.0),
        first=first,
    )
