"""A fault in a setting is told with the variable; what was given only where it is no secret."""

from pathlib import Path

import pytest

from agent.settings import SettingsError, load_settings

SECRET = "90210"


def told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, toml: str) -> str:
    file = tmp_path / "citedesk.toml"
    file.write_text(toml)
    monkeypatch.setenv("CITEDESK_CONFIG", str(file))
    with pytest.raises(SettingsError) as caught:
        load_settings()
    return str(caught.value)


@pytest.mark.parametrize(
    ("toml", "named"),
    [
        (f"[tools.secrets]\nerp = {SECRET}", "CITEDESK_TOOLS__SECRETS__ERP: "),
        (f"[tools.secrets]\nerp = [{SECRET}]", "CITEDESK_TOOLS__SECRETS__ERP: "),
        (f"[tools.secrets]\nerp = {{ key = {SECRET} }}", "CITEDESK_TOOLS__SECRETS__ERP: "),
        (f"[tools]\nsecrets = {SECRET}", "CITEDESK_TOOLS__SECRETS: "),
        (f'[tools]\nsecrets = ["{SECRET}"]', "CITEDESK_TOOLS__SECRETS: "),
        (f"[tools]\nerp = {SECRET}", "CITEDESK_TOOLS__ERP: "),
        (f"tools = {SECRET}", "CITEDESK_TOOLS: "),
        (f'tools = ["{SECRET}"]', "CITEDESK_TOOLS: "),
        (f"[web.webhooks.shop]\nsecret = {SECRET}", "CITEDESK_WEB__WEBHOOKS__SHOP__SECRET: "),
        (f"[approvals.approvers.anna]\nkey = {SECRET}", "CITEDESK_APPROVALS__APPROVERS__ANNA__K"),
    ],
)
def test_no_fault_repeats_a_secret(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, toml: str, named: str
) -> None:
    fault = told(monkeypatch, tmp_path, toml)
    assert named in fault
    assert SECRET not in fault


def test_a_number_among_the_secrets_of_a_variable_stays_hidden_too(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("CITEDESK_TOOLS__SECRETS", f'{{"erp": {SECRET}}}')
    fault = told(monkeypatch, tmp_path, "")
    assert fault == "CITEDESK_TOOLS__SECRETS__ERP: Input should be a valid string"


def test_what_is_no_secret_is_repeated(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    fault = told(monkeypatch, tmp_path, "[web]\nport = 90210")
    assert fault.endswith("(given 90210)")
