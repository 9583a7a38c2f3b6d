"""How words are said: what is found, what is left, what is refused."""

from __future__ import annotations

import time

import pytest
from pydantic import ValidationError

from narrowcast.script.dialogue import Script
from narrowcast.script.lexicon import MAX_ENTRIES, say_words
from narrowcast.script.profile import EpisodeProfile, SpeakerProfile
from narrowcast.script.script_file import dump_script, parse_script


@pytest.mark.parametrize(
    ("text", "lexicon", "said"),
    [
        ("We run nginx; Nginx and NGINX too.", {"nginx": "engine x"}, "We run engine x; engine x and engine x too."),
        ("Is SQL sql?", {"SQL": "sequel"}, "Is sequel sql?"),
        ("The polish Polish polish.", {"Polish": "Poh-lish"}, "The polish Poh-lish polish."),
        ("Caching a cache, re-cache.", {"cache": "cash"}, "Caching a cash, re-cash."),
        ("New  York\nand York", {"York": "Yawk", "New York": "Noo Yawk"}, "Noo Yawk\nand Yawk"),
        ("a b", {"a": "b", "b": "a"}, "b a"),
        ("GIF gif", {"GIF": "gif", "gif": "jif"}, "gif jif"),
        ("**Kubectl**'s C++ and .NET.", {"kubectl": "cube control", "C++": "see plus plus", ".NET": "dot net"}, None),
        ("cafe\u0301s cafe\u0301", {"caf\u00e9": "kaffay"}, "caf\u00e9s kaffay"),
        ("東京大学と東京", {"東京大学": "とうだい", "東京": "とうきょう"}, "とうだいととうきょう"),
        ("OpenAIは", {"OpenAI": "オープンエーアイ"}, "オープンエーアイは"),
        ("किताब क", {"क": "ka"}, "किताब ka"),
        ("1.5G and 5G", {"5G": "five gee"}, "1.five gee and five gee"),
        ("nothing here", {}, "nothing here"),
    ],
)
def test_words_are_said_as_the_lexicon_has_them(text: str, lexicon: dict[str, str], said: str | None) -> None:
    expected = "**cube control**'s see plus plus and dot net." if said is None else said
    assert say_words(text, lexicon) == expected


def profile(lexicon: object) -> SpeakerProfile:
    speakers = [{"name": "Ann"}]
    return SpeakerProfile.model_validate(
        {"name": "p", "tts_provider": "auto", "speakers": speakers, "lexicon": lexicon}
    )


@pytest.mark.parametrize(
    ("lexicon", "says"),
    [
        ({"": "x"}, "no letter"),
        ({"...": "dots"}, "no letter"),
        ({"word": " "}, "'word'"),
        ({"word": "a\x07b"}, "control"),
        ({"wo\nrd": "b"}, "control"),
        ({"w" * 201: "b"}, "200"),
        ({"word": "b" * 201}, "'word'"),
        ({f"w{number}": "b" for number in range(MAX_ENTRIES + 1)}, "1,000"),
        ({"word": 3}, "string"),
        ([("a", "b")], "dictionary"),
    ],
)
def test_what_cannot_be_said_is_refused(lexicon: object, says: str) -> None:
    with pytest.raises(ValidationError, match=says):
        profile(lexicon)


def test_a_profile_without_one_has_none() -> None:
    assert EpisodeProfile.model_fields["lexicon"].get_default() == {}
    assert profile({" nginx ": " engine x "}).lexicon == {"nginx": "engine x"}


def test_a_script_keeps_its_lexicon_and_one_without_stays_as_it_is() -> None:
    script = Script.model_validate(
        {
            "title": "T",
            "language": "en",
            "speakers": [{"name": "Ann"}],
            "segments": [{"title": "S", "turns": [{"id": "s1t1", "speaker": "Ann", "text": "Hello nginx."}]}],
        }
    )
    assert "lexicon" not in dump_script(script)
    spoken = script.model_copy(update={"lexicon": {"nginx": "engine x"}})
    assert parse_script(dump_script(spoken), "x").lexicon == {"nginx": "engine x"}


def test_the_largest_lexicon_and_the_longest_turn_take_no_time() -> None:
    lexicon = {f"word{number} of {'x' * 150}": "y" for number in range(MAX_ENTRIES)}
    start = time.process_time()
    say_words("word" * 2_500, lexicon)
    say_words("word1 of x " * 900, lexicon)
    assert time.process_time() - start < 2
