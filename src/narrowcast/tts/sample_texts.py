"""What a voice is heard with before it is chosen: one text a language, with a date, a figure and a question."""

from __future__ import annotations

from narrowcast.script.language import primary

TEXTS = {
    "en": "Good evening, I am glad you are here. On 3 May, 251 people crossed the bridge in the rain. Would you have?",
    "de": "Guten Abend, schön, dass Sie da sind. Am 3. Mai gingen 251 Menschen im Regen über die Brücke. Und Sie?",
    "fr": "Bonsoir, quel plaisir de vous retrouver. Le 3 mai, 251 personnes ont passé le pont sous la pluie. Et vous ?",
    "es": "Buenas noches, qué bien que está aquí. El 3 de mayo, 251 personas cruzaron el puente con lluvia. ¿Y usted?",
    "it": "Buonasera, che bello averla qui. Il 3 maggio 251 persone hanno passato il ponte sotto la pioggia. E lei?",
    "pt": "Boa noite, que bom que está aqui. No dia 3 de maio, 251 pessoas atravessaram a ponte sob a chuva. E você?",
    "nl": "Goedenavond, fijn dat u er bent. Op 3 mei liepen 251 mensen in de regen over de brug. Was u meegelopen?",
    "pl": "Dobry wieczór, miło, że jesteś. Trzeciego maja przez most w deszczu przeszło 251 osób. A czy ty też?",
    "cs": "Dobrý večer, vítejte. Třetího května přešlo v dešti přes most 251 lidí. Šli byste také?",
    "sv": "God kväll, roligt att du är här. Den 3 maj gick 251 personer över bron i regnet. Hade du gått med?",
    "da": "Godaften, dejligt at du er her. Den 3. maj gik 251 mennesker over broen i regnen. Ville du være gået med?",
    "no": "God kveld, så hyggelig at du er her. Den 3. mai gikk 251 mennesker over broen i regnet. Ville du gått med?",
    "fi": "Hyvää iltaa, mukavaa että olet täällä. Toukokuun kolmantena 251 ihmistä ylitti sillan sateessa. Entä sinä?",
    "hu": "Jó estét, örülök, hogy itt van. Május harmadikán 251 ember kelt át az esőben a hídon. Ön is átkelt volna?",
    "ro": "Bună seara, ce bine că sunteți aici. Pe 3 mai, 251 de oameni au trecut podul prin ploaie. Dar voi?",
    "tr": "İyi akşamlar, burada olmanıza sevindim. 3 Mayıs'ta 251 kişi yağmurda köprüyü geçti. Siz de geçer miydiniz?",
    "el": "Καλησπέρα, χαίρομαι που είστε εδώ. Στις 3 Μαΐου, 251 άνθρωποι πέρασαν τη γέφυρα στη βροχή. Εσείς;",
    "ru": "Добрый вечер, хорошо, что вы здесь. Третьего мая 251 человек перешёл мост под дождём. А вы бы пошли?",
    "uk": "Добрий вечір, добре, що ви тут. Третього травня 251 людина перейшла міст під дощем. А ви б пішли?",
    "ar": "مساء الخير، يسعدني أنكم هنا. في الثالث من مايو عبر 251 شخصا الجسر تحت المطر. هل كنتم ستعبرون؟",
    "hi": "शुभ संध्या, अच्छा लगा कि आप यहाँ हैं। 3 मई को 251 लोगों ने बारिश में पुल पार किया। क्या आप भी करते?",
    "zh": "晚上好，很高兴你在这里。五月三日，有251个人冒雨走过了那座桥。你会一起去吗？",
    "ja": "こんばんは、ようこそ。五月三日、二百五十一人が雨の中、橋を渡りました。あなたなら渡りましたか。",
    "ko": "안녕하세요, 함께해 주셔서 반갑습니다. 5월 3일, 251명이 빗속에서 다리를 건넜습니다. 당신이라면 건넜을까요?",
}


def sample_text(language: str) -> str | None:
    """The text for a BCP 47 tag; none where there is none."""
    code = primary(language) or ""
    return TEXTS.get({"nb": "no", "nn": "no", "cmn": "zh"}.get(code, code))
