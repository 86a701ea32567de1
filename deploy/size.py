"""How much disk the packages of the base lock take: `python deploy/size.py`."""

import re
import sys
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

LOCK = Path(__file__).resolve().parents[1] / "requirements" / "base.txt"
LIMIT_MB = 400


def locked_names(lock: str) -> list[str]:
    """The packages that a lock pins, without versions."""
    return re.findall(r"^([a-z0-9][a-z0-9._-]*)==", lock, re.MULTILINE)


def installed_bytes(name: str) -> int:
    """Bytes of the files that a package brings; 0 when it is not installed here."""
    try:
        files = distribution(name).files or []
    except PackageNotFoundError:  # a package of another platform
        return 0
    paths = [Path(str(file.locate())) for file in files]
    return sum(path.stat().st_size for path in paths if path.is_file())


def main() -> int:
    """Print the total and the largest packages; 1 when the limit is passed."""
    sizes = {name: installed_bytes(name) / 1e6 for name in locked_names(LOCK.read_text())}
    total = sum(sizes.values())
    for name, size in sorted(sizes.items(), key=lambda item: -item[1])[:10]:
        print(f"{size:8.1f} MB  {name}")
    print(f"base install: {total:.0f} MB in {sum(map(bool, sizes.values()))} packages")
    return int(total > LIMIT_MB)


if __name__ == "__main__":
    sys.exit(main())
