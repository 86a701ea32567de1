"""What the tools say about their results: one TOML catalogue a language."""
