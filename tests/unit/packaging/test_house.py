"""The rules of the house that no linter knows."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[3]
OURS = ("agent", "engine", "retrieval", "tools", "migrations", "deploy", "bench", "tests")
CODE = ("agent", "engine", "retrieval", "tools")
FILE_LINES = 500
FUNCTION_LINES = 60
UNTYPED = {  #: libraries without types, and the one file that may import each
    "quotequail": "agent/intake",
    "rank_bm25": "retrieval",
    "sklearn": "agent/triage",
    "py3langid": "agent/intake",
    "confluent_kafka": "agent",
    "stdnum": "agent",
    "vllm": "engine",
}
#: Fits a judge where it is measured, and throws it away.
ALSO = {"sklearn": "agent/evals/fitted.py"}


def sources(*folders: str) -> list[Path]:
    return [path for folder in folders for path in sorted((ROOT / folder).rglob("*.py"))]


def told(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def functions(path: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def imports(path: Path) -> Iterator[str]:
    """Top-level names of all that a file imports."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module.partition(".")[0]


def test_no_file_is_longer_than_500_lines() -> None:
    long = {
        told(p): n for p in sources(*OURS) if (n := len(p.read_text().splitlines())) > FILE_LINES
    }

    assert long == {}


def test_no_function_is_longer_than_60_lines() -> None:
    long = {
        f"{told(path)}:{node.lineno} {node.name}": (node.end_lineno or 0) - node.lineno + 1
        for path in sources(*CODE, "migrations", "deploy")
        for node in functions(path)
        if (node.end_lineno or 0) - node.lineno + 1 > FUNCTION_LINES
        and not told(path).startswith("migrations/versions/")  # a table is one statement
    }

    assert long == {}


def test_each_untyped_library_stands_behind_one_file() -> None:
    importers: dict[str, list[str]] = {}
    for path in sources(*CODE):
        for name in set(imports(path)) & set(UNTYPED):
            if told(path) != ALSO.get(name):
                importers.setdefault(name, []).append(told(path))

    assert {name: files for name, files in importers.items() if len(files) > 1} == {}
    assert {
        name: files for name, files in importers.items() if not files[0].startswith(UNTYPED[name])
    } == {}


IGNORE = re.compile(r"#\s*(?:noqa(?:: [A-Z0-9, ]+)?|(?:type|pyright): ignore(?:\[[\w, -]+\])?)(.*)")


def test_every_ignored_warning_has_its_reason() -> None:
    """Behind the ignore, or as a comment on the line above."""
    bare: list[str] = []
    for path in sources(*OURS):
        above = ""
        for number, line in enumerate(path.read_text().splitlines(), 1):
            ignore = IGNORE.search(line) if path != Path(__file__) else None
            if ignore and len(ignore[1].strip()) < 8 and not above.strip().startswith("#"):
                bare.append(f"{told(path)}:{number}: {line.strip()}")
            above = line

    assert bare == []


def test_nothing_sleeps_in_place_of_a_condition() -> None:
    """`time.sleep` blocks the event loop; the local services, which have none, may poll."""
    sleepy = [
        told(path)
        for path in sources(*CODE, "tests")
        if re.search(r"\btime\.sleep\(", path.read_text()) and path.name != "test_house.py"
    ]

    assert sleepy == []
