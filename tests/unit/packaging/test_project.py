"""The files around the code: licence, image, compose, settings of the tools."""

import re
import tomllib
from pathlib import Path
from typing import Any, cast

import yaml

ROOT = Path(__file__).parents[3]


def project() -> dict[str, Any]:
    return tomllib.loads((ROOT / "pyproject.toml").read_text())


def compose() -> dict[str, Any]:
    return cast(dict[str, Any], yaml.safe_load((ROOT / "docker-compose.yml").read_text()))


def test_the_licence_is_the_whole_apache_2_0() -> None:
    licence = (ROOT / "LICENSE").read_text()

    assert "Apache License\n                           Version 2.0, January 2004" in licence
    assert "END OF TERMS AND CONDITIONS" in licence
    assert project()["project"]["license"] == "Apache-2.0"


def test_the_wheel_names_all_its_packages() -> None:
    wheel = project()["tool"]["hatch"]["build"]["targets"]["wheel"]

    assert set(wheel["packages"]) == {
        "agent",
        "engine",
        "retrieval",
        "tools",
        "migrations",
        "desks",
    }


def test_the_changelog_opens_with_this_version() -> None:
    first = re.search(r"^## (\S+)", (ROOT / "CHANGELOG.md").read_text(), re.MULTILINE)

    assert first is not None
    assert first[1] == project()["project"]["version"]


def test_the_service_waits_for_broker_database_schema_and_topics() -> None:
    services = compose()["services"]

    assert services["citedesk"]["depends_on"] == {
        "migrate": {"condition": "service_completed_successfully"},
        "topics": {"condition": "service_completed_successfully"},
    }
    assert services["migrate"]["depends_on"]["postgres"] == {"condition": "service_healthy"}
    assert services["topics"]["depends_on"]["kafka"] == {"condition": "service_healthy"}
    assert {"kafka", "postgres"} <= {n for n, s in services.items() if "healthcheck" in s}


def test_the_compose_file_ships_no_password() -> None:
    text = (ROOT / "docker-compose.yml").read_text()
    asked = re.sub(r"\$\{POSTGRES_PASSWORD:\?[^}]*\}", "ASKED", text)

    given = re.findall(r"POSTGRES_PASSWORD: *(\S+)|//citedesk:(\S+)@", asked)
    assert [one or other for one, other in given] == ["ASKED", "ASKED"]


def test_the_image_installs_by_hash_and_runs_as_nobody_in_particular() -> None:
    image = (ROOT / "Dockerfile").read_text()

    assert image.count("--require-hashes") >= 1
    assert re.search(r"^USER (?!root|0)\S+", image, re.MULTILINE)
    assert "HEALTHCHECK" in image


def test_compose_and_the_local_broker_run_the_same_kafka() -> None:
    from deploy.local.kafka import VERSION

    assert compose()["services"]["kafka"]["image"] == f"apache/kafka:{VERSION}"
