"""Over TLS the certificate is checked against the name, though the connection goes to a checked address."""

from __future__ import annotations

import asyncio
import shutil
import ssl
import subprocess
from collections.abc import Sequence
from pathlib import Path

import pytest

from narrowcast.errors import SourceError
from narrowcast.net import FetchLimits, fetch

pytestmark = pytest.mark.skipif(shutil.which("openssl") is None, reason="makes its certificate with openssl")


def certificate(folder: Path, name: str) -> tuple[Path, Path]:
    key, cert = folder / "key.pem", folder / "cert.pem"
    kind = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2"]
    who = ["-subj", f"/CN={name}", "-addext", f"subjectAltName=DNS:{name}"]
    subprocess.run(
        ["openssl", "req", "-x509", *kind, "-keyout", key, "-out", cert, *who], check=True, capture_output=True
    )
    return key, cert


async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.readuntil(b"\r\n\r\n")
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok")
    await writer.drain()
    writer.close()


async def test_the_name_in_the_url_must_be_the_certificates(tmp_path: Path) -> None:
    key, cert = certificate(tmp_path, "good.example")
    inside = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    inside.load_cert_chain(cert, key)
    outside = ssl.create_default_context(cafile=str(cert))
    server = await asyncio.start_server(answer, "127.0.0.1", 0, ssl=inside)
    port = server.sockets[0].getsockname()[1]

    async def resolve(host: str, port: int) -> Sequence[str]:
        return ["127.0.0.1"]

    async def get(host: str, context: ssl.SSLContext | None) -> bytes:
        url = f"https://{host}:{port}/"
        limits = FetchLimits(total_s=5)
        return (await fetch(url, limits, allow_private=True, resolve=resolve, ssl_context=context)).body

    async with server:
        assert await get("good.example", outside) == b"ok"
        with pytest.raises(SourceError, match="cannot be reached"):
            await get("other.example", outside)
        with pytest.raises(SourceError, match="cannot be reached"):
            await get("good.example", None)
