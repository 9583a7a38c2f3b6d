"""German word classes: verbs that stand second, words that point back."""

# ruff: noqa: SIM905, E501 — word classes are read as running words, not as a column of strings

from __future__ import annotations

import re

MODALS = frozenset(
    "kann können konnte konnten muss müssen musste mussten soll sollen sollte sollten darf dürfen durfte durften will "
    "wollen wollte wollten mag mögen möchte könnte könnten dürfte dürften müsste müssten".split()
)
BE = frozenset(
    "ist sind war waren wird werden wurde wurden bleibt bleiben blieb blieben wäre wären würde würden".split()
)
AUXILIARIES = MODALS | BE | frozenset("hat haben hatte hatten hätte hätten".split())
PAST = frozenset(
    "war waren wurde wurden hatte hatten kam kamen ging gingen gab gaben fand fanden nahm nahmen stand standen lag lagen "
    "hielt hielten ließ ließen blieb blieben schrieb schrieben sprach sprachen sah sahen zog zogen trug trugen fiel fielen "
    "stieg stiegen begann begannen starb starben wuchs wuchsen entstand entstanden erhielt erhielten verlor verloren "
    "gewann gewannen brach brachen zusammenbrach zusammenbrachen verbot verboten traf trafen trat traten rief riefen lief "
    "liefen fuhr fuhren schlug schlugen schloss schlossen schuf schufen erfand erfanden bekam bekamen verließ verließen "
    "galt galten half halfen trank tranken aß aßen las lasen saß saßen schlief schliefen floh flohen flog flogen sank "
    "sanken sang sangen bot boten goss gossen bat baten lud luden riss rissen schien schienen stahl stahlen tat taten "
    "verschwand verschwanden vergaß vergaßen erschien erschienen bestand bestanden verstand verstanden zwang zwangen "
    "wusste wussten dachte dachten brachte brachten kannte kannten nannte nannten brannte brannten konnte konnten musste "
    "mussten sollte sollten wollte wollten durfte durften schwamm schwammen trieb trieben warf warfen".split()
)
_PRESENT = frozenset(
    "gibt geht gehen kommt kommen macht machen steht stehen liegt liegen nimmt nehmen hält halten lässt lassen findet "
    "finden zeigt zeigen führt führen bringt bringen enthält enthalten bietet bieten umfasst umfassen braucht brauchen "
    "kostet kosten wiegt wiegen dauert dauern besteht bestehen beruht beruhen gehört gehören dient dienen stammt stammen "
    "hängt hängen heißt heißen bedeutet bedeuten bestimmt bestimmen beschreibt beschreiben regelt regeln verlangt "
    "verlangen erfordert erfordern verhindert verhindern ermöglicht ermöglichen erlaubt erlauben verursacht verursachen "
    "misst messen bewirkt bewirken liefert liefern beinhaltet beinhalten verwendet verwenden nutzt nutzen benutzt "
    "benutzen erhält bekommt bekommen trägt tragen wächst wachsen lebt leben arbeitet arbeiten beginnt beginnen endet "
    "enden sinkt sinken steigt steigen fällt fallen fährt fahren hilft helfen sorgt sorgen gilt gelten zählt zählen "
    "besitzt besitzen benötigt benötigen verbindet verbinden erzeugt erzeugen schützt schützen entsteht entstehen "
    "wirkt wirken verändert verändern spielt spielen stellt stellen setzt setzen legt legen tut tun weiß wissen sieht "
    "sehen sagt sagen spricht sprechen läuft laufen schläft schlafen reicht reichen genügt genügen befindet befinden "
    "unterstützt unterstützen prüft prüfen erstellt erstellen baut bauen schreibt schreiben liest lesen reist reisen "
    "trinkt trinken isst essen verdient verdienen zahlt zahlen bezahlt bezahlen verliert verlieren gewinnt gewinnen "
    "vermeidet vermeiden ersetzt ersetzen löst lösen entscheidet entscheiden verwaltet verwalten betreibt betreiben "
    "verträgt vertragen produziert produzieren schafft schaffen kennt kennen nennt nennen versucht versuchen tragen".split()
)
VERBS = AUXILIARIES | PAST | _PRESENT
_NO_VERBS = frozenset(
    "nicht oft erst seit mit fast sonst selbst jetzt zuerst zuletzt meist bereit statt samt nächst längst einst weit laut "
    "kalt alt gut rot spät direkt bekannt gesamt vielleicht leicht schlecht dicht recht echt halt heute heut bitte weite "
    "letzte letzten erste ersten beste besten rechte rechten gute guten alte alten kalte kalten rote roten echte echten "
    "laute lauten spätere zweite zweiten dritte dritten vierte vierten fünfte meiste meisten größte größten älteste "
    "ältesten höchste höchsten nächste nächsten mitunter hat zweit dritt wert samt unweit damit somit soweit insgesamt "
    "überhaupt dort fort sofort links gesamte gesamten bekannte bekannten leichte leichten schlechte schlechten bisweilen "
    "derzeit weltweit jederzeit zurzeit zunächst".split()
)
DETERMINERS = frozenset(
    "der die das ein eine jeder jede jedes alle viele einige manche mehrere beide zwei drei vier fünf sechs sieben acht "
    "neun zehn elf zwölf kein keine wenige".split()
)
BACK = re.compile(
    r"\b(?:dies(?:e[nmrs]?)?|jene[nmrs]?|solche?[nmrs]?|er|sie|es|ihn|ihm|ihr|ihnen|ihre[nmrs]?|sein|seine[nmrs]?|"
    r"letztere\w*|erstere\w*|dort|hier|auch|jedoch|allerdings|aber|hingegen|wiederum|ebenfalls|ebenso|dann|deshalb|daher|"
    r"deswegen|darum|trotzdem|dennoch|zudem|außerdem|da(?:r?(?:an|auf|aus|in|über|um|unter)|bei|durch|für|gegen|hinter|mit|"
    r"nach|neben|von|vor|zu|zwischen)|hier(?:bei|für|mit|von|zu|durch)|Sie|Ihr|Ihre[nmrs]?|Ihnen|ich|mein\w*|mir|mich|wir|"
    r"uns|unser\w*|du|dein\w*|dir|dich|euch|euer|eure\w*|denselben|dieselbe\w*|dasselbe|derselbe)\b"
)
"""Words by which a clause means something only beside another, or speaks to somebody."""


def is_verb(word: str) -> bool:
    """Whether a word is a finite verb or looks like one; nouns have a capital in German and are none."""
    bare = word.strip(".,;:!?\"'“”„»«’()")
    if bare in VERBS:
        return True
    return bare.islower() and len(bare) > 3 and bare.endswith(("t", "te", "ten")) and bare not in _NO_VERBS


def is_past(word: str) -> bool:
    """Whether a finite verb is in the past tense."""
    bare = word.strip(".,;:!?")
    return bare in PAST or (bare not in _PRESENT and bare not in AUXILIARIES and bare.endswith(("te", "ten")))
