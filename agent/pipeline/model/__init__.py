"""Triage, tool calls and replies by a language model, behind the ports of the model-free ones."""
