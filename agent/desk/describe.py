"""A desk in a few lines, for people at a terminal."""

from collections import Counter

from agent.domain.desk import Desk


def describe(desk: Desk) -> str:
    """Three lines: what the desk is, what it speaks, what it is made of."""
    only_read = [code for code in desk.understands if code not in desk.languages]
    speaks = f"answers in {', '.join(desk.languages)}"
    speaks += f"; reads {', '.join(only_read)} too" if only_read else ""
    counts = Counter(policy.language for policy in desk.policies)
    split = ", ".join(f"{counts[code]} {code}" for code in sorted(counts))
    parts = [
        f"{len(desk.policies)} policies ({split})",
        f"{len(desk.categories)} categories",
        f"{len(desk.examples)} examples",
        f"{len(desk.rules)} rules",
        f"tools: {', '.join(desk.tools) or 'none'}",
    ]
    title = f"{desk.name}: {desk.title} ({desk.content_hash[:12]})"
    return "\n".join((title, f"  {speaks}", f"  {'; '.join(parts)}"))
