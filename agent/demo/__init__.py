"""The demo: our own tickets through the whole service, then a lie detector, then the summary."""

from agent.demo.run import NotEmpty, run_demo

__all__ = ["NotEmpty", "run_demo"]
