"""The loop that keeps hundreds of tickets in flight: admit, lease, handle, settle, drain."""

from agent.worker.admit import AdmitSettings, Admitter
from agent.worker.loop import Worker, WorkerSettings
from agent.worker.settle import Settler

__all__ = ["AdmitSettings", "Admitter", "Settler", "Worker", "WorkerSettings"]
