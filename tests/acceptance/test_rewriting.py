"""`narrowcast rewrite`: one part of a script is written anew, the rest stays, and nothing is paid for twice."""

from __future__ import annotations

import json

from tests.acceptance.program import Program

from running import Simulator

REWRITE = ("rewrite", "out.script.json", "--llm", "openai:sim", "--instruction", "simpler, with an example")


def test_a_segment_is_written_anew_and_only_its_turns_are_voiced_again(
    made: Program, kept_simulator: Simulator
) -> None:
    before, calls = made.script(), len(kept_simulator.calls())
    ended = made.run(*REWRITE, "--segment", "2", "--json").done()
    after = made.script()
    asked = kept_simulator.calls()[calls:]
    assert [call.stage for call in asked if call.stage != "models"] == ["transcript"]
    assert after["segments"][0] == before["segments"][0]
    assert after["segments"][1]["title"] == before["segments"][1]["title"]
    assert after["sources"] == before["sources"] != []
    ids = [turn["id"] for segment in after["segments"] for turn in segment["turns"]]
    assert len(set(ids)) == len(ids)
    assert ended.figures["turns"] == [turn["id"] for turn in after["segments"][1]["turns"]]
    previous = json.loads(made.path("out.script.previous.json").read_text("utf-8"))
    assert previous == before

    calls = len(kept_simulator.calls())
    made.run("make", "--script", "out.script.json", "--tts", "openai:sim").done()
    old = {turn["text"] for turn in before["segments"][1]["turns"]}
    new = [turn for turn in after["segments"][1]["turns"] if turn["text"] not in old]
    assert len([call for call in kept_simulator.calls()[calls:] if call.stage == "speech"]) == len(new)


def test_one_turn_keeps_its_id_its_speaker_and_its_neighbours(made: Program, kept_simulator: Simulator) -> None:
    before = made.script()
    turn = before["segments"][0]["turns"][1]
    made.run(*REWRITE, "--turn", turn["id"]).done()
    turns = made.script()["segments"][0]["turns"]
    assert len(turns) == len(before["segments"][0]["turns"])
    assert (turns[1]["id"], turns[1]["speaker"]) == (turn["id"], turn["speaker"])
    assert turns[0] == before["segments"][0]["turns"][0]
    assert turns[2:] == before["segments"][0]["turns"][2:]


def test_the_same_change_is_not_paid_for_twice(made: Program, kept_simulator: Simulator) -> None:
    script = made.path("out.script.json").read_bytes()
    first = made.run(*REWRITE, "--segment", "1", "--json").done().figures
    written, calls = made.script(), len(kept_simulator.calls())
    made.path("out.script.json").write_bytes(script)
    again = made.run(*REWRITE, "--segment", "1", "--json").done().figures
    assert made.script() == written
    assert (first["cached"], again["cached"]) == (False, True)
    assert [call for call in kept_simulator.calls()[calls:] if call.stage == "transcript"] == []


def test_two_at_the_same_time_both_stand_in_the_script(made: Program) -> None:
    before = made.script()["segments"]
    running = [made.start(*REWRITE, "--segment", number) for number in ("1", "2")]
    for process in running:
        said, _ = process.communicate(timeout=120)
        assert process.returncode == 0, said
    after = made.script()["segments"]
    assert [new != old for new, old in zip(after, before, strict=True)] == [True, True]


def test_sources_that_are_gone_are_remembered_and_changed_ones_elsewhere_are_refused(
    made: Program, kept_simulator: Simulator
) -> None:
    made.path("canal.md").unlink()
    made.run(*REWRITE, "--segment", "1").done()
    cites = {number for turn in made.script()["segments"][0]["turns"] for number in turn["cites"]}
    assert cites, "its passages were still at hand"
    made.path("canal.md").write_text("# Another text\n\nAbout something else entirely, at some length.\n")
    elsewhere = Program(made.folder, made.home.with_name("other"), made.env)
    script = made.script()
    elsewhere.run(*REWRITE, "--segment", "2").refused("not what they were")
    assert made.script() == script


def test_what_cannot_be_rewritten_is_refused(made: Program) -> None:
    script = made.path("out.script.json").read_bytes()
    made.run(*REWRITE).refused("--segment N")
    made.run(*REWRITE, "--segment", "9").refused("no segment 9")
    made.run(*REWRITE, "--turn", "s9t9").refused("no turn 's9t9'")
    made.run(*REWRITE, "--segment", "2", "--turn", "s1t1").refused("segment 1, not 2")
    made.run(*REWRITE[:-1], "  ", "--segment", "1").refused("no instruction")
    made.run("rewrite", "gone.script.json", "-i", "x", "--segment", "1").refused("gone.script.json")
    no_model = made.run("rewrite", "out.script.json", "-i", "x", "--segment", "1", "--llm", "none")
    no_model.refused("takes a language model")
    assert made.path("out.script.json").read_bytes() == script
