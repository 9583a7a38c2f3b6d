"""XML that somebody else wrote: parsed within bounds, without entities, without fetching anything."""

from __future__ import annotations

import re
from html.entities import html5
from typing import Any

from lxml import etree, html

from narrowcast.errors import SourceError
from narrowcast.sources.bounds import MAX_XML_ATTRIBUTES, MAX_XML_TAGS, check_count
from narrowcast.sources.decode import decode

_ENCODING = re.compile(rb"^\s*<\?xml[^>]{0,200}?encoding\s*=\s*[\"']([\w.:-]{1,40})[\"']")
_DECLARATION = re.compile(r"^\s*<\?xml[^>]{0,500}\?>")
_DOCTYPE = re.compile(r"<!DOCTYPE\b", re.IGNORECASE)
_ROOT = re.compile(r"<[A-Za-z_]")
_ENTITY = re.compile(r"&([A-Za-z][A-Za-z0-9]{0,40});")
_XML_OWN = frozenset({"amp", "lt", "gt", "quot", "apos"})
_EMPTY = re.compile(
    r"<(a|abbr|b|cite|code|dd|div|dt|em|h[1-6]|i|iframe|label|li|ol|p|pre|q|s|script|section|small|span|strong|style|sub|sup"
    r"|td|textarea|th|title|tr|u|ul)((?:\s[^<>]*)?)/>",
    re.IGNORECASE,
)


def parse_xml(data: bytes, name: str) -> Any:
    """The root element, without comments and processing instructions.

    Raises `SourceError` for what is not well formed, declares entities, is deeper than 256 elements, or has more tags
    and attributes than are read.
    """
    try:
        return etree.fromstring(_plain(data, name), _parser())
    except (etree.LxmlError, ValueError) as error:
        raise SourceError(
            f"{name} is a broken file: a part of it is not well-formed XML.", hint="Open and save it anew."
        ) from error


def parse_page(data: bytes, name: str) -> Any:
    """The root of an XHTML page; one that is not well formed is read as HTML. None where there is nothing.

    Raises `SourceError` as `parse_xml` does for what is too much.
    """
    text = _plain(data, name)
    try:
        return etree.fromstring(text, _parser())
    except (etree.LxmlError, ValueError):
        pass
    try:
        parser = html.HTMLParser(remove_comments=True, remove_pis=True, no_network=True, huge_tree=False)
        return html.document_fromstring(_EMPTY.sub(r"<\1\2></\1>", text), parser=parser)
    except (etree.LxmlError, ValueError, AssertionError):
        return None


def local(element: Any) -> str:
    """The name of an element without its namespace, empty for what is no element."""
    tag = element.tag
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


def text_of(element: Any) -> str:
    """All text of an element on one line, empty for none."""
    return " ".join("".join(element.itertext()).split()) if element is not None else ""


def drop(element: Any) -> None:
    """Take an element out, if it is in anything; the text that follows it stays."""
    parent = element.getparent()
    if parent is None:
        return
    before = element.getprevious()
    if element.tail:
        if before is None:
            parent.text = (parent.text or "") + element.tail
        else:
            before.tail = (before.tail or "") + element.tail
    parent.remove(element)


def _parser() -> etree.XMLParser:
    return etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        dtd_validation=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )


def _plain(data: bytes, name: str) -> str:
    """The text, without XML declaration and document type, HTML's named characters as themselves."""
    check_count(data.count(b"<"), MAX_XML_TAGS, "tags in one part", name)
    check_count(data.count(b"="), MAX_XML_ATTRIBUTES, "attributes in one part", name)
    declared = _ENCODING.match(data)
    text = decode(data, name, declared.group(1).decode("ascii") if declared else None)
    text = _without_doctype(_DECLARATION.sub("", text, count=1), name)
    return _ENTITY.sub(_character, text)


def _without_doctype(text: str, name: str) -> str:
    root = _ROOT.search(text)
    found = _DOCTYPE.search(text, 0, root.start() if root else len(text))
    if not found:
        return text
    inner, end = text.find("[", found.end()), text.find(">", found.end())
    if end < 0:
        return text
    if 0 <= inner < end:
        raise SourceError(
            f"{name} declares entities or elements of its own, as documents do not and XML bombs do.",
            hint="Open and save it anew.",
        )
    return text[: found.start()] + text[end + 1 :]


def _character(found: re.Match[str]) -> str:
    name = found.group(1)
    return found.group() if name in _XML_OWN else html5.get(f"{name};", found.group())
