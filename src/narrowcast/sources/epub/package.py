"""What an EPUB says of itself: its pages in order, its contents, title and authors (EPUB 3.3, OPF 2.0.1)."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote, urlsplit

from narrowcast.errors import SourceError
from narrowcast.sources.archive import Archive
from narrowcast.sources.from_text import iso_date
from narrowcast.sources.markup import local, parse_xml, text_of

_OPF = "{http://www.idpf.org/2007/opf}"
_PAGES = frozenset({"application/xhtml+xml", "text/html", "application/x-dtbook+xml", "text/x-oeb1-document"})
_NOBODY = frozenset({"", "unknown", "none", "anonymous", "n/a", "[no data]", "no author", "untitled", "unbekannt"})
_FONTS_ONLY = frozenset({"http://www.idpf.org/2008/embedding", "http://ns.adobe.com/pdf/enc#RC"})
_MOST_PAGES = 5_000


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of a table of contents; `level` counts from 1, `fragment` is empty where a page's start is meant."""

    title: str
    page: str
    fragment: str
    level: int


@dataclass(frozen=True, slots=True)
class Book:
    """What the package document says; pages and `front` are names in the archive.

    `front` holds, by page, what guide, landmarks and manifest call it: `cover`, `toc`, `title-page`, and so on.
    """

    pages: tuple[str, ...]
    contents: tuple[Entry, ...]
    front: dict[str, str]
    title: str | None
    author: str | None
    language: str | None
    published: str | None
    fixed_layout: bool


def read_book(archive: Archive, name: str) -> Book:
    """The book. Raises `SourceError` when its package document is missing or broken, or its pages are encrypted."""
    opf = _package_name(archive, name)
    package = parse_xml(archive.read(opf), name)
    metadata, manifest, spine, guide = (_child(package, part) for part in ("metadata", "manifest", "spine", "guide"))
    if manifest is None or spine is None:
        raise SourceError(f"{name} is a broken EPUB: it does not say which pages it has.", hint="Fetch it again.")
    items = {item.get("id"): item for item in manifest if local(item) == "item" and item.get("href")}
    pages = [page for item in _spine(spine, items) if (page := _member(archive, opf, item.get("href")))]
    front: dict[str, str] = {}
    for reference in () if guide is None else guide:
        page, fragment = _target(archive, opf, reference.get("href") or "")
        if page and not fragment:
            front[page] = (reference.get("type") or "").lower()
    nav = next((item for item in items.values() if "nav" in (item.get("properties") or "").split()), None)
    ncx = items.get(spine.get("toc")) if spine.get("toc") else None
    if ncx is None:
        ncx = next((item for item in items.values() if item.get("media-type") == "application/x-dtbncx+xml"), None)
    contents: tuple[Entry, ...] = ()
    if nav is not None and (page := _member(archive, opf, nav.get("href"))):
        front[page] = "toc"
        contents = _navigation(archive, page, front, name)
    if not contents and ncx is not None and (page := _member(archive, opf, ncx.get("href"))):
        contents = _ncx(archive, page, name)
    _check_locked(archive, pages, name)
    facts = _Facts(metadata)
    return Book(
        pages=tuple(dict.fromkeys(pages))[:_MOST_PAGES],
        contents=contents,
        front=front,
        title=facts.title(),
        author=facts.author(),
        language=facts.first("language"),
        published=facts.published(),
        fixed_layout=facts.fixed_layout(),
    )


def _package_name(archive: Archive, name: str) -> str:
    container = archive.find("META-INF/container.xml")
    if container:
        root = parse_xml(archive.read(container), name)
        for rootfile in root.iter("{*}rootfile"):
            if found := _member(archive, "", rootfile.get("full-path") or ""):
                return found
    found = min((member for member in archive.members if member.lower().endswith(".opf")), key=len, default=None)
    if found is None:
        raise SourceError(
            f"{name} is a broken EPUB: it does not say which pages it has.", hint="Fetch it again, or convert it anew."
        )
    return found


def _spine(spine: Any, items: dict[str | None, Any]) -> Iterator[Any]:
    """The manifest's items in reading order; one that is no page is read by its fallback (EPUB 3.3, 3.5.1)."""
    for reference in spine:
        item = items.get(reference.get("idref"))
        for _ in range(5):
            if item is None or (item.get("media-type") or "").strip() in _PAGES:
                break
            item = items.get(item.get("fallback"))
        if item is not None and (item.get("media-type") or "").strip() in _PAGES:
            yield item


def _target(archive: Archive, base: str, href: str) -> tuple[str | None, str]:
    """The file in the archive that a link means, and the place in it; none for whatever leads out of the archive."""
    try:
        parts = urlsplit(href.strip())
    except ValueError:
        return None, ""
    if parts.scheme or parts.netloc:
        return None, ""
    if not parts.path:
        return archive.find(base), unquote(parts.fragment)
    path = posixpath.normpath(posixpath.join(posixpath.dirname(base), unquote(parts.path)))
    if path.startswith(("../", "/")) or path == "..":
        return None, ""
    return archive.find(path) or archive.find(parts.path), unquote(parts.fragment)


def _member(archive: Archive, base: str, href: str) -> str | None:
    return _target(archive, base, href)[0]


def _navigation(archive: Archive, page: str, front: dict[str, str], name: str) -> tuple[Entry, ...]:
    """The table of contents of an EPUB 3; its landmarks go to `front`."""
    root = parse_xml(archive.read(page), name)
    entries: list[Entry] = []
    for nav in root.iter("{*}nav"):
        kind = nav.get("{http://www.idpf.org/2007/ops}type") or ""
        if "landmarks" in kind.split():
            for link in nav.iter("{*}a"):
                target, fragment = _target(archive, page, link.get("href") or "")
                if target and not fragment:
                    front.setdefault(target, (link.get("{http://www.idpf.org/2007/ops}type") or "").lower())
        elif "toc" in kind.split() and not entries:
            for item in nav.iter("{*}li"):
                link = next((child for child in item if local(child) in {"a", "span"}), None)
                target, fragment = _target(archive, page, link.get("href") or "") if link is not None else (None, "")
                if target and target != page and (title := text_of(link)):
                    level = sum(1 for outer in item.iterancestors("{*}li")) + 1
                    entries.append(Entry(title, target, fragment, level))
    return tuple(entries)


def _ncx(archive: Archive, page: str, name: str) -> tuple[Entry, ...]:
    root = parse_xml(archive.read(page), name)
    entries: list[Entry] = []
    for point in root.iter("{*}navPoint"):
        label = next((child for child in point if local(child) == "navLabel"), None)
        content = next((child for child in point if local(child) == "content"), None)
        target, fragment = _target(archive, page, content.get("src") or "") if content is not None else (None, "")
        if target and (title := text_of(label)):
            entries.append(Entry(title, target, fragment, sum(1 for _ in point.iterancestors("{*}navPoint")) + 1))
    return tuple(entries)


def _check_locked(archive: Archive, pages: list[str], name: str) -> None:
    """Raise `SourceError` when pages are encrypted (OCF 3.3, 4.2.6.3.3); obfuscated fonts do not matter."""
    listing = archive.find("META-INF/encryption.xml")
    if not listing:
        return
    for data in parse_xml(archive.read(listing), name).iter("{*}EncryptedData"):
        method = next((child.get("Algorithm") for child in data.iter("{*}EncryptionMethod")), None)
        locked = (_member(archive, "", reference.get("URI") or "") for reference in data.iter("{*}CipherReference"))
        if method not in _FONTS_ONLY and any(page in pages for page in locked if page):
            raise SourceError(
                f"{name} is protected against copying (DRM), and its pages cannot be read.",
                hint="Get an edition without copy protection from where you bought it.",
            )


class _Facts:
    """The metadata of a package document: Dublin Core elements, and what EPUB 3 refines of them."""

    def __init__(self, metadata: Any) -> None:
        self._all = [] if metadata is None else [item for item in metadata.iter("{*}*") if local(item) != "metadata"]
        self._refined = {
            ((item.get("refines") or "").lstrip("#"), item.get("property")): text_of(item)
            for item in self._all
            if local(item) == "meta" and item.get("refines")
        }

    def _of(self, kind: str) -> list[Any]:
        return [item for item in self._all if local(item) == kind and text_of(item).casefold() not in _NOBODY]

    def _refine(self, item: Any, what: str) -> str:
        return self._refined.get((item.get("id") or "", what), "")

    def first(self, kind: str) -> str | None:
        return next((text_of(item) for item in self._of(kind)), None)

    def title(self) -> str | None:
        titles = self._of("title")
        main = [item for item in titles if self._refine(item, "title-type") == "main"]
        return next((text_of(item) for item in (*main, *titles)), None)

    def author(self) -> str | None:
        """All whom no role or the author's makes authors, else the first creator."""
        people = [
            (item.get(f"{_OPF}role") or self._refine(item, "role"), text_of(item)) for item in self._of("creator")
        ]
        authors = [person for role, person in people if role in {"", "aut"}] or [person for _, person in people][:1]
        return ", ".join(dict.fromkeys(authors)) or None

    def published(self) -> str | None:
        dates = self._of("date")
        wanted = [item for item in dates if item.get(f"{_OPF}event") in {"publication", "original-publication"}]
        plain = [item for item in dates if not item.get(f"{_OPF}event")]
        return next((date for item in (*wanted, *plain) if (date := _date(text_of(item)))), None)

    def fixed_layout(self) -> bool:
        return any(
            (item.get("property") == "rendition:layout" and text_of(item) == "pre-paginated")
            or (item.get("name") == "fixed-layout" and item.get("content") == "true")
            for item in self._all
        )


def _date(text: str) -> str | None:
    """An ISO date; a year, or a year and month, of which the rest is not known, is none."""
    found = iso_date(text)
    return None if found is None or re.match(r"0|\d{4}-00|\d{4}-\d\d-00", found) else found


def _child(element: Any, name: str) -> Any:
    return next((child for child in element if local(child) == name), None)
