"""English word classes that tell, without a grammar, how a sentence hangs together."""

# ruff: noqa: SIM905, E501 — word classes and patterns are read as running text, not as columns of strings

from __future__ import annotations

import re

BE = frozenset("is are was were".split())
MODALS = frozenset("can could may might must shall should will would".split())
AUXILIARIES = BE | MODALS | frozenset("has have had do does did".split())
THIRD_PERSON = {
    "contains": "contain", "includes": "include", "provides": "provide", "requires": "require", "allows": "allow",
    "offers": "offer", "describes": "describe", "explains": "explain", "means": "mean", "needs": "need",
    "produces": "produce", "involves": "involve", "covers": "cover", "consists": "consist", "depends": "depend",
    "uses": "use", "gives": "give", "takes": "take", "holds": "hold", "keeps": "keep", "makes": "make",
    "helps": "help", "brings": "bring", "costs": "cost", "shows": "show", "becomes": "become", "comes": "come",
    "remains": "remain", "creates": "create", "causes": "cause", "begins": "begin", "ends": "end", "lies": "lie",
    "stands": "stand", "supports": "support", "reduces": "reduce", "increases": "increase", "carries": "carry",
    "serves": "serve", "works": "work", "leads": "lead", "goes": "go", "does": "do", "affects": "affect",
    "measures": "measure", "weighs": "weigh", "lasts": "last", "varies": "vary", "exists": "exist", "seems": "seem",
    "appears": "appear", "follows": "follow", "runs": "run", "lives": "live", "says": "say", "tells": "tell",
    "knows": "know", "wants": "want", "tries": "try", "turns": "turn", "falls": "fall", "rises": "rise",
    "grows": "grow", "starts": "start", "stops": "stop", "moves": "move", "returns": "return", "calls": "call",
    "handles": "handle", "manages": "manage", "builds": "build", "sends": "send", "accepts": "accept",
    "refers": "refer", "specifies": "specify", "determines": "determine", "indicates": "indicate",
    "represents": "represent", "ensures": "ensure", "prevents": "prevent", "enables": "enable", "suggests": "suggest",
    "happens": "happen", "receives": "receive", "applies": "apply", "belongs": "belong", "changes": "change",
}  # fmt: skip
PAST = frozenset(
    "became began brought built bought came caught chose cost cut did drew drove fell felt found fought gave got grew "
    "had heard held kept knew laid led left lent let lay lost made meant met paid put ran read rose said sat saw sent "
    "set shut slept sold spent spoke spread stood stole stuck swam swept took taught thought threw told took turned "
    "understood went woke won wore wrote broke dug ate flew forgot froze hid hung sang sank shook shone spun sprang "
    "swore tore wound blew bent bound bred burnt clung crept dealt dreamt fed fled flung hurt knelt leapt learnt lit "
    "died lied tied used owed rang rode sought shot slid stung strode struck wept withdrew".split()
)
_BASE = frozenset(
    "be been being am ensure consider remember note try avoid check choose keep make use read run send write ask build "
    "install upload create add remove follow find get go take give tell think want know see come look work mean set put "
    "become leave feel begin help show hear play move live believe hold bring happen provide sit stand lose pay meet "
    "include continue learn change lead understand watch stop speak allow spend grow open walk win offer let do wait "
    "serve die expect stay fall cut reach kill remain suggest raise pass sell require report decide pull depend exist "
    "seem appear need love cause affect vary differ rely consist belong tend".split()
)
VERBS = AUXILIARIES | frozenset(THIRD_PERSON) | PAST | _BASE

PRONOUNS = frozenset(
    "i you he she it we they me him her us them my your his its our their mine yours hers ours theirs myself yourself "
    "himself herself itself ourselves themselves this that these those one someone anyone everyone nobody nothing "
    "something everything who what which whoever whatever there here".split()
)
_LINKERS = (
    "however but and so yet or nor thus therefore hence also then instead otherwise similarly likewise moreover "
    "furthermore additionally consequently nevertheless nonetheless still meanwhile accordingly subsequently besides "
    "afterwards again finally second secondly third thirdly fourth lastly next conversely indeed alternatively plus "
    "rather further too even because now"
)
_LINKING_PHRASES = (
    r"in addition|as a result|for example|for instance|on the other hand|in contrast|by contrast|on the contrary|in fact|"
    r"in other words|that is|in turn|at the same time|as such|as well|after all|in particular|to that end|in short|"
    r"first of all|to summari[sz]e|to sum up|in summary|in conclusion|in both|in either|in neither|the (?:latter|former|same|other|others|rest|remaining|second|third|fourth|last|next|"
    r"two|three|result|resulting|difference|answer|above|following|opposite)\b"
)
DANGLING = re.compile(
    r"^[\"'“‘(]*(?:"
    r"(?:this|that|these|those)\b(?! (?:document|guide|manual|book|article|paper|essay|report|handbook|reference|"
    r"tutorial|story|week|month|year|morning|day)\b)"
    r"|it\b(?! (?:(?:is|was|has been|may be|can be) (?:\w+ly )?(?:(?!made|used|meant|built|\w+ed )\w+ )?(?:to|that|for)|(?:takes|took|pays|helps) (?:\w+ )?(?:to|that|for))\b)"
    r"|(?:they|he|she|its|their|his|her|him|them|such|both|neither|either|another|others|each|some|most|all|none|"
    r"many|few|one)\b(?! (?:of the [a-z]+ [a-z]|[a-z]+s\b))"
    r"|there\b(?! (?:is|are|was|were|has|have|had|will|can|may|must|should|might|exist))"
    r"|here\b|" + rf"(?:{_LINKERS.replace(' ', '|')})\b|(?:{_LINKING_PHRASES})"
    r"|(?:\w+ ){1,2}(?:this|that|these|those|such(?! as\b)|it|them|they|he|she|him|his|her|hers|their|its)\b(?! you)"
    r"|(?:\w+ ){3}(?:it|them|him)\b|[^,]{0,60}\bof (?:them|these|those)\b|the (?:\w+ )?(?:one|ones|case|cases)\b"
    r"|as the name|the only difference|from (?:t?here)\b|if (?:not|so|this|that)\b|"
    r"(?:if|when|once) you (?:do|have|are|find|don't|do not|can't) ?(?:so|any|this|it|that|find any|done so|one)\b"
    r"|there (?:is|are) (?:also |still )?(?:another|other|one|more)\b|(?:an|the) exception\b"
    r"|(?:its|their|his|her|these|those|they|he|she)\b|(?:yes|no|well|ok|okay)\b,?"
    r")",
    re.IGNORECASE,
)
DROPPABLE = re.compile(
    r"^(?:however|also|moreover|furthermore|additionally|in addition|finally|of course|besides|indeed|in fact|again),\s+",
    re.IGNORECASE,
)
