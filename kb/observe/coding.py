"""Content codings undone (RFC 9110, 8.4.1), bounded in bytes whatever a body claims to be."""

from __future__ import annotations

import io
import zlib
from collections.abc import Callable, Iterator
from typing import Final

import brotli
import zstandard

# What is counted of a body that swells; what is kept is less. Beyond this size and ratio no page
# is honest.
MAX_COUNTED: Final = 8_388_608
_BOMB_RATIO: Final = 100
_STEP: Final = 65_536
_MAX_CODINGS: Final = 3


class WrongCoding(Exception):
    """The body is not what Content-Encoding says; ``str()`` names the coding."""


class Bomb(Exception):
    """The body grows beyond all measure."""


def decode(body: bytes, codings: list[str], keep: int) -> bytes:
    """The first ``keep`` bytes of ``body`` with its codings undone, the last one applied first.

    A body that was cut off gives what can be read of it. Codings that nobody knows are left, as
    browsers do. Raises WrongCoding or Bomb.
    """
    for coding in reversed(codings[:_MAX_CODINGS]):
        undo = _UNDO.get(coding)
        if undo is not None and body:
            body = _bounded(undo(body), coding, len(body), keep)
    return body[:keep]


def _bounded(pieces: Iterator[bytes], coding: str, size: int, keep: int) -> bytes:
    kept = bytearray()
    counted = 0
    try:
        for piece in pieces:
            counted += len(piece)
            if len(kept) < keep:
                kept += piece[: keep - len(kept)]
            if counted >= MAX_COUNTED:
                if counted >= _BOMB_RATIO * size:
                    raise Bomb(coding)
                break
    except (zlib.error, brotli.error, zstandard.ZstdError):
        if not counted:
            raise WrongCoding(coding) from None
    return bytes(kept)


def _zlib(window: int) -> Callable[[bytes], Iterator[bytes]]:
    def undo(body: bytes) -> Iterator[bytes]:
        decoder = zlib.decompressobj(window)
        piece = decoder.decompress(body, _STEP)
        while piece:
            yield piece
            piece = decoder.decompress(decoder.unconsumed_tail, _STEP)

    return undo


def _deflate(body: bytes) -> Iterator[bytes]:
    """zlib format as the standard says, or the bare deflate that some servers send instead."""
    try:
        yield from _zlib(15)(body)
    except zlib.error:
        yield from _zlib(-15)(body)


def _brotli(body: bytes) -> Iterator[bytes]:
    decoder = brotli.Decompressor()
    piece = decoder.process(body, output_buffer_limit=_STEP)
    while piece:
        yield piece
        if decoder.is_finished() or decoder.can_accept_more_data():
            return
        piece = decoder.process(b"", output_buffer_limit=_STEP)


def _zstd(body: bytes) -> Iterator[bytes]:
    # RFC 9659: a window of at most 8 MB for the content coding.
    decoder = zstandard.ZstdDecompressor(max_window_size=8_388_608)
    with decoder.stream_reader(io.BytesIO(body), read_across_frames=True) as reader:
        while piece := reader.read(_STEP):
            yield piece


_UNDO: Final[dict[str, Callable[[bytes], Iterator[bytes]]]] = {
    "gzip": _zlib(31),
    "x-gzip": _zlib(31),
    "deflate": _deflate,
    "br": _brotli,
    "zstd": _zstd,
}
