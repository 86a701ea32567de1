"""vLLM by itself, offline: the same prompts all at once, the same grammar, the same tokens.

`python -m bench.engine.alone ASKED` prints one JSON line. It is what the card gives when nobody
waits for an answer: the bar for our engine at full load.
"""

import asyncio
import importlib
import json
import sys
import tempfile
import time
from itertools import cycle, islice
from pathlib import Path
from typing import Any

from agent.bootstrap import build_desks
from agent.settings import Settings
from bench.engine.asked import Asked, LongReply, read_asked
from bench.engine.traffic import reply_prompts
from engine.vllm import check_vllm, library
from engine.vllm.calls import schema_of


def run(asked: Asked) -> dict[str, Any]:
    """Tokens a second over as many replies as our engine gives at its fullest."""
    with tempfile.TemporaryDirectory() as data:
        desks = build_desks(Settings(data=Path(data)))
        prompts = asyncio.run(reply_prompts(desks, max(asked.at_once)))
    count = asked.replies(max(asked.at_once))
    arguments = library.arguments(asked.options, check_vllm(asked.options))
    llm: Any = importlib.import_module("vllm").LLM(**arguments)
    ask = _asking(llm, asked)
    ask(prompts[:1])  # compiles the grammar
    began = time.perf_counter()
    outputs = ask(list(islice(cycle(prompts), count)))
    seconds = time.perf_counter() - began
    generated = sum(len(output.outputs[0].token_ids) for output in outputs)
    read = sum(len(output.prompt_token_ids) for output in outputs)
    return {
        "replies": count,
        "reply_tokens_s": round(generated / seconds, 1),
        "prompt_tokens_s": round(read / seconds, 1),
    }


def _asking(llm: Any, asked: Asked) -> Any:
    kinds: Any = importlib.import_module("vllm.sampling_params")
    parameters = kinds.SamplingParams(
        temperature=0.3,
        max_tokens=asked.tokens,
        seed=1,
        structured_outputs=kinds.StructuredOutputsParams(json=schema_of(LongReply)),
    )

    def ask(prompts: list[str]) -> list[Any]:
        messages = [[{"role": "user", "content": prompt}] for prompt in prompts]
        return llm.chat(messages, parameters, use_tqdm=False)

    return ask


def main() -> int:
    asked = read_asked(sys.argv[1])
    if asked.device == "cpu":
        from deploy.vllm.processor import use_processor

        use_processor()
    print(json.dumps(run(asked)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
