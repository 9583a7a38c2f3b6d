"""English: which sentences are for the eye, and which words make a sentence at all."""

# ruff: noqa: E501 — patterns are read as running text, not as columns of strings

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from narrowcast.writers.extractive.languages.en_words import THIRD_PERSON, VERBS

UNSPEAKABLE = tuple(
    re.compile(pattern, flags)
    for pattern, flags in (
        (
            r"\b(?:click|tap) (?:here|on|the)\b|\b(?:see|shown|described|listed|mentioned|discussed|given|explained|noted|"
            r"defined|illustrated|presented|seen|outlined) (?:\w+ )?(?:below|above|later on|(?<=described )later|in (?:section|chapter|figure|table|"
            r"appendix|the (?:next|previous|following)))\b",
            re.IGNORECASE,
        ),
        (r"\b(?:above|below)(?:[-\s]mentioned)?[,.;)]|\bas (?:above|below)\b|\bthe (?:above|below)\b", re.IGNORECASE),
        (
            r"\b(?:this|next|previous|following|last) (?:section|chapter|subsection|appendix|figure|table|example|page|"
            r"slide|list|paragraph|snippet|command|commands|listing|lines?)\b",
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
            r"all rights reserved|^\(|^[\w.-]+: [A-Z]|\blines? \d|\b(?:the|from|see) [\w ]{0,20}(?:below|above)(?=[,.;:)]|$)|^(?:below|above)\b(?! all\b)|\bcan be found (?:at|in|on|under)\b|\blinks? to\b|(?:learn|find|know|read) more\b|more information|further (?:information|details)|for details|\bcopyright\b|©|\bcookies?\b|\bsubscribe\b|sign up|log in\b|privacy policy|"
            r"terms of (?:use|service)|creative commons|licen[cs]ed under|permission is (?:hereby )?granted",
            re.IGNORECASE,
        ),
        # about the document, not its matter; editors' banners; a footnote's number before its sentence
        (
            r"\bdescribes? how to do (?:this|that|so|it)\b|\b(?:describe|provide|contain|list|explain|give|include|offer)s?\b (?:\w+ ){0,4}(?:guidelines|overview|details on|"
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
    )
)
_HEADLESS = frozenset(THIRD_PERSON) - {"works", "means", "changes", "ends"} | {"results", "displays", "like"}


def is_sentence(words: Sequence[str]) -> bool:
    """As `Grammar.is_sentence`."""
    return _has_verb(words) and words[0].lower() not in _HEADLESS


def _has_verb(words: Sequence[str]) -> bool:
    bare = [word.strip(".,;:!?\"'“”‘’()").lower() for word in words]
    return any(word in VERBS or word.endswith(("n't", "n’t", "'s", "’s", "'re", "’re", "'ll")) for word in bare) or any(
        (len(word) > 4 and word.endswith("ed")) or (word.endswith("s") and before.endswith("ly"))
        for before, word in pairwise(bare)
    )
