"""Words that say little about what a text is about, but much about its language."""

from __future__ import annotations


def words_of(text: str) -> frozenset[str]:
    """The words of a text as a set, to keep long lists legible."""
    return frozenset(text.split())


STOP_WORDS: dict[str, frozenset[str]] = {
    "en": words_of(
        "a about after all also an and any are as at be because been but by can could did do does for from had has "
        "have he her his how i if in into is it its may more most my no not of on one only or other our out she "
        "should so some such than that the their them then there these they this those to was we were what when "
        "where which who will with would you your"
    ),
    "de": words_of(
        "aber alle als also am an auch auf aus bei bis da damit das dass dem den der des die diese dieser dieses "
        "doch durch ein eine einem einen einer eines er es für hat hatte hier ich ihr ihre im in ist ja kann kein "
        "keine man mehr mit nach nicht noch nun nur ob oder ohne sein seine sich sie sind so über um und uns unter "
        "vom von vor war was weil wenn werden wie wir wird zu zum zur"
    ),
    "fr": words_of(
        "à au aussi aux avec ce ces cette comme dans de des du elle elles en est et été être eux il ils je la le "
        "les leur leurs lui mais me même mes moi mon ne nos notre nous on ont ou où par pas plus pour qu que qui "
        "sa sans se ses si son sont sur ta te tes toi ton tu un une vos votre vous y"
    ),
    "es": words_of(
        "a al algo ante como con contra cual cuando de del desde donde el él ella ellas ellos en entre era es esa "
        "ese eso esta está este esto fue ha hasta hay la las le les lo los más me mi muy no nos o otra otro para "
        "pero por porque que qué se ser si sin sobre son su sus también tan te tiene todo un una uno unos y ya yo"
    ),
}
"""By BCP 47 primary tag; light, so that a query keeps its sense."""

TELLING: dict[str, frozenset[str]] = {
    "en": words_of("the and of that with is are this was which have from it"),
    "de": words_of("und der das nicht ist ein eine mit auf sich auch werden dem"),
    "fr": words_of("les des est une dans pour qui pas sur sont avec aux ces"),
    "es": words_of("los las y por con una del como para más pero su fue"),
}
"""Words that are frequent in one of these languages and in no neighbour of it."""
