"""Languages whose sentences no library of ours cuts."""

from __future__ import annotations

from narrowcast.script.sentences import split_sentences

THAI = (
    "ประเทศไทยมีฤดูกาลหลักสามฤดู คือ ฤดูร้อน ฤดูฝน และฤดูหนาว ฤดูร้อนเริ่มตั้งแต่กลางเดือนกุมภาพันธ์ถึงกลางเดือนพฤษภาคม "
    "อากาศจะร้อนอบอ้าวและมีพายุฟ้าคะนองในบางวัน ฝนจะตกชุกที่สุดในเดือนสิงหาคมและกันยายนของทุกปี เฉลี่ย 1,400 มิลลิเมตร "
    "ชาวนาปลูกข้าวในช่วงนี้เพราะมีน้ำมาก"
)


def test_thai_is_cut_at_spaces_but_not_beside_figures() -> None:
    sentences = split_sentences(THAI, "th-TH")
    assert " ".join(sentences) == THAI
    assert len(sentences) >= 4
    assert max(map(len, sentences)) < 120
    assert any("เฉลี่ย 1,400 มิลลิเมตร" in sentence for sentence in sentences)


def test_chinese_and_japanese_are_cut_at_their_own_full_stops() -> None:
    chinese = ["长江是中国最长的河流。", "它全长六千三百公里。", "你知道吗？"]
    japanese = ["東京は日本の首都です。", "人口は約1,400万人。"]
    assert split_sentences("".join(chinese), "zh") == chinese
    assert split_sentences("".join(japanese), "ja") == japanese
