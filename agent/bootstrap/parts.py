"""The parts that a process of the service can run; in a file of its own, for it is light."""

from typing import Final

PARTS: Final = ("ingest", "work", "relay", "review")
