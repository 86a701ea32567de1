"""OpenAI-compatible servers: the only package that imports `openai`.

`engine.endpoint.engine` holds the engine; nothing is loaded until it is asked for.
"""
