"""Desk folders: read, checked whole, and turned into `agent.domain.desk.Desk`.

A folder with faults is refused with all of them at once, each with its file, its key and its mend.
"""

from agent.desk.describe import describe
from agent.desk.faults import DeskError, Fault
from agent.desk.load import load_desk, load_desks

__all__ = ["DeskError", "Fault", "describe", "load_desk", "load_desks"]
