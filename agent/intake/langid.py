"""The language model, asked faster. The only file that imports py3langid; it takes a second."""

# py3langid ships no types; what leaves this file is typed by hand.
# pyright: reportMissingTypeStubs=false, reportUntypedBaseClass=false
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportUnknownArgumentType=false

from functools import cache, lru_cache
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray
from py3langid.langid import MODEL_FILE, LanguageIdentifier

_REMEMBERED = 30_000  #: words, each with what was read before it
Seen = NDArray[np.int64]


class Reader(LanguageIdentifier):
    """The library's reader, with what it sees in a word kept: the words of a language repeat.

    Its verdicts are the library's.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._seen = lru_cache(maxsize=_REMEMBERED)(self._see)

    def _raw_score(self, text: bytes) -> NDArray[np.float32]:
        state, parts = 0, list[Seen]()
        for number, word in enumerate(text.split(b" ")):
            state, seen = self._seen(state, b" " + word if number else word)
            parts.append(seen)
        features, counts = np.unique(np.concatenate(parts), return_counts=True)
        if not len(features):
            return cast("NDArray[np.float32]", super()._raw_score(text))
        return cast(
            "NDArray[np.float32]",
            np.log1p(counts.astype(np.float32)) @ self.nb_ptc[features] + self.nb_pc,
        )

    def _see(self, state: int, word: bytes) -> tuple[int, Seen]:
        """Where the automaton is after a word, and the features that it met."""
        met: list[int] = []
        for letter in word:
            state = self.tk_nextmove[(self.tk_row[state] << 8) + letter]
            feature = self.tk_output[state]
            if feature >= 0:
                met.append(feature)
        return state, np.asarray(met, dtype=np.int64)


def rank(text: str) -> list[tuple[str, float]]:
    """All languages of the model by probability, best first."""
    return cast("list[tuple[str, float]]", _reader().rank(text))


@cache
def _reader() -> Reader:
    return Reader.from_model_file(MODEL_FILE, norm_probs=True)
