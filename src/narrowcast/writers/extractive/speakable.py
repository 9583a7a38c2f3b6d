"""Which sentences of a document can be said aloud, and what must be washed off them first."""

# ruff: noqa: E501 — patterns are read as running text, not as columns of strings

from __future__ import annotations

import re
import unicodedata
from itertools import pairwise

from narrowcast.writers.extractive.words import THIRD_PERSON, VERBS, opens_dangling

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

_END = re.compile(r"[.!?…。！？؟।]['\"”’»)」』]*$")
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
            r"\b(?:click|tap) (?:here|on|the)\b|\b(?:see|shown|described|listed|mentioned|discussed|given|explained|noted|"
            r"defined|illustrated|presented|seen|outlined) (?:\w+ )?(?:below|above|in (?:section|chapter|figure|table|"
            r"appendix|the (?:next|previous|following)))\b",
            re.IGNORECASE,
        ),
        (r"\b(?:above|below)(?:[-\s]mentioned)?[,.;)]|\bas (?:above|below)\b|\bthe (?:above|below)\b", re.IGNORECASE),
        (
            r"\b(?:this|next|previous|following|last) (?:section|chapter|subsection|appendix|figure|table|example|page|"
            r"slide|list|paragraph|snippet|command|commands|listing|lines?)\b",
            re.IGNORECASE,
        ),
        (
            r"\b(?:sections?|chapters?|fig(?:ures?|\.)|tables?|appendix|equations?|footnote|page|kapitel|abschnitt|"
            r"chapitre|capítulo) (?:\d|[A-Z]\b|[IVX]+\b)",
            re.IGNORECASE,
        ),
        (r"^(?:please )?(?:see|refer to|cf\.?|note:|nb:?|q:|a:)\s", re.IGNORECASE),
        (
            r"\b(?:see|read|consult|refer to|have a look at|look at) (?:also )?(?:the )?(?:\w+ ){0,3}"
            r"(?:section|chapter|documentation|manual|man page|manpage|page|website|web page|wiki|for (?:more|further))",
            re.IGNORECASE,
        ),
        (r"\b(?:as|like this|the) follow(?:s|ing)\b|:$|\bcontinued (?:from|on)\b", re.IGNORECASE),
        (
            r"\b(?:described|explained|documented|listed|discussed|detailed|found|available|covered|outlined|given) "
            r"(?:\w+ )?(?:in|at|under) [A-Z“\"]|\b(?:[Ss]ee|[Cc]onsult|[Rr]ead) (?:also )?(?:the )?[A-Z“\"]|"
            r"\b(?:described|explained|listed|found|documented) (?:in|at|by) the (?:\w+ )?(?:page|manual|section|file)",
            0,
        ),
        (
            r"all rights reserved|^\(|^\w+: [A-Z]|\blines? \d|\b(?:the|from|see) [\w ]{0,20}(?:below|above)(?=[,.;:)]|$)|^(?:below|above)\b(?! all\b)|\bcan be found (?:at|in|on|under)\b|\blinks? to\b|(?:learn|find|know|read) more\b|more information|further (?:information|details)|for details|\bcopyright\b|©|\bcookies?\b|\bsubscribe\b|sign up|log in\b|privacy policy|"
            r"terms of (?:use|service)|creative commons|licen[cs]ed under|permission is (?:hereby )?granted",
            re.IGNORECASE,
        ),
        # about the document, not its matter; editors' banners; a footnote's number before its sentence
        (
            r"\b(?:describe|provide|contain|list|explain|give|include|offer)s?\b (?:\w+ ){0,4}(?:guidelines|overview|details on|"
            r"instructions|hints|recommendations|tutorial)\b|\bsection entitled\b|\bunder the terms of\b|\bcopy of the licen[cs]e\b|"
            r"\b(?:FIXME|TODO|XXX)\b|\blast (?:updated|modified|edited|reviewed)\b|\bwork in progress\b|\b(?:released|published|updated|"
            r"generated|built) on \d|\b(?:this|the) (?:page|document|section|chapter|article|guide|tutorial|manual|version|draft) (?:is|was|has "
            r"been|needs|may be) (?:\w+ ){0,2}(?:outdated|obsolete|out of date|deprecated|superseded|incomplete|under construction|"
            r"rewritten|maintained|translated|generated|made available|available|released|published|distributed)\b",
            re.IGNORECASE,
        ),
        (
            r"^\d{1,3} (?:An?|The|If|In|It|See|For|You|When|Some|Please|There|As|To|At|By|On|We|All|Any|Since|With|Use|Here|Not?)\b|"
            r"\b[a-z]+-[a-z]+ \d man ?page|^(?:This is|Welcome to) (?:the )?[A-Z][\w’' ]+ (?:version|edition)\b|"
            r"^(?:Converts?|Prints|Searche?s?|Fills?|Decodes?|Encodes?|Creates?|Returns?|Deletes?|Releases|Extracts?|Initiali?[sz]?e?s?|"
            r"Initialy|Initially|Function|Add functions|Copies|Checks?|Sets?|Gets?|Reads|Writes|Finds?|Frees?) (?:the|an?|for|used|holds?|that|if|"
            r"whether|on|all|any|from|to|just|out|in) ",
            0,
        ),
        (r"\b\w+\(\d\w?\)|\b\d+\.\d+\.\d+\b|^\W*\d+(?:\.\d+)+\s|\b(?:\d+\s+){3,}", 0),
    )
)
_PAIRS = (("(", ")"), ("[", "]"), ("“", "”"), ("«", "»"), ("„", "“"))


_HEADLESS = frozenset(THIRD_PERSON) - {"works", "means", "changes", "ends"} | {"results", "displays", "like"}


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
        and not any(pattern.search(sentence) for pattern in _UNSPEAKABLE)
        and (language != "en" or (_has_verb(words) and words[0].lower() not in _HEADLESS))
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
        and not any(pattern.search(sentence) for pattern in _UNSPEAKABLE)
        and language == "en"
        and _has_verb(words)
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


def _has_verb(words: list[str]) -> bool:
    bare = [word.strip(".,;:!?\"'“”‘’()").lower() for word in words]
    return any(word in VERBS or word.endswith(("n't", "n’t", "'s", "’s", "'re", "’re", "'ll")) for word in bare) or any(
        (len(word) > 4 and word.endswith("ed")) or (word.endswith("s") and before.endswith("ly"))
        for before, word in pairwise(bare)
    )
