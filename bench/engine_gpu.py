"""How fast is the embedded engine on this card? One command, on any CUDA machine with vllm.

    python -m bench.engine_gpu                         # Nemo's true shape, invented weights
    python -m bench.engine_gpu --model /models/nemo    # a real checkpoint: tickets that make sense
    python -m bench.engine_gpu --device cpu --shape tiny --at-once 1,8 --fp8 off   # no GPU: a proof

Each configuration (FP8 on and off, prefix caching on and off) runs in a process of its own, once
through our engine and once through vLLM's own offline batch on the same prompts, which the pipeline
made of the desks' demo questions. A reply is 150 tokens under a grammar. Prints a table, and with
--json one line with every figure.
"""

import argparse
import json
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from itertools import product
from pathlib import Path
from typing import Any, Final

from bench.engine.asked import Asked
from bench.pipeline.machine import described
from bench.pipeline.show import aligned
from deploy.vllm.checkpoint import NEMO, make_config, make_tiny

_HEADS: Final = (
    "FP8",
    "prefix cache",
    "at once",
    "tokens/s",
    "of offline",
    "prompt tokens/s",
    "cached",
    "TTFT p50 s",
    "TTFT p95 s",
    "reply p50 s",
    "reply p95 s",
    "our CPU ms/call",
    "tickets/s",
    "calls/ticket",
    "by the model",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """What one configuration showed; empty where its process failed."""

    fp8: bool
    prefix: bool
    ours: dict[str, Any]
    alone: dict[str, Any]

    @property
    def acts(self) -> list[dict[str, Any]]:
        return self.ours.get("acts", [])

    def of_offline(self, act: dict[str, Any]) -> str:
        alone = self.alone.get("reply_tokens_s")
        return f"{act['reply_tokens_s'] / alone:.2f}" if alone else "-"


def main() -> int:
    given = _given()
    with tempfile.TemporaryDirectory() as folder:
        base = _base(given, Path(folder))
        runs = [
            _run(replace(base, fp8=fp8, prefix=prefix), given)
            for fp8, prefix in product(given.fp8, given.prefix)
        ]
    print(f"\n{described()}; {_card()}; {given.model or given.shape}, {base.tokens} tokens a reply")
    print(table(runs))
    if given.json:
        print(json.dumps([asdict(run) for run in runs]))
    return 0 if all(run.ours for run in runs) else 1


def table(runs: Sequence[Run]) -> str:
    """One row for each configuration and number of tickets at once."""
    return aligned([_HEADS, *(_row(run, act) for run in runs for act in run.acts)])


def _row(run: Run, act: dict[str, Any]) -> tuple[str, ...]:
    return (
        _switch(run.fp8),
        _switch(run.prefix),
        str(act["at_once"]),
        f"{act['reply_tokens_s']:.0f}",
        run.of_offline(act),
        f"{act['prompt_tokens_s']:.0f}",
        f"{act['cached_share']:.0%}",
        *(
            "-" if act[key] is None else f"{act[key]:.3f}"
            for key in ("ttft_p50_s", "ttft_p95_s", "reply_p50_s", "reply_p95_s")
        ),
        f"{act['our_cpu_ms_a_call']:.1f}",
        f"{act['tickets_s']:.2f}",
        f"{act['calls_a_ticket']:.1f}",
        f"{act['written_by_model']}/{act['at_once']}",
    )


def _switch(on: bool) -> str:
    return "on" if on else "off"


def _run(asked: Asked, given: argparse.Namespace) -> Run:
    named = f"FP8 {_switch(asked.fp8)}, prefix caching {_switch(asked.prefix)}"
    print(f"{named}: our engine, {', '.join(map(str, asked.at_once))} at once", flush=True)
    ours = _child("bench.engine.ours", asked)
    alone: dict[str, Any] = {}
    if not given.no_offline:
        print(f"{named}: vLLM offline", flush=True)
        alone = _child("bench.engine.alone", asked)
    return Run(fp8=asked.fp8, prefix=asked.prefix, ours=ours, alone=alone)


def _child(module: str, asked: Asked) -> dict[str, Any]:
    """What a process of its own printed last, since only its end frees the card."""
    done = subprocess.run(
        [sys.executable, "-m", module, asked.as_text()], stdout=subprocess.PIPE, text=True
    )
    if done.returncode:
        print(f"failed: {module} ended with {done.returncode}; its words stand above", flush=True)
        return {}
    return json.loads(done.stdout.strip().splitlines()[-1])


def _base(given: argparse.Namespace, folder: Path) -> Asked:
    """What all configurations share."""
    dummy = given.model is None and given.shape == "nemo"
    return Asked(
        model=given.model or str(_made(given.shape, folder)),
        load_format="dummy" if dummy else "auto",
        fp8=False,
        prefix=True,
        at_once=given.at_once,
        calls=given.calls,
        tokens=given.tokens,
        device=given.device,
        extra=json.loads(given.extra),
    )


def _made(shape: str, folder: Path) -> Path:
    return make_config(folder, NEMO) if shape == "nemo" else make_tiny(folder, eager=0.0)


def _card() -> str:
    try:
        asked = [
            "nvidia-smi",
            "--query-gpu=name,memory.total,driver_version",
            "--format=csv,noheader",
        ]
        return subprocess.run(asked, capture_output=True, text=True, check=True).stdout.strip()
    except (OSError, subprocess.CalledProcessError):
        return "no GPU"


def _given() -> argparse.Namespace:
    words, _, more = (__doc__ or "").partition("\n")
    parser = argparse.ArgumentParser(
        prog="python -m bench.engine_gpu",
        description=words,
        epilog=more,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--model", help="a folder or a hub name in place of --shape")
    parser.add_argument("--shape", choices=("nemo", "tiny"), default="nemo")
    parser.add_argument("--at-once", type=_numbers, default=(1, 32, 128, 512), metavar="1,32,…")
    parser.add_argument("--fp8", type=_switches, default=(True, False), metavar="on,off")
    parser.add_argument("--prefix", type=_switches, default=(True, False), metavar="on,off")
    parser.add_argument("--calls", type=int, default=32, help="replies of each act, at least")
    parser.add_argument("--tokens", type=int, default=150, help="of each reply")
    parser.add_argument("--device", choices=("gpu", "cpu"), default="gpu")
    parser.add_argument("--no-offline", action="store_true", help="leave vLLM alone out")
    parser.add_argument("--extra", default="{}", help="JSON object of further engine arguments")
    parser.add_argument("--json", action="store_true", help="also print every figure in one line")
    return parser.parse_args()


def _numbers(text: str) -> tuple[int, ...]:
    numbers = tuple(int(part) for part in text.split(","))
    if min(numbers) < 1:
        raise argparse.ArgumentTypeError("write numbers from 1, with a comma between them")
    return numbers


def _switches(text: str) -> tuple[bool, ...]:
    known = {"on": True, "off": False}
    parts = text.split(",")
    if not set(parts) <= known.keys():
        raise argparse.ArgumentTypeError("write on, off or on,off")
    return tuple(known[part] for part in parts)


if __name__ == "__main__":
    sys.exit(main())
