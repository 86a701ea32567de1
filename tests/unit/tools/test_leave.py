"""Days of leave, computed once and then said as fields."""

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from tests.unit.tools.tables import SANNE, TOM, a_registry
from tools.errors import ToolFailed
from tools.leave import LeaveBalance, LeaveKind, leave_data, leave_phrases


def a_balance(kind: LeaveKind, entitled: str, taken: str, **changed: object) -> LeaveBalance:
    expires = changed.get("expires_on")
    return LeaveBalance(
        employee_id="E-1",
        year=2026,
        kind=kind,
        entitled_days=Decimal(entitled),
        taken_days=Decimal(taken),
        planned_days=Decimal(0),
        expires_on=expires if isinstance(expires, date) else None,
    )


async def test_days_left_are_neither_taken_nor_planned(tmp_path: Path) -> None:
    result = await a_registry(tmp_path).call("leave_balance", {}, SANNE)

    assert result.data["annual_remaining_days"] == 9.5
    assert result.data["carried_over_remaining_days"] == 3
    assert result.data["total_remaining_days"] == 12.5


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        ("en", "You have 9.5 days of annual leave left for 2026."),
        ("nl", "Je hebt voor 2026 nog 9,5 dagen vakantieverlof over."),
        ("de", "Sie haben für 2026 noch 9,5 Tage Jahresurlaub."),
        ("fr", "Il vous reste 9,5 jours de congés annuels pour 2026."),
        ("pl", "Pozostały urlop wypoczynkowy za 2026: 9,5 dnia."),
    ],
)
async def test_days_are_written_as_the_language_writes_them(
    tmp_path: Path, language: str, expected: str
) -> None:
    registry = a_registry(tmp_path)
    result = await registry.call("leave_balance", {}, SANNE)

    assert registry.get("leave_balance").phrases(result, language)[0].text == expected


async def test_carried_over_leave_that_expired_counts_no_more(tmp_path: Path) -> None:
    result = await a_registry(tmp_path).call("leave_balance", {}, TOM)

    said = [phrase.text for phrase in leave_phrases(result.data, "en")]

    assert result.data["carried_over_expired"] is True
    assert "The leave carried over from the year before expired on 1 July 2026." in said
    assert not any("You also have" in text or "In total" in text for text in said)


async def test_an_overdrawn_balance_is_left_for_a_person_to_word(tmp_path: Path) -> None:
    result = await a_registry(tmp_path).call("leave_balance", {}, TOM)

    said = " ".join(phrase.text for phrase in leave_phrases(result.data, "en"))

    assert result.data["annual_remaining_days"] == -1
    assert "-1" not in said
    assert "taken 21 days" in said


async def test_a_year_without_balances_is_not_found(tmp_path: Path) -> None:
    with pytest.raises(ToolFailed, match="no balance for 2024"):
        await a_registry(tmp_path).call("leave_balance", {"year": 2024}, SANNE)


def test_a_balance_holds_on_its_last_day_and_not_after() -> None:
    carried = a_balance(LeaveKind.CARRIED_OVER, "4", "1", expires_on=date(2026, 7, 1))
    annual = a_balance(LeaveKind.ANNUAL, "25", "5")

    on_the_day = leave_data(2026, [carried, annual], date(2026, 7, 1))
    the_day_after = leave_data(2026, [carried, annual], date(2026, 7, 2))

    assert on_the_day["total_remaining_days"] == 23
    assert the_day_after["total_remaining_days"] == 20


def test_holiday_is_said_before_the_other_kinds_of_leave() -> None:
    balances = [
        a_balance(LeaveKind.PARENTAL, "45", "0"),
        a_balance(LeaveKind.ANNUAL, "25", "5"),
    ]

    topics = [p.topic for p in leave_phrases(leave_data(2026, balances, date(2026, 1, 1)), "en")]

    assert topics == ["balance", "balance", "parental"]
