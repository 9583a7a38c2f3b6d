"""Templates: shipped, overridden, foreign, broken."""

from pathlib import Path
from typing import Any

import pytest

from narrowcast.errors import InputError
from narrowcast.script.profile import Speaker
from narrowcast.writers.llm.prompts import Prompts

SPEAKERS = (Speaker(name="Maya", personality="Curious."), Speaker(name="Daniel"))
VARIABLES: dict[str, Any] = {
    "title": "Lamps", "parallel": True, "briefing": "Be brief.", "speakers": SPEAKERS,
    "language": "English", "language_name": "English",
    "speaker_names": ["Maya", "Daniel"], "context": "[1] A lamp.", "num_segments": 5, "minutes": None, "number": 2,
    "outline": {"segments": [{"name": "Light"}, {"name": "Oil"}]},
    "segment": {"name": "Oil", "description": "Oil.", "hand_over": "the end"}, "many_sources": False,
    "is_first": False, "is_final": False, "came_from": "", "transcript": "Maya: So?", "words": 350, "turns": 8,
}  # fmt: skip
REST = {"trouble": "", "so_far": "", "words": 350, "turns": 8}
PODCAST_CREATOR = """{{ briefing }}
{% if context is string %}{{ context }}{% else %}{% for item in context %}{{ item }}{% endfor %}{% endif %}
{% for speaker in speakers %}{{ speaker.name }}: {{ speaker.backstory }} {{ speaker.personality }}{% endfor %}
{{ language }} {{ outline }} {{ transcript }} {% if is_final %}last{% endif %} {{ segment }}
{{ speaker_names|join(', ') }} {{ turns }}
{{ format_instructions }}"""


def test_the_shipped_prompt_says_what_is_wanted() -> None:
    prompt = Prompts().segment(VARIABLES, REST)
    for part in (
        "Maya: Curious.",
        "[1] A lamp.",
        "about 350 words",
        "about 8 turns",
        "lead to: the end",
        '"cites"',
        "1 Light; 2 Oil",
    ):
        assert part in prompt
    assert "already and stand" not in prompt
    assert "greeting" in prompt
    assert "Close the show" in Prompts().segment({**VARIABLES, "is_final": True}, REST)
    assert "Open the show" in Prompts().segment({**VARIABLES, "is_first": True}, REST)


def test_a_repair_names_what_stands_and_asks_for_the_rest() -> None:
    prompt = Prompts().segment(VARIABLES, {"trouble": "it broke off.", "so_far": "Maya: So.", "words": 100, "turns": 2})
    assert "it broke off." in prompt
    assert prompt.index("Maya: So.") < prompt.index("write only the rest, about 100 words in about 2 turns")


def test_a_users_folder_overrides_by_file_and_changes_the_version(tmp_path: Path) -> None:
    (tmp_path / "segment.jinja").write_text("Mine: {{ briefing }}")
    prompts = Prompts(tmp_path)
    prompt = prompts.segment(VARIABLES, REST)
    assert prompt.startswith("Mine: Be brief.")
    assert '"turns"' in prompt, "the format is added where the template leaves it out"
    assert prompts.version != Prompts().version == Prompts(tmp_path / "nothing").version


def test_podcast_creators_templates_can_be_filled_in(tmp_path: Path) -> None:
    (tmp_path / "transcript.jinja").write_text(PODCAST_CREATOR)
    prompt = Prompts(tmp_path).segment(VARIABLES, REST)
    assert "Maya, Daniel 8" in prompt
    assert prompt.count('"turns"') == 1


def test_a_broken_template_is_named_with_its_line(tmp_path: Path) -> None:
    (tmp_path / "outline.jinja").write_text("one\n{% if %}\n")
    with pytest.raises(InputError, match=r"outline\.jinja is broken in line 2"):
        Prompts(tmp_path)


@pytest.mark.parametrize(
    "text", ["{{ nothing_like_it }}", "{{ briefing.__class__.__mro__ }}", "{{ 1 / 0 }}", "{{ 1 + 'x' }}"]
)
def test_a_template_that_fails_is_named(tmp_path: Path, text: str) -> None:
    (tmp_path / "outline.jinja").write_text(text)
    with pytest.raises(InputError, match=r"outline\.jinja cannot be filled in"):
        Prompts(tmp_path).outline(VARIABLES, {"trouble": "", "so_far": (), "remaining": 5})
