"""vllm's own measurements, which it keeps in the process's default Prometheus registry."""

from collections.abc import Iterable


def vllm_metrics() -> bytes:
    """All that start with `vllm:`, in Prometheus' text format; empty before vllm runs."""
    from prometheus_client import REGISTRY, Metric, generate_latest
    from prometheus_client.registry import Collector

    class OfVllm(Collector):
        def collect(self) -> Iterable[Metric]:
            return (metric for metric in REGISTRY.collect() if metric.name.startswith("vllm:"))

    return generate_latest(OfVllm())
