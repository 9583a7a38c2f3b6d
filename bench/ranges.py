"""Audio by ranges, beside nginx: the same file, the same client, taking turns in one run.

    python bench/ranges.py [--seconds 3] [--mb 64]

Prints each one's throughput and their ratio: for the whole file, and for ranges of 1 MB as players ask for them. Needs
nginx (apt-get install nginx-light). The server is this project's, over the socket that it serves with.
"""

from __future__ import annotations

import argparse
import asyncio
import hashlib
import http.client
import os
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import uuid
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import insert

from narrowcast.accounts.roles import Role, Scope
from narrowcast.accounts.secrets import TOKEN_PREFIX, new_secret, secret_hash
from narrowcast.store.episodes.episodes import EpisodeStatus
from narrowcast.store.episodes.revisions import NewRevision, Publication
from narrowcast.store.home import Store
from narrowcast.store.tables import episode

RANGE = 1_000_000
ROUNDS = 5
NGINX = """
daemon off; master_process off; pid {folder}/nginx.pid; error_log {folder}/error.log;
events {{ worker_connections 64; }}
http {{
  access_log off; sendfile on; tcp_nopush on;
  client_body_temp_path {folder}/b; proxy_temp_path {folder}/p; fastcgi_temp_path {folder}/f;
  uwsgi_temp_path {folder}/u; scgi_temp_path {folder}/s;
  server {{ listen 127.0.0.1:{port}; location / {{ root {folder}/www; }} }}
}}
"""


async def prepare(home: Path, data: bytes) -> tuple[str, str]:
    """An episode with that sound, and a token that may hear it: its path, and the token."""
    store = await Store.open(home)
    try:
        user = await store.accounts.add(email="bench@example.org", name="Bench", role=Role.OWNER, tier="standard")
        token = new_secret(TOKEN_PREFIX)
        await store.tokens.add(user.id, name="bench", secret_hash=secret_hash(token), scopes=[Scope.READ])
        identity, now = str(uuid.uuid4()), datetime.now(UTC)
        key = f"episodes/{identity}/r1/audio.mp3"
        await store.blobs.put(key, data)
        digest = hashlib.sha256(data).hexdigest()
        revision = NewRevision(key, "audio/mpeg", len(data), digest, 60_000, {}, {})
        values: dict[str, object] = {
            "id": identity,
            "owner_id": user.id,
            "title": "Bench",
            "language": "en",
            "figures": {},
        }
        values |= {"status": EpisodeStatus.COMPLETED, "created_at": now, "updated_at": now}
        async with store.shelf._database.write() as connection:  # noqa: SLF001 - no verb makes a rendering without a job
            await connection.execute(insert(episode).values(**values))
            await Publication(identity, revision).write(connection, now)
    finally:
        await store.aclose()
    return f"/audio/{identity}-1.mp3", token


def throughput(port: int, path: str, token: str, size: int, seconds: float, *, ranges: bool) -> float:
    """Megabytes a second that one client gets over one connection."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    buffer = memoryview(bytearray(1 << 20))
    taken, at, begin = 0, 0, time.perf_counter()
    while time.perf_counter() - begin < seconds:
        headers = {"Authorization": f"Bearer {token}"}
        if ranges:
            headers["Range"] = f"bytes={at}-{min(at + RANGE, size) - 1}"
            at = (at + RANGE) % size
        connection.request("GET", path, headers=headers)
        answer = connection.getresponse()
        if answer.status != (206 if ranges else 200):
            raise SystemExit(f"port {port} answers {answer.status}")
        while count := answer.readinto(buffer):
            taken += count
    elapsed = time.perf_counter() - begin
    connection.close()
    return taken / elapsed / 1e6


def free_ports(count: int) -> list[int]:
    """Ports that nobody listens at."""
    sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [each.getsockname()[1] for each in sockets]
    for each in sockets:
        each.close()
    return ports


def wait_for(port: int) -> None:
    """Until somebody listens there."""
    for _ in range(300):
        with suppress(OSError):
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=1)
            connection.request("HEAD", "/")
            connection.getresponse().read()
            return
        time.sleep(0.1)
    raise SystemExit(f"nothing listens on port {port}")


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=3.0)
    parser.add_argument("--mb", type=int, default=64)
    asked = parser.parse_args()
    nginx = shutil.which("nginx") or "/usr/sbin/nginx"
    if not Path(nginx).exists():
        raise SystemExit("nginx is not there: apt-get install nginx-light")
    ours_at, theirs_at = free_ports(2)
    data = os.urandom(asked.mb * 1_000_000)
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        path, token = asyncio.run(prepare(folder / "home", data))
        (folder / "www" / "audio").mkdir(parents=True)
        (folder / f"www{path}").write_bytes(data)
        folder.chmod(0o755)
        (folder / "nginx.conf").write_text(f"user root;{NGINX.format(folder=folder, port=theirs_at)}")
        environ = os.environ | {"NARROWCAST_HOME": str(folder / "home"), "NARROWCAST_LOG_LEVEL": "error"}
        command = [sys.executable, "-m", "narrowcast", "serve", "--host", "127.0.0.1", "--port", str(ours_at)]
        quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        with (
            subprocess.Popen(command, env=environ, **quiet) as ours,  # type: ignore[call-overload]
            subprocess.Popen([nginx, "-c", str(folder / "nginx.conf")], **quiet) as theirs,  # type: ignore[call-overload]
        ):
            try:
                wait_for(ours_at)
                wait_for(theirs_at)
                print(f"load at start {os.getloadavg()[0]:.1f}, {asked.mb} MB, median of {ROUNDS} rounds")
                for name, ranges in (("whole file", False), ("ranges of 1 MB", True)):
                    pairs = [
                        tuple(
                            throughput(port, path, token, len(data), asked.seconds, ranges=ranges)
                            for port in (ours_at, theirs_at)
                        )
                        for _ in range(ROUNDS)
                    ]
                    ratio = statistics.median(mine / other for mine, other in pairs)
                    mine, other = (statistics.median(values) for values in zip(*pairs, strict=True))
                    print(f"{name}: {mine:,.0f} MB/s, nginx {other:,.0f} MB/s, ratio {ratio:.2f} (target 0.5)")
            finally:
                ours.terminate()
                theirs.terminate()


if __name__ == "__main__":
    main()
