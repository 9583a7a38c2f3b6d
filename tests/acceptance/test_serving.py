"""`narrowcast serve`: starts, answers, ends."""

from __future__ import annotations

import signal
import socket

import httpx2
import pytest
from tests.acceptance.program import Program
from tests.acceptance.server import serving


@pytest.mark.parametrize("stop", [signal.SIGTERM, signal.SIGINT])
def test_it_answers_until_it_is_told_to_end(program: Program, stop: signal.Signals) -> None:
    with serving(program) as server:
        assert httpx2.get(f"{server.address}/healthz").json() == {"status": "ok"}
        assert server.end(stop) == 0


def test_a_taken_port_is_told_with_the_way_out(program: Program) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        ended = program.run("serve", "--port", str(taken.getsockname()[1]))
    ended.refused("cannot listen", "--port")


def test_an_address_of_another_machine_is_refused(program: Program) -> None:
    program.run("serve", "--host", "192.0.2.1", "--port", "0").refused("192.0.2.1")
