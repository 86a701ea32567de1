"""How much a person changed a draft. Pure."""

from difflib import SequenceMatcher


def edit_distance(before: str, after: str) -> int:
    """Characters that were deleted plus characters that were put in, by the longest common runs.

    At most the lengths together; 0 for equal texts.
    """
    if before == after:
        return 0
    blocks = SequenceMatcher(None, before, after, autojunk=False).get_matching_blocks()
    kept = sum(block.size for block in blocks)
    return len(before) + len(after) - 2 * kept
