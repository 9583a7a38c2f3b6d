"""Which sentences of a document can be said aloud, and what must be washed off them first."""

from __future__ import annotations

import re
import unicodedata

from narrowcast.writers.extractive.languages import grammar_for
from narrowcast.writers.extractive.languages.en_speaking import UNSPEAKABLE as WEB_ENGLISH
from narrowcast.writers.extractive.leaning import opens_dangling

MAX_WORDS = 45
MIN_WORDS = 5
_MAX_CHARACTERS = 600  # nothing longer is ever matched against the patterns below

_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
_WASH: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"!\[[^\]]{0,200}\]\([^)]{0,400}\)"), ""),  # images
    (re.compile(r"\[([^\]]{1,200})\]\([^)]{0,400}\)"), r"\1"),  # links
    (re.compile(r"\[\s*(?:\d{1,3}|[a-z]|note \d+|citation needed)(?:\s*[,–-]\s*\d{1,3})*\s*\]"), ""),  # footnotes
    (re.compile(r"[⁰¹²³⁴-⁹]+(?=[\s.,;:!?)\"”]|$)"), ""),
    (re.compile(r"(?<=[a-z]{2}[.!?])\d{1,3}$"), ""),
    (re.compile(r"\s*\((?:see|cf\.?|siehe|voir|véase|vgl\.)\b[^()]{0,200}\)", re.IGNORECASE), ""),
    (
        re.compile(
            r"\s*\((?:fig(?:ure|\.)|table|section|chapter|appendix|eq\.|p\.|pp\.)\s*[^()]{0,60}\)", re.IGNORECASE
        ),
        "",
    ),
    (re.compile(r"\s*\([^()]{0,80}?[A-Z][^()\d]{1,80},?\s(?:1[5-9]|20)\d\d[a-z]?(?:[;,:][^()]{0,120})?\)"), ""),
    (re.compile(r"\s*\((?:https?://|www\.)[^()\s]{1,300}\)"), ""),
    (re.compile(r"(\*\*|__|``?|¶)"), ""),
    (re.compile(r"(?<!\w)[*_]([^*_]{1,120})[*_](?!\w)"), r"\1"),
    (re.compile(r"\(\s*\)"), ""),
    (re.compile(r"\s+"), " "),
    (re.compile(r"\s+([,;:.!?])(?=\s|$)"), r"\1"),
)

_END = re.compile(r"[.!?…。！？؟।]['\"”’»)」』]*$|[\u0e01-\u0e5b\u0e81-\u0edf]$")  # Thai and Lao set no full stops
_UNSPEAKABLE = tuple(
    re.compile(pattern, flags)
    for pattern, flags in (
        (
            r"https?:|www\.|\S@\S|\b\w+\.(?:com|org|net|html?|php|py|txt|conf|deb|dsc|changes|gz|xz|json|xml)\b",
            re.IGNORECASE,
        ),
        (r"[{}<>|\\=~^#*_`@]|(?:^|\s)[.+]\w|::|\(\)|->|→|\$(?!\d)|(?:^|\s)--?[A-Za-z]|&&|%[a-z]", 0),
        (r"(?:^|\s)[~.]{0,2}/\w|\w/\w+/|\w/(?:\s|$)", 0),
        (r"\.{4,}|…\s*\d|(?:\. ){3,}|[·•»›▪■►●]", 0),
        (
            r"^(?:fig(?:ure|\.)|table|listing|box|exhibit|plate|photo|image|source|credit|abb(?:ildung|\.)|tabelle|"
            r"tableau|tabla|figura)\b\s*[\d:.]",
            re.IGNORECASE,
        ),
        (r"\bet al\b|\bpp\.? ?\d|\bvol\. ?\d|\bISBN\b|\bdoi\b|\bibid\b|\bop\. cit|^[A-Z][\w-]+, [A-Z]\.", 0),
        (
            r"\b(?:sections?|chapters?|fig(?:ures?|\.)|tables?|appendix|equations?|footnote|page|kapitel|abschnitt|"
            r"chapitre|capítulo) (?:\d|[A-Z]\b|[IVX]+\b)",
            re.IGNORECASE,
        ),
        (r"\b\w+\(\d\w?\)|\b\d+\.\d+\.\d+\b|^\W*\d+(?:\.\d+)+[\s:,]|\b(?:\d+\s+){3,}", 0),
    )
)
_PAIRS = (("(", ")"), ("[", "]"), ("“", "”"), ("«", "»"), ("„", "“"))


def clean(text: str) -> str:
    """`text` without what is only for the eye: control characters, mark-up, footnote marks, citations in brackets.

    One line, single spaces. Texts over 600 characters come back unwashed save for control characters, since
    nothing so long is ever said.
    """
    text = unicodedata.normalize("NFC", _INVISIBLE.sub("", text))
    text = "".join(c if c.isprintable() else " " for c in text).strip()
    if len(text) > _MAX_CHARACTERS:
        return text
    for pattern, instead in _WASH:
        text = pattern.sub(instead, text)
    return text.strip()


def is_speakable(sentence: str, language: str = "en") -> bool:
    """Whether a cleaned sentence makes sense to someone who only hears it.

    Refused: fragments, captions, references, code, paths, addresses, pointers to other places ("see below"),
    shouting, lists of figures, unbalanced quotes, legal and website boilerplate, more than 45 words. A sentence
    that refers back to its predecessor is speakable; see `standalone`.
    """
    if not 8 <= len(sentence) <= _MAX_CHARACTERS or sentence.rstrip("\"'”’»)").endswith(("?", "？")):
        return False  # questions are the host's to ask
    words = sentence.split()
    spaced = not is_unspaced(sentence)
    if spaced and not MIN_WORDS <= len(words) <= MAX_WORDS:
        return False
    if not spaced and len(sentence) > 3 * MAX_WORDS:
        return False
    return (
        _well_formed(sentence)
        and _in_proportion(sentence, words)
        and not _is_for_the_eye(sentence, language)
        and not (language != "en" and _is_english(words))
        and grammar_for(language).is_sentence(words)
    )


def is_aside(sentence: str, language: str = "en") -> bool:
    """Whether a cleaned sentence is too short to be told alone but belongs where it stands: "He got his wish."."""
    words = sentence.split()
    return (
        2 <= len(words) < MIN_WORDS
        and _END.search(sentence) is not None
        and not sentence.rstrip("\"'”’»)").endswith(("?", "…", "..."))
        and _well_formed(sentence)
        and _in_proportion(sentence, words)
        and not _is_for_the_eye(sentence, language)
        and grammar_for(language).asides
        and grammar_for(language).is_sentence(words)
    )


def standalone(sentence: str, language: str) -> bool:
    """Whether the sentence can be understood without the one before it."""
    return not opens_dangling(sentence, language)


def pieces(sentence: str) -> list[str]:
    """A sentence that is too long to say, cut at its semicolons where every piece can stand; else as it is."""
    if len(sentence) > 3 * _MAX_CHARACTERS or len(sentence.split()) <= MAX_WORDS or "; " not in sentence:
        return [sentence]
    parts = [part.strip() for part in sentence.rstrip(".").split("; ")]
    if any(len(part.split()) < 8 or part.split()[0] in {"and", "or", "but", "that", "which", "to"} for part in parts):
        return [sentence]
    return [part[0].upper() + part[1:] + "." for part in parts]


def is_unspaced(text: str) -> bool:
    """Whether the text is in a script that does not put spaces between words."""
    wide = sum("\u3040" <= c <= "\u30ff" or "\u3400" <= c <= "\u9fff" or "\u0e00" <= c <= "\u0e7f" for c in text[:400])
    return wide * 2 > len(text[:400].replace(" ", ""))


def count_words(text: str) -> int:
    """Words to say; in scripts without spaces two characters count as one word."""
    return (len(text) + 1) // 2 if is_unspaced(text) else len(text.split())


_ENGLISH_WORDS = frozenset({"the", "is", "that", "of", "and", "to", "are", "it", "be", "this", "with", "should", "for"})
_ONLY_ENGLISH = frozenset(
    {
        "the",
        "that",
        "are",
        "this",
        "with",
        "should",
        "when",
        "you",
        "your",
        "have",
        "there",
        "from",
        "which",
        "these",
        "those",
        "into",
        "available",
        "their",
        "were",
        "would",
        "could",
        "than",
        "using",
        "because",
        "been",
    }
)


def _is_english(words: list[str]) -> bool:
    """Whether a sentence stands untranslated in a document of another language."""
    plain = [word.lower().strip(",;:().") for word in words]
    sure = sum(word in _ONLY_ENGLISH for word in plain)
    return sum(word in _ENGLISH_WORDS for word in plain) > max(2, len(words) // 5) or (
        sure > 1 and sure >= len(words) // 8
    )


def _is_for_the_eye(sentence: str, language: str) -> bool:
    own = grammar_for(language).unspeakable
    return any(pattern.search(sentence) for pattern in (*_UNSPEAKABLE, *WEB_ENGLISH, *own))


def _well_formed(sentence: str) -> bool:
    first = sentence.lstrip("\"'“‘«„¿¡(")[:1]
    if not first or first.islower() or not (first.isalpha() or first.isdigit()):
        return False
    if not _END.search(sentence) or sentence.count('"') % 2:
        return False
    return all(sentence.count(left) == sentence.count(right) for left, right in _PAIRS[:3]) or "„" in sentence


def _in_proportion(sentence: str, words: list[str]) -> bool:
    solid = sum(not c.isspace() for c in sentence)
    letters = sum(c.isalpha() or unicodedata.category(c).startswith("M") for c in sentence)
    digits = sum(c.isdigit() for c in sentence)
    shouted = sum(len(word) > 3 and word.isupper() for word in words)
    return (
        letters >= 0.65 * solid
        and digits <= 0.3 * solid
        and shouted <= 0.3 * len(words)
        and sentence.count(",") <= max(3, len(words) // 4)
    )
