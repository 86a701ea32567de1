"""Tests stay on this machine."""

import asyncio
import socket

import pytest

ELSEWHERE = ("192.0.2.1", 80)  #: an address that belongs to nobody, by RFC 5737


def test_a_connection_that_leaves_the_machine_is_refused() -> None:
    with pytest.raises(AssertionError, match=r"'192\.0\.2\.1': tests use this machine only"):
        socket.create_connection(ELSEWHERE, timeout=1)


async def test_one_of_an_event_loop_too() -> None:
    with pytest.raises(AssertionError, match="this machine only"):
        await asyncio.open_connection(*ELSEWHERE)


def test_one_to_this_machine_is_not() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        socket.create_connection(server.getsockname(), timeout=1).close()
