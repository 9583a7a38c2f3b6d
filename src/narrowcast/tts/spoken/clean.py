"""Text rid of what is only for the eye: markup, invisible characters, emoji, typographic variants. Any language."""

from __future__ import annotations

import html
import re
import unicodedata

_DIRECTION_AND_JOINERS = re.compile(
    "[\u00ad\u034f\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufe00-\ufe0f\ufeff\ufff9-\ufffb\U000e0000-\U000e01ef]"
)
_NEEDED_JOINER = re.compile(r"(?<=[\u0600-\u0dff])[\u200c\u200d](?=[\u0600-\u0dff])")
"""Persian and the scripts of India spell with joiners; between their letters they stay."""
_VARIANTS = str.maketrans(
    {
        **dict.fromkeys("‘’‚‛′´ʼ", "'"),
        **dict.fromkeys("“”„‟″«»‹›", '"'),
        **dict.fromkeys("‐‑‒⁃﹣－", "-"),
        **dict.fromkeys("―⸺⸻", "—"),
        **dict.fromkeys("\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2008\u200a\u205f\u3000\t\v\f", " "),
        **dict.fromkeys("•◦▪▸►‣●○■□∙", ","),
        "⁄": "/",
        "…": "...",
        "\u2028": "\n",
        "\u2029": "\n\n",
        "\u0085": "\n",
    }
)
_TAG = re.compile(
    r"</?(?:a|abbr|b|blockquote|br|code|del|div|em|emphasis|font|h[1-6]|hr|i|img|ins|kbd|li|mark|ol|p|phoneme|pre|prosody"
    r"|q|s|say-as|small|span|speak|strong|sub|sup|table|tbody|td|th|thead|tr|u|ul|voice|break)(?:\s[^<>]*)?/?>",
    re.IGNORECASE,
)
_ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][\da-fA-F]{1,6}|[a-zA-Z]\w{1,31});")
_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
_IMAGE_OR_LINK = re.compile(r"!?\[([^\[\]]*)\]\((?:[^()\s]|\([^()\s]*\))*(?:\s+\"[^\"]*\")?\)")
_ANGLE_LINK = re.compile(r"<((?:https?://|mailto:)[^<>\s]+|[\w.+-]+@[\w-]+(?:\.[\w-]+)+)>")
_LINE_MARKUP = re.compile(
    r"^[ ]*(?:#{1,6}[ ]+|>+[ ]?|[-*+,][ ]+(?:\[[ xX]\][ ]+)?|```[^\W\d]*[ ]*$|~~~[^\W\d]*[ ]*$)", re.MULTILINE
)
_RULE_LINE = re.compile(
    r"^[ ]*+(?:[-*_=][ ]?){3,}+$|^[ ]*+\|?(?:[ ]*+:?-{2,}+:?[ ]*+\|)++[ ]*+(?::?-{2,}+:?)?[ ]*+$", re.MULTILINE
)
_EMPHASIS = re.compile(r"(\*{1,3}|~~|__)(?=\S)([^\n]{0,500}?\S)\1")
_UNDERSCORED = re.compile(r"(?<!\w)_(?=\S)([^_\n]*?\S)_(?!\w)")
_FRENCH_QUOTES = re.compile(r"«[ \u00a0\u202f]+([^«»]{0,600}?)[ \u00a0\u202f]*»|«([^«»]{0,600}?)[ \u00a0\u202f]+»")
"""Inside them the French put spaces, which would stand between words and plain quotes."""
_ENDED = re.compile(r"[.!?:;,。！？]$")
_PAUSED = (
    (re.compile(r"\s+"), " "),  # first, for the rules below take long over long gaps
    (re.compile(r"\.{2,}|(?:\. ){2,}\."), "..."),
    (re.compile(r"(?<![!?])[!?]*\?[!?]*"), "?"),
    (re.compile(r"!{2,}"), "!"),
    (re.compile(r"([,;:])(?:\s*[,;:])+"), r"\1"),
    (re.compile(r"\s*[,;:]+\s*([.!?])"), r"\1"),
    (re.compile(r"([!?])\.+"), r"\1"),
    (re.compile(r"\(\s*[,;:.]*\s*\)|\[\s*\]|\"\s*\""), " "),
    (re.compile(r"\s+"), " "),
    (re.compile(r"([(\[])\s+"), r"\1"),
    (re.compile(r"\s+([,.;:!?)\]](?!\w))"), r"\1"),
    (re.compile(r"^[\s,;:.!?)\]]+"), ""),
    (re.compile(r"\s+"), " "),
)


def clean(text: str) -> str:
    """`text` as plain prose in NFC: no markup, control, direction or zero-width characters, emoji; quotes and dashes
    in one form each. Line breaks are still in it: see `one_line`.
    """
    text = _ENTITY.sub(lambda found: html.unescape(found[0]), text).replace("\r\n", "\n").replace("\r", "\n")
    text = unicodedata.normalize("NFC", text)
    text = _FRENCH_QUOTES.sub(r"«\1\2»", text)
    text = _invisible(text).translate(_VARIANTS)
    last = text.rfind("-->") + 3
    if last > 2:  # beyond the last end of a comment nothing opens one
        text = _COMMENT.sub(" ", text[:last]) + text[last:]
    text = _ANGLE_LINK.sub(r"\1", text)
    text = _IMAGE_OR_LINK.sub(r"\1", text)
    text = _TAG.sub(" ", text)
    text = _RULE_LINE.sub("\n", text)
    text = _LINE_MARKUP.sub("\n", text)
    text = _UNDERSCORED.sub(r"\1", _EMPHASIS.sub(r"\2", text))
    return text.replace("`", " ")


def one_line(text: str) -> str:
    """`text` on one line: a blank line ends a sentence, a single line break is a space."""
    paragraphs = [" ".join(part.split()) for part in re.split(r"\n\s*\n", text)]
    paragraphs = [part for part in paragraphs if part]
    ended = [part if _ENDED.search(part.rstrip("\"')]")) else f"{part}." for part in paragraphs[:-1]]
    return " ".join([*ended, *paragraphs[-1:]])


def tidy(text: str) -> str:
    """`text` with one sign at each pause and one space between words."""
    for pattern, replacement in _PAUSED:
        text = pattern.sub(replacement, text)
    return text.strip()


def without_pictures(text: str) -> str:
    """`text` without emoji and other pictures; signs that a language's table says are gone by now."""
    return "".join(" " if _is_picture(character) else character for character in text)


def _invisible(text: str) -> str:
    text = _NEEDED_JOINER.sub(lambda joiner: "\ue000" if joiner[0] == "\u200c" else "\ue001", text.translate(_NO_PUA))
    text = _DIRECTION_AND_JOINERS.sub("", text)
    text = text.replace("\ue000", "\u200c").replace("\ue001", "\u200d")
    return "".join(" " if unicodedata.category(c) in {"Cc", "Cs", "Co", "Cn"} and c != "\n" else c for c in text)


_NO_PUA = {0xE000: " ", 0xE001: " "}


def _is_picture(character: str) -> bool:
    kind = unicodedata.category(character)
    return kind in {"So", "Me"} or 0x1F000 <= ord(character) <= 0x1FAFF
