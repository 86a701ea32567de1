"""What a ticket is about, how fast it must be answered, what it names, and who must see it.

Model-free: a desk's rules, a linear classifier learnt from its examples, and tables of words.
"""

from agent.triage.triager import ModelFree, build_triager

__all__ = ["ModelFree", "build_triager"]
