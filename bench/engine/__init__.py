"""The embedded engine on a GPU; `bench/engine_gpu.py` is the command."""
