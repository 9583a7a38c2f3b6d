"""`narrowcast doctor`, with the real program."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

from tests.acceptance.program import COMMAND, Program


def findings(program: Program, *arguments: str, code: int = 0) -> dict[str, dict[str, str]]:
    ended = program.run("doctor", "--json", *arguments)
    assert (ended.code, "Traceback" in ended.err) == (code, False), ended.err
    return {finding["what"]: finding for finding in json.loads(ended.out)}


def blob(program: Program) -> Path:
    return next(path for path in (program.home / "blobs" / "clips").rglob("*") if path.is_file())


def test_with_nothing_configured_all_is_well(program: Program) -> None:
    found = findings(program)
    assert found["voices: espeak"]["verdict"] == "ok"
    assert found["writer"]["found"] == "built in, no language model"
    assert "this machine alone" in found["server"]["found"]
    shown = program.run("doctor").done().out
    assert "✓ database" in shown


def test_a_missing_file_and_a_damaged_one_are_named(made: Program) -> None:
    path = blob(made)
    data = path.read_bytes()
    assert findings(made, "--deep")["database"]["verdict"] == "ok"

    path.write_bytes(data[:-1] + bytes([data[-1] ^ 1]))
    assert findings(made)["database"]["verdict"] == "ok"
    assert "damaged" in findings(made, "--deep", code=1)["files"]["found"]

    path.unlink()
    assert path.name in findings(made, code=1)["files"]["found"]


def test_a_provider_that_does_not_answer_is_a_problem_and_its_key_is_not_shown(program: Program) -> None:
    wrong = Program(
        program.folder, program.home, {"OPENAI_API_KEY": "sk-secret1", "OPENAI_BASE_URL": "http://127.0.0.1:9/v1"}
    )
    found = findings(wrong, code=1)
    assert found["voices: openai"]["verdict"] == "problem"
    assert "OPENAI_BASE_URL" in found["writer"]["hint"]
    assert "secret1" not in json.dumps(found)


def test_who_listens_to_the_first_lines_alone_is_no_fault(program: Program) -> None:
    with subprocess.Popen(
        [COMMAND, "doctor"], env=program.environ(), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout
        assert process.stderr
        assert "voices" in [process.stdout.readline() for _ in range(4)][-1]
        process.stdout.close()
        assert "Traceback" not in process.stderr.read()
