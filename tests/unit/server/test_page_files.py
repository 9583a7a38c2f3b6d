"""What pages are made of fits together: modules and what they take of each other, drawings, styles, templates.

A browser finds such a slip only where a test happens to go; here every file is read.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path

from narrowcast.server import web

WEB = Path(web.__file__).parent
STATIC, TEMPLATES = WEB / "static", WEB / "templates"
BEGINNINGS = {"mount", "begin"}
"""What `parts/navigation.js` takes of a page's module, and the service worker of its own."""


def files(folder: Path, ending: str) -> Mapping[Path, str]:
    return {path: path.read_text("utf-8") for path in sorted(folder.rglob(f"*.{ending}"))}


TRIED = "\n".join(path.read_text("utf-8") for path in sorted((Path(__file__).parents[2] / "browser").glob("*.py")))
"""What tries modules by themselves, in a browser."""
MODULES, STYLES = files(STATIC, "js"), files(STATIC, "css")
PAGES, CODE = files(TEMPLATES, "html"), files(WEB, "py")
MARKUP = "\n".join([*PAGES.values(), *MODULES.values(), *CODE.values()])


def imports(text: str) -> Iterator[tuple[str, str, str]]:
    """From where, what, and how it is called here."""
    for names, origin in re.findall(r'import \{([^}]*)\} from "([^"]+)";', text):
        for name in filter(None, map(str.strip, names.split(","))):
            what, _, here = name.partition(" as ")
            yield origin, what, here or what
    for names, origin in re.findall(r'const \{([^}]*)\} = await import\("([^"]+)"\)', text):
        for name in filter(None, map(str.strip, names.split(","))):
            yield origin, name, name
    for whole, origin in re.findall(r'import \* as (\w+) from "([^"]+)";', text):
        for name in sorted(set(re.findall(rf"(?<!/)\b{whole}\.(\w+)", text))):
            yield origin, name, whole


def exports(text: str) -> set[str]:
    return set(re.findall(r"^export (?:async )?(?:function\*?|const|let|class) (\w+)", text, re.MULTILINE))


def named(word: str, text: str) -> bool:
    return re.search(rf"(?<![\w-]){re.escape(word)}(?![\w-])", text) is not None


def test_modules_take_of_each_other_what_there_is_and_what_they_use() -> None:
    wrong = []
    for path, text in MODULES.items():
        body = re.sub(r"^import .*?;$", "", text, flags=re.MULTILINE | re.DOTALL)
        for origin, what, here in imports(text):
            source = (path.parent / origin).resolve()
            if what not in exports(MODULES.get(source, "")):
                wrong.append(f"{path.name}: {origin} has no {what}")
            if not named(here, body):
                wrong.append(f"{path.name}: {here} is not used")
    assert not wrong


def test_modules_offer_nothing_that_nobody_takes() -> None:
    taken = {
        ((path.parent / origin).resolve(), what) for path, text in MODULES.items() for origin, what, _ in imports(text)
    }
    for path, text in MODULES.items():
        for origin in re.findall(r'import\("([^"]+)"\)', text):
            source = (path.parent / origin).resolve()
            taken |= {(source, name) for name in exports(MODULES[source]) if named(name, text)}
    for names, origin in re.findall(r'const \{+([^}]*)\}+ = await import\([\w.]+dataset\.static \+ "([^"]+)"\)', TRIED):
        for name in map(str.strip, names.split(",")):
            assert name in exports(MODULES[STATIC / origin]), f"{origin} has no {name}, which a test takes"
            taken.add((STATIC / origin, name))
    idle = [
        f"{path.relative_to(STATIC)}: {name}"
        for path, text in MODULES.items()
        for name in exports(text) - BEGINNINGS
        if (path, name) not in taken
    ]
    assert not idle


def test_pages_name_files_that_there_are() -> None:
    for path, text in PAGES.items():
        told = re.findall(r"static\('([^']+)'\)|\{% block module %\}([\w/.]+)\{%", text)
        for place in filter(None, (name for pair in told for name in pair)):
            assert (STATIC / place).is_file(), (path.name, place)


def test_every_drawing_is_there_and_is_drawn() -> None:
    drawings = set(re.findall(r'<symbol id="([^"]+)"', (STATIC / "look/icons.svg").read_text("utf-8")))
    asked = set(re.findall(r"""(?:parts\.|\b)icon\(["']([\w-]+)["']""", MARKUP))
    assert asked <= drawings
    assert [name for name in sorted(drawings) if not re.search(rf"""["']{name}["']""", MARKUP)] == []


def test_every_style_is_worn_and_every_colour_named() -> None:
    composed = tuple(re.findall(r"(?<![\w-])([a-z][\w-]*)\{\{", " ".join(re.findall(r'class="([^"]*)"', MARKUP))))
    idle = []
    for path, text in STYLES.items():
        selectors = re.sub(r"\{[^{}]*\}", " ", re.sub(r"/\*.*?\*/", "", text, flags=re.DOTALL))
        idle += [
            f"{path.relative_to(STATIC)}: .{name}"
            for name in sorted(set(re.findall(r"\.([a-z][\w-]*)", selectors)))
            if not named(name, MARKUP) and not (composed and name.startswith(composed))
        ]
    assert not idle
    every = "\n".join(STYLES.values())
    known = set(re.findall(r"(--[\w-]+)\s*:", every)) | set(re.findall(r'"(--[\w-]+)"', MARKUP))
    assert set(re.findall(r"var\((--[\w-]+)", every)) <= known


def test_nothing_asks_for_what_the_content_policy_forbids() -> None:
    for path, text in PAGES.items():
        assert not re.search(r'\s(style|on[a-z]+)="', text), path.name
        assert not re.search(r"<script(?![^>]*\bsrc=)|<style", text), path.name
    for path, text in MODULES.items():
        assert not re.search(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function", text), (
            path
        )
        assert not re.search(r"https?://(?!www\.w3\.org/)", re.sub(r"//.*|\* .*", "", text)), path
