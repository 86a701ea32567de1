"""What the embedded engine adds to the engines' errors."""

from typing import Final

from engine.errors import EngineUnusable

NAME: Final = "vllm"


class CannotStart(EngineUnusable):
    """This machine or model will not do as it is set; `faults` say what to do, one by one."""

    def __init__(self, *faults: str) -> None:
        self.faults = faults
        super().__init__(NAME, "cannot start: " + "; ".join(faults))


class RuntimeDied(Exception):
    """The process that computes is gone; callers are told `EngineDown`."""


class CallRefused(Exception):
    """vllm does not take the call as it is; its own words may quote the prompt and are left out."""


class CallFailed(Exception):
    """One call went wrong inside; the others go on."""
