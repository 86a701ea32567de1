"""What is installed is what was locked: hashed, host-free, and the same in every lock."""

import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
LOCKS = ("base", "dev", "build")


def lock(name: str) -> str:
    return (ROOT / "requirements" / f"{name}.txt").read_text()


def pins(name: str) -> dict[str, set[str]]:
    """Every package of a lock with its versions: one, unless platforms differ."""
    found: dict[str, set[str]] = {}
    for package, version in re.findall(r"^([a-z0-9._-]+)==([^\s;]+)", lock(name), re.MULTILINE):
        found.setdefault(package, set()).add(version)
    return found


def project() -> dict[str, list[str]]:
    """The names that the project file asks for, by lock."""
    told = tomllib.loads((ROOT / "pyproject.toml").read_text())
    groups = told["dependency-groups"]
    wanted = {"base": told["project"]["dependencies"], "dev": groups["dev"]}
    return {name: [plain(one) for one in asked] for name, asked in wanted.items()}


def plain(requirement: str) -> str:
    """`faststream[kafka]>=0.7` is `faststream`."""
    return re.split(r"[\[<>=!~; ]", requirement)[0].lower().replace("_", "-")


@pytest.mark.parametrize("name", LOCKS)
def test_every_pin_has_a_hash(name: str) -> None:
    blocks = re.split(r"^(?=[a-z0-9])", lock(name), flags=re.MULTILINE)[1:]

    assert len(blocks) == sum(map(len, pins(name).values()))
    assert [block.split()[0] for block in blocks if "--hash=sha256:" not in block] == []


@pytest.mark.parametrize("name", LOCKS)
def test_a_lock_names_no_host(name: str) -> None:
    assert "://" not in lock(name)
    assert "--index-url" not in lock(name)
    assert "--find-links" not in lock(name)


@pytest.mark.parametrize("name", ["base", "dev"])
def test_a_lock_pins_all_that_the_project_asks_for(name: str) -> None:
    assert set(project()[name]) - set(pins(name)) == set()


@pytest.mark.parametrize("name", ["dev", "build"])
def test_locks_that_are_installed_together_agree(name: str) -> None:
    for other in LOCKS:
        shared = pins(name).keys() & pins(other).keys()
        assert {p for p in shared if pins(name)[p] != pins(other)[p]} == set()


def test_the_model_engine_stays_out_of_the_base_install() -> None:
    assert {"vllm", "torch", "transformers"} & set(pins("dev")) == set()
