"""Text as both databases can hold it."""


def plain(text: str) -> str:
    """The text with `?` for what a database cannot hold: NUL and half a surrogate pair."""
    return text.replace("\0", "?").encode("utf-8", "replace").decode()
