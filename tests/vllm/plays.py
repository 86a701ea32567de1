"""A logits processor of vLLM that makes the model say a given text, token by token.

The sampler, the grammar, the detokeniser and the scheduler are vLLM's own; only the choice of the
next token is taken from the model. It lives in vLLM's worker process and finds what to say in a
file, so that a test in another process can put it there.
"""

import importlib
import json
import os
from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path
from typing import Any, Final

FOLDER: Final = "CITEDESK_TEST_SAYINGS"
END: Final = 2  #: the token that ends an answer


class Sayings:
    """What the model says next, in turn; the last for ever."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._file = folder / "next.json"

    def say(self, texts: Sequence[str]) -> None:
        self._write([[*_tokens(text), END] for text in texts])

    def none(self) -> None:
        """The model speaks for itself."""
        self._file.unlink(missing_ok=True)

    def take(self) -> list[int] | None:
        if not self._file.is_file():
            return None
        left: list[list[int]] = json.loads(self._file.read_text())
        if len(left) > 1:
            self._write(left[1:])
        return left[0]

    def _write(self, left: list[list[int]]) -> None:
        new = self._file.with_suffix(".new")
        new.write_text(json.dumps(left))
        new.replace(self._file)


@cache
def _tokenizer() -> Any:
    tokens = importlib.import_module("mistral_common.tokens.tokenizers.mistral")
    return tokens.MistralTokenizer.v3(is_tekken=True).instruct_tokenizer.tokenizer


def _tokens(text: str) -> list[int]:
    return list(_tokenizer().encode(text, bos=False, eos=False))


def _processor() -> type[Any]:
    """Made where vLLM is; elsewhere this module is imported for `Sayings` alone."""
    base: Any = importlib.import_module("vllm.v1.sample.logits_processor").AdapterLogitsProcessor

    class Forced(base):
        """Each request takes the next saying, if there is one."""

        def is_argmax_invariant(self) -> bool:
            return False

        def new_req_logits_processor(
            self, params: Any
        ) -> Callable[[Sequence[int], Any], Any] | None:
            said = Sayings(Path(os.environ[FOLDER])).take()
            return None if said is None else lambda out, logits: _force(said, out, logits)

    return Forced


def _force(said: Sequence[int], out: Sequence[int], logits: Any) -> Any:
    token = said[min(len(out), len(said) - 1)]
    logits[:] = float("-inf")
    logits[token] = 0.0
    return logits


def __getattr__(name: str) -> Any:
    if name == "Plays":
        return _processor()
    raise AttributeError(name)
