"""What players show: made with a script it holds citations and flags, made of a transcript the same times and words."""

from __future__ import annotations

from narrowcast.script.claims import Flag
from narrowcast.script.cue_sheet import CueSheet, cue_sheet, of_transcript
from narrowcast.script.cues import build_timeline, sentence_cues
from narrowcast.script.dialogue import Script, Segment, Turn
from narrowcast.script.profile import Speaker
from narrowcast.script.timeline import Timeline, TurnCue
from narrowcast.script.transcripts import to_chapters_json, to_json

FIRST = "Bees dance. Seven bees danced, then seven more <b>danced</b>."
TURNS = (Turn(id="s1t1", speaker="Maya", text=FIRST, cites=(3, 3, 1)), Turn(id="s2t1", speaker="Sam", text="Do they?"))
SCRIPT = Script(
    title="Bees",
    language="en",
    speakers=(Speaker(name="Sam", voice_id="a"), Speaker(name="Maya", voice_id="b")),
    segments=(Segment(title="The\ndance", turns=TURNS[:1]), Segment(title="Doubts", turns=TURNS[1:])),
)


def timeline() -> Timeline:
    said = sentence_cues(FIRST, 500, 4_500, ["Bees dance.", "Seven bees danced, then seven more <b>danced</b>."])
    cues = (
        TurnCue(turn_id="s1t1", speaker="Maya", segment=1, start_ms=500, end_ms=4_500, sentences=said),
        TurnCue(
            turn_id="s2t1",
            speaker="Sam",
            segment=2,
            start_ms=5_000,
            end_ms=6_000,
            sentences=sentence_cues("Do they?", 5_000, 6_000, ["Do they?"]),
        ),
    )
    return build_timeline(cues, [segment.title for segment in SCRIPT.segments], 7_000)


def sheet() -> CueSheet:
    return cue_sheet(SCRIPT, timeline(), {"s1t1": (Flag("number", "seven", FIRST.index("seven")),)})


def test_a_sheet_tells_who_says_what_when_what_it_cites_and_what_is_not_in_there() -> None:
    told = sheet()
    assert told.speakers == ("Sam", "Maya"), "in the script's order, which is that of the voices' colours"
    assert [(mark.start, mark.end, mark.title) for mark in told.chapters] == [(0, 5, "The dance"), (5, 7, "Doubts")]
    first, second = told.turns
    assert (first.turn_id, first.speaker, first.segment, first.start, first.end) == ("s1t1", "Maya", 1, 0.5, 4.5)
    assert (first.cites, second.cites) == ((3, 1), ())
    assert [part.text for part in first.sentences][1].endswith("<b>danced</b>."), "text stays text"
    assert [(flag.text, flag.sentence) for flag in first.flagged] == [("seven", 1)]
    assert "figure" in first.flagged[0].why


def test_a_kept_sheet_is_the_same_when_it_is_read() -> None:
    assert CueSheet.model_validate_json(sheet().model_dump_json()) == sheet()


def test_a_transcript_alone_has_the_same_times_speakers_and_chapters_without_ids() -> None:
    made, read = sheet(), of_transcript(to_json(timeline()), to_chapters_json(timeline()), 7_000)
    assert read.chapters == made.chapters
    assert read.speakers == ("Maya", "Sam")
    assert [(turn.speaker, turn.segment, turn.sentences) for turn in read.turns] == [
        (turn.speaker, turn.segment, turn.sentences) for turn in made.turns
    ]
    assert {(turn.turn_id, turn.cites, turn.flagged) for turn in read.turns} == {(None, (), ())}


def test_what_one_person_says_for_an_hour_is_cut_into_parts_that_can_be_read() -> None:
    said = [{"speaker": "", "startTime": at, "endTime": at + 5, "body": f"Sentence {at}."} for at in range(0, 3600, 5)]
    read = of_transcript(str({"version": "1.0.0", "segments": said}).replace("'", '"'), None, 3_600_000)
    assert max(turn.end - turn.start for turn in read.turns) <= 60
    assert sum(len(turn.sentences) for turn in read.turns) == 720
    assert (read.speakers, read.chapters, {turn.segment for turn in read.turns}) == ((), (), {1})
