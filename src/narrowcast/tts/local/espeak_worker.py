"""The child process that holds espeak-ng: `python -m narrowcast.tts.local.espeak_worker LIBRARY DATA_FOLDER`.

A process of its own because espeak-ng's state is process-wide, its licence is GPL-3, and a crash in it must stay
there. Only the standard library is imported, so that it starts in a blink and stays small.

One frame in, one frame out, until standard input ends. A frame is the length of its JSON as a big-endian unsigned
32-bit integer, then the JSON; an answer is followed by `bytes` bytes of sound, little-endian signed 16-bit mono.

    {"op": "voices"}                                    → {"voices": [[id, title, [[language, priority], ...]], ...]}
    {"op": "speak", "voice", "text", "rate", "pitch", "range", "word_gap"}
                                                        → {"rate": Hz, "bytes": n, "words": [[offset, sample], ...]}
    {"op": "phonemes", "voice", "text", "tie"}          → {"clauses": [[phonemes, end], ...]}
    anything that espeak refuses                        → {"error": text, "unknown_voice": bool}

`offset` counts characters of `text`, from 0. Rate is in words a minute, pitch and range are 0-99 (50 is the voice's
own), word_gap is in units of 10 ms. Phonemes are IPA; `tie` is a character put between the letters of one phoneme, or
empty; `end` counts the characters of `text` that espeak had read when it ended the clause, among them the first of
the next clause. Reference: espeak-ng's `speak_lib.h`.
"""

from __future__ import annotations

import ctypes
import json
import os
import struct
import sys
from typing import Any, BinaryIO

_SYNCHRONOUS = 2
_DONT_EXIT = 0x8000
_UTF8, _ENDPAUSE = 1, 0x1000
_POS_CHARACTER = 1
_RATE, _PITCH, _RANGE, _PUNCTUATION, _CAPITALS, _WORD_GAP = 1, 3, 4, 5, 6, 7
_EVENT_END, _EVENT_WORD = 0, 1
_IPA, _TIE = 0x02, 0x80


class _Id(ctypes.Union):
    _fields_ = (("number", ctypes.c_int), ("name", ctypes.c_char_p), ("string", ctypes.c_char * 8))


class _Event(ctypes.Structure):
    _fields_ = (
        ("type", ctypes.c_int),
        ("unique_identifier", ctypes.c_uint),
        ("text_position", ctypes.c_int),
        ("length", ctypes.c_int),
        ("audio_position", ctypes.c_int),
        ("sample", ctypes.c_int),
        ("user_data", ctypes.c_void_p),
        ("id", _Id),
    )


class _Voice(ctypes.Structure):
    _fields_ = (
        ("name", ctypes.c_char_p),
        ("languages", ctypes.c_void_p),
        ("identifier", ctypes.c_char_p),
        ("gender", ctypes.c_ubyte),
        ("age", ctypes.c_ubyte),
        ("variant", ctypes.c_ubyte),
        ("xx1", ctypes.c_ubyte),
        ("score", ctypes.c_int),
        ("spare", ctypes.c_void_p),
    )


_Callback = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.POINTER(ctypes.c_short), ctypes.c_int, ctypes.POINTER(_Event))


class Espeak:
    """The library, started. Raises `OSError` when it cannot be loaded or does not start."""

    def __init__(self, library: str, data_folder: str) -> None:
        self._lib = ctypes.CDLL(library)
        self._lib.espeak_ListVoices.restype = ctypes.POINTER(ctypes.POINTER(_Voice))
        self._rate = self._lib.espeak_Initialize(_SYNCHRONOUS, 0, os.fsencode(data_folder), _DONT_EXIT)
        if self._rate <= 0:
            raise OSError(f"espeak-ng does not start with the data in {data_folder}")
        self._lib.espeak_TextToPhonemes.restype = ctypes.c_char_p
        self._lib.espeak_TextToPhonemes.argtypes = (ctypes.POINTER(ctypes.c_void_p), ctypes.c_int, ctypes.c_int)
        self._sound = bytearray()
        self._words: list[tuple[int, int]] = []
        self._callback = _Callback(self._receive)
        self._lib.espeak_SetSynthCallback(self._callback)

    def _receive(self, wave: Any, count: int, events: Any) -> int:
        if wave and count > 0:
            self._sound += ctypes.string_at(wave, count * 2)
        index = 0
        while events[index].type != _EVENT_END:
            event = events[index]
            if event.type == _EVENT_WORD:
                self._words.append((event.text_position - 1, event.sample))
            index += 1
        return 0

    def voices(self) -> list[list[Any]]:
        """The voices that can be set: the name to set them by, title, languages (a low priority is a good match)."""
        found: list[list[Any]] = []
        listed = self._lib.espeak_ListVoices(None)
        index = 0
        while listed[index]:
            voice = listed[index].contents
            index += 1
            languages = _languages(voice.languages)
            # Neither works for every voice: "en-gb" and "fr-fr" cannot be set, their files "en" and "fr" can.
            for name in (languages[0][0], voice.identifier.decode().rpartition("/")[2].lower()):
                if self._lib.espeak_SetVoiceByName(name.encode()) == 0:
                    found.append([name, voice.name.decode().strip(), languages])
                    break
        return found

    def speak(self, request: dict[str, Any]) -> tuple[dict[str, Any], bytes]:
        """The answer's header and its sound."""
        if self._lib.espeak_SetVoiceByName(request["voice"].encode()) != 0:
            return {"error": f"no voice {request['voice']}", "unknown_voice": True}, b""
        for parameter, value in (
            (_RATE, request["rate"]),
            (_PITCH, request["pitch"]),
            (_RANGE, request["range"]),
            (_WORD_GAP, request["word_gap"]),
            (_PUNCTUATION, 0),
            (_CAPITALS, 0),
        ):
            self._lib.espeak_SetParameter(parameter, value, 0)
        self._sound.clear()
        self._words.clear()
        text = request["text"].encode() + b"\0"
        status = self._lib.espeak_Synth(text, len(text), 0, _POS_CHARACTER, 0, _UTF8 | _ENDPAUSE, None, None)
        if status != 0:
            return {"error": f"espeak_Synth returned {status}", "unknown_voice": False}, b""
        sound = bytes(self._sound)
        return {"rate": self._rate, "bytes": len(sound), "words": self._words}, sound

    def phonemes(self, request: dict[str, Any]) -> dict[str, Any]:
        """The answer's header: the clauses of a text in IPA."""
        # Two regions have names that can only be set by their files': "en-gb" by "en", "fr-fr" by "fr".
        voice = request["voice"]
        if not any(
            self._lib.espeak_SetVoiceByName(name.encode()) == 0 for name in (voice, voice.rpartition("-")[0]) if name
        ):
            return {"error": f"no voice {voice}", "unknown_voice": True}
        mode = _IPA | (_TIE | ord(request["tie"]) << 8 if request["tie"] else 0)
        # espeak looks a few bytes beyond the end.
        text = ctypes.create_string_buffer(request["text"].encode() + bytes(8))
        start = ctypes.addressof(text)
        place: Any = ctypes.c_void_p(start)
        clauses = []
        while place.value is not None:
            spoken = self._lib.espeak_TextToPhonemes(ctypes.byref(place), _UTF8, mode) or b""
            read = text.value if place.value is None else text.raw[: place.value - start]
            clauses.append([spoken.decode(errors="replace"), len(read.decode(errors="ignore"))])
        return {"clauses": clauses}


def _languages(address: int | None) -> list[tuple[str, int]]:
    """Reads espeak's list: a priority byte, then a zero-terminated name, until a zero priority."""
    names: list[tuple[str, int]] = []
    while address and (priority := ctypes.string_at(address, 1)) != b"\0":
        name = ctypes.string_at(address + 1)
        names.append((name.decode(), priority[0]))
        address += len(name) + 2
    return names


def write_frame(stream: BinaryIO, header: dict[str, Any], sound: bytes = b"") -> None:
    """Write one frame."""
    encoded = json.dumps(header).encode()
    stream.write(struct.pack(">I", len(encoded)) + encoded + sound)
    stream.flush()


def main() -> None:
    """Answer requests until standard input ends."""
    espeak = Espeak(*sys.argv[1:3])
    requests, answers = sys.stdin.buffer, os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # whatever the library prints must not get between the frames
    while len(size := requests.read(4)) == 4:
        request = json.loads(requests.read(struct.unpack(">I", size)[0]))
        if request["op"] == "voices":
            write_frame(answers, {"voices": espeak.voices()})
        elif request["op"] == "phonemes":
            write_frame(answers, espeak.phonemes(request))
        else:
            write_frame(answers, *espeak.speak(request))


if __name__ == "__main__":
    main()
