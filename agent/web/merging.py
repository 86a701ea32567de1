"""The Prometheus pages of several processes as one. Pure."""

import re
from collections.abc import Mapping

_SAMPLE = re.compile(
    r"(?P<name>[A-Za-z_:][\w:]*)(?:\{(?P<labels>.*)\})? (?P<value>\S+)(?P<at> .*)?"
)


def merged(pages: Mapping[str, str], label: str = "process") -> str:
    """One page in which each sample says in a label whose it is.

    Samples of a metric stand together below its `HELP` and `TYPE`, as the text format wants it.
    """
    families: dict[str, list[str]] = {}
    heads: dict[str, dict[str, str]] = {}
    for name, page in pages.items():
        family = ""
        for line in page.splitlines():
            if line.startswith("# "):
                _, kind, family, *_ = (*line.split(" ", 3), "", "")
                heads.setdefault(family, {}).setdefault(kind, line)
            elif found := _SAMPLE.fullmatch(line):
                of = family if family and found["name"].startswith(family) else found["name"]
                families.setdefault(of, []).append(_labelled(found, label, name))
    return "".join(
        f"{line}\n"
        for family, samples in families.items()
        for line in (*heads.get(family, {}).values(), *samples)
    )


def _labelled(sample: re.Match[str], label: str, value: str) -> str:
    labels = ",".join(part for part in (f'{label}="{value}"', sample["labels"]) if part)
    return f"{sample['name']}{{{labels}}} {sample['value']}{sample['at'] or ''}"
