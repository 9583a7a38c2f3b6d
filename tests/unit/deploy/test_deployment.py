"""What the files for deployment name is there, and they agree with each other and with the program."""

from __future__ import annotations

import configparser
import json
import re
import shlex
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from narrowcast.cli.app import app
from narrowcast.settings import Settings
from narrowcast.settings.serving import DEFAULT_PORT

ROOT = Path(__file__).parents[3]
DEPLOY = ROOT / "deploy"
FILES = [
    ROOT / "Dockerfile",
    ROOT / "compose.yaml",
    *(path for path in sorted(DEPLOY.rglob("*")) if path.is_file() and "secrets.d" not in path.parts),
]
UNITS = sorted((DEPLOY / "systemd").glob("*.service"))
OF_COMPOSE = {"NARROWCAST_IMAGE", "NARROWCAST_EXTRAS", "NARROWCAST_LISTEN"}
"""What compose.yaml itself is told in `.env`."""
DRAIN_S = 30


def commands() -> set[str]:
    """What `narrowcast` can be told to do."""
    plain = {each.name or each.callback.__name__ for each in app.registered_commands if each.callback}
    return plain | {str(each.name) for each in app.registered_groups}


def compose() -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load((ROOT / "compose.yaml").read_text("utf-8"))
    return found


def unit(path: Path) -> configparser.RawConfigParser:
    """A unit of systemd; a name may come again, and the last one counts."""
    parser = configparser.RawConfigParser(strict=False)
    parser.optionxform = str  # type: ignore[assignment,method-assign]
    parser.read_string(path.read_text("utf-8"))
    return parser


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_every_setting_that_is_named_exists(path: Path) -> None:
    known = {str(field.alias) for field in Settings.model_fields.values()}
    known |= {f"{name}_FILE" for name in known} | OF_COMPOSE
    assert sorted(set(re.findall(r"NARROWCAST_[A-Z_]+", path.read_text("utf-8"))) - known) == []


def test_the_image_is_built_of_what_the_builder_gets_and_starts_as_nobody() -> None:
    text = (ROOT / "Dockerfile").read_text("utf-8").replace("\\\n", " ")
    lines = [line.split(maxsplit=1) for line in text.splitlines() if line and not line.startswith("#")]
    built = text.index("\nFROM", text.index("\nFROM") + 1)
    given = {line[1:] for line in (ROOT / ".dockerignore").read_text("utf-8").splitlines() if line.startswith("!")}
    copied = {name for verb, rest in lines if verb == "COPY" and "--from" not in rest for name in rest.split()[:-1]}
    assert copied == given
    assert all((ROOT / name).exists() for name in given)
    last = {verb: rest for verb, _, rest in (line.partition(" ") for line in text[built:].splitlines())}
    assert last["USER"].split(":")[0] not in {"0", "root"}
    assert json.loads(last["ENTRYPOINT"]) == ["narrowcast"]
    assert json.loads(last["CMD"])[0] in commands()
    assert last["EXPOSE"] == str(DEFAULT_PORT)
    assert last["STOPSIGNAL"] == "SIGTERM"
    assert last["VOLUME"] == "/data"
    assert "pip install" not in text[built:]
    assert all("--require-hashes" in line for line in text.split("RUN") if "-r requirements" in line)
    build = {line.split("==")[0] for line in (ROOT / "requirements/build.txt").read_text("utf-8").splitlines()}
    removed = re.search(r"uninstall --quiet --yes ([^&]+)", text)
    assert removed
    # `packaging` is needed by what runs.
    assert set(removed[1].split()) == {name for name in build if re.fullmatch(r"[a-z-]+", name)} - {"packaging"} | {
        "pip"
    }


def test_compose_knows_every_volume_secret_and_service_that_it_names() -> None:
    found = compose()
    services = found["services"]
    program = commands()
    for name, service in services.items():
        assert set(service.get("depends_on", {})) <= set(services), name
        assert set(service.get("secrets", [])) <= set(found["secrets"]), name
        for volume in service.get("volumes", []):
            assert volume.split(":")[0] in found["volumes"], name
        if "build" in service and "entrypoint" not in service:
            assert service["command"][0] in program | {"worker"}, name
        assert service["restart"] in {"unless-stopped", "no"}, name
        if service["restart"] != "no":
            assert service["healthcheck"] if name != "web" else "healthcheck" not in service
            assert service["deploy"]["resources"]["limits"].keys() == {"cpus", "memory"}, name
        for published in service.get("ports", []):
            assert re.match(r"\$\{[A-Z_]+:-127\.0\.0\.1:\d+\}:\d+$", published), "open to this machine alone by default"
    small = {name for name, service in services.items() if "profiles" not in service}
    assert small == {"web", "migrate"}
    for name in small:
        waits = {other: how for other, how in services[name]["depends_on"].items() if other not in small}
        assert all(how["required"] is False for how in waits.values()), name
    assert services["web"]["ports"][0].endswith(f":{DEFAULT_PORT}")
    grace = [service["stop_grace_period"] for name, service in services.items() if name in {"web", "worker"}]
    assert all(int(each.removesuffix("s")) > DRAIN_S for each in grace)


def test_secrets_are_made_once_and_are_those_that_compose_names(tmp_path: Path) -> None:
    script = tmp_path / "secrets"
    script.write_bytes((DEPLOY / "secrets").read_bytes())
    for _ in range(2):
        subprocess.run(["sh", str(script)], check=True, capture_output=True, timeout=60)
        made = {path.name: path.read_text("utf-8") for path in (tmp_path / "secrets.d").iterdir()}
        named = {name: Path(each["file"]) for name, each in compose()["secrets"].items()}
        assert {path.name for path in named.values()} == set(made)
        assert all(path.parent == Path("deploy/secrets.d") for path in named.values())
    first = made
    assert (tmp_path / "secrets.d").stat().st_mode & 0o77 == 0
    assert first == {path.name: path.read_text("utf-8") for path in (tmp_path / "secrets.d").iterdir()}
    keys = json.loads(first["objects"])["identities"][0]["credentials"][0]
    assert keys["accessKey"] in first["aws_credentials"]
    assert keys["secretKey"] in first["aws_credentials"]
    assert f":{first['postgres_password'].strip()}@postgres:" in first["database_url"]
    assert len(set(first.values())) == len(first)


@pytest.mark.parametrize("path", UNITS, ids=lambda path: path.name)
def test_units_start_what_is_there_end_gently_and_may_do_little(path: Path) -> None:
    service = unit(path)["Service"]
    program, *words = shlex.split(service["ExecStart"])
    if program.endswith("/narrowcast"):
        assert words[0] in commands() | {"worker"}
        assert (service["KillMode"], service["KillSignal"]) == ("mixed", "SIGTERM")
        assert int(service["TimeoutStopSec"]) > DRAIN_S
    else:
        assert (program.rpartition("/")[2], words[:3]) == ("celery", ["-A", "narrowcast.workers.celery", "flower"])
    for name, value in {"NoNewPrivileges": "yes", "ProtectSystem": "strict", "ProtectHome": "yes"}.items():
        assert service[name] == value
    assert service["User"] != "root"
    assert service["StateDirectory"] == "narrowcast"


def test_supervisor_waits_for_the_work_to_be_given_back() -> None:
    parser = configparser.RawConfigParser(inline_comment_prefixes=None, comment_prefixes=(";",))
    parser.read_string((DEPLOY / "supervisord.conf").read_text("utf-8"))
    for name in parser.sections():
        program = parser[name]
        assert program["stopsignal"] == "TERM"
        if "narrowcast serve" in program["command"] or "narrowcast worker" in program["command"]:
            assert int(program["stopwaitsecs"]) > DRAIN_S
            assert program["stopasgroup"] == "false"


def test_nginx_goes_where_the_server_listens_and_lets_pass_what_it_takes() -> None:
    text = (DEPLOY / "nginx.conf").read_text("utf-8")
    assert set(re.findall(r"^\s+server 127\.0\.0\.1:(\d+)", text, re.MULTILINE)) == {str(DEFAULT_PORT)}
    found = re.search(r"client_max_body_size (\d+)m;", text)
    assert found
    assert int(found[1]) * 1_000_000 > Settings.model_fields["upload_bytes"].default
    assert len(re.findall(r"proxy_buffering off;", text)) == text.count("proxy_pass") - 1, "all but the plain ones"
    # Uvicorn lets go of idle connections after five seconds.
    assert set(re.findall(r"keepalive_timeout (\d+)s;", text)) == {"4"}
