"""The sample site for nginx, but for names and ports as it is, before a real server: TLS, ranges, uploads, events."""

from __future__ import annotations

import os
import re
import shutil
import ssl
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx2
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from tests.acceptance.program import Program
from tests.acceptance.server import free_port, serving
from tests.integration.audio.test_recording import sound

SITE = Path(__file__).parents[2] / "deploy" / "nginx.conf"
NAME = "narrowcast.example.org"


def certificate(folder: Path) -> tuple[Path, Path]:
    """A certificate that we sign ourselves, and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, NAME)])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(NAME)]), critical=False)
        .sign(key, hashes.SHA256())
    )
    paths = folder / "fullchain.pem", folder / "privkey.pem"
    paths[0].write_bytes(made.public_bytes(serialization.Encoding.PEM))
    paths[1].write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return paths


@contextmanager
def nginx(folder: Path, server: str) -> Iterator[tuple[str, str, Path]]:
    """nginx with the site before that server: its ports without and with TLS, and its certificate."""
    program = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")
    if program is None:
        pytest.skip("nginx is not installed: apt-get install nginx-light")
    plain, secure = free_port(), free_port()
    chain, key = certificate(folder)
    site = SITE.read_text("utf-8")
    site = re.sub(r"\n\s+listen \[::\].*", "", site)
    for there, here in (
        ("listen 80;", f"listen 127.0.0.1:{plain};"),
        ("listen 443 ssl http2;", f"listen 127.0.0.1:{secure} ssl http2;"),
        ("/etc/letsencrypt/live/narrowcast.example.org/fullchain.pem", str(chain)),
        ("/etc/letsencrypt/live/narrowcast.example.org/privkey.pem", str(key)),
        ("server 127.0.0.1:8484", f"server {server}"),
    ):
        assert there in site
        site = site.replace(there, here)
    temporary = "".join(
        f"{kind}_temp_path {folder}/{kind};" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    user = "user root;" if os.geteuid() == 0 else ""
    config = folder / "nginx.conf"
    config.write_text(
        f"{user} daemon off; pid {folder}/nginx.pid; error_log {folder}/error.log; worker_processes 1;"
        f"events {{ worker_connections 64; }} http {{ access_log off; {temporary} {site} }}"
    )
    subprocess.run([program, "-t", "-c", config], check=True, capture_output=True, timeout=60)
    process = subprocess.Popen([program, "-c", config], stderr=subprocess.DEVNULL)
    try:
        yield plain, secure, chain
    finally:
        process.terminate()
        process.wait(30)


def test_through_nginx_sound_comes_in_ranges_uploads_go_in_and_events_come_at_once(
    program: Program, tmp_path: Path
) -> None:
    token = program.run("token", "create", "tests").done().out.strip()
    settings = {
        "NARROWCAST_PUBLIC_URL": f"https://{NAME}",
        "NARROWCAST_TRUSTED_PROXIES": "127.0.0.1",
        "NARROWCAST_JOBS_AT_ONCE": "0",
    }
    (tmp_path / "nginx").mkdir()
    port = free_port()
    with (
        serving(program, "--port", port, env=settings),
        nginx(tmp_path / "nginx", f"127.0.0.1:{port}") as (plain, secure, chain),
        httpx2.Client(
            base_url=f"https://127.0.0.1:{secure}",
            headers={"Host": NAME, "Authorization": f"Bearer {token}"},
            verify=ssl.create_default_context(cafile=str(chain)),
            timeout=60,
        ) as client,
    ):
        asks(client, plain)


def asks(client: httpx2.Client, plain: str) -> None:
    """What a browser, a player and a program would."""
    sni = {"sni_hostname": NAME}
    end = time.monotonic() + 30
    while True:
        try:
            moved = httpx2.get(f"http://127.0.0.1:{plain}/library", headers={"Host": NAME})
            break
        except httpx2.ConnectError:
            assert time.monotonic() < end
            time.sleep(0.05)
    assert (moved.status_code, moved.headers["location"]) == (301, f"https://{NAME}/library")

    data = sound(".mp3", 140)
    assert len(data) > 1_048_576
    form = {"data": {"title": "Mine"}, "files": {"audio_file": ("mine.mp3", data)}}
    taken = client.post("/api/v1/podcasts", **form, extensions=sni)  # type: ignore[arg-type]
    assert taken.status_code == 201, taken.text
    audio = f"/api/v1/podcasts/{taken.json()['episode_id']}/audio"
    part = client.get(audio, headers={"Range": "bytes=1000000-1000099"}, extensions=sni)
    assert (part.status_code, part.content) == (206, data[1_000_000:1_000_100])
    assert part.headers["content-range"] == f"bytes 1000000-1000099/{len(data)}"
    whole = client.get(audio, extensions=sni)
    assert whole.content == data
    assert "content-encoding" not in whole.headers
    again = client.get(audio, headers={"If-None-Match": whole.headers["etag"]}, extensions=sni)
    assert again.status_code == 304

    with client.stream("GET", "/api/v1/podcasts/events", extensions=sni) as events:
        assert events.headers["content-type"].startswith("text/event-stream")
        # The stream stays open for 15 minutes: what comes now was not held back.
        assert b"retry:" in next(events.iter_raw())
    assert client.get("/metrics", extensions=sni).status_code == 404
    page = client.get("/sign-in", extensions=sni)
    assert page.status_code == 200
    assert "max-age" in page.headers["strict-transport-security"]
