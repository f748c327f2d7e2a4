"""Serve a part of a stored entry, as browsers ask for it to play and to seek."""

import re
from collections.abc import Iterator
from typing import Final

from starlette.responses import Response, StreamingResponse

from gphotos_reconcile.core.ports import ByteSource

_CHUNK_BYTES: Final = 256 << 10
_RANGE: Final = re.compile(r"bytes=(\d{0,18})-(\d{0,18})")


def ranged(source: ByteSource, mime_type: str, wanted: str) -> Response:
    """Return the bytes that a Range header asks for, all of them where there is none.

    Args:
        source: the entry.
        mime_type: what it is by its content.
        wanted: the header; one range is understood, several are answered with everything.
    """
    size = source.size_bytes
    span = _span(wanted, size)
    if span is None:
        return Response(status_code=416, headers={"Content-Range": f"bytes */{size}"})
    first, last = span
    whole = not _RANGE.fullmatch(wanted)
    headers = {"Accept-Ranges": "bytes", "Content-Length": str(last - first + 1)}
    if not whole:
        headers["Content-Range"] = f"bytes {first}-{last}/{size}"
    return StreamingResponse(
        _chunks(source, first, last - first + 1),
        status_code=200 if whole else 206,
        media_type=mime_type,
        headers=headers,
    )


def _span(wanted: str, size: int) -> tuple[int, int] | None:
    found = _RANGE.fullmatch(wanted)
    if not found or found.group(1) == found.group(2) == "":
        return 0, size - 1
    first, last = found.groups()
    if not first:
        return max(0, size - int(last)), size - 1
    end = min(int(last), size - 1) if last else size - 1
    return (int(first), end) if int(first) <= end else None


def _chunks(source: ByteSource, start: int, length: int) -> Iterator[bytes]:
    with source.open() as stream:
        stream.seek(start)
        while length > 0:
            chunk = stream.read(min(_CHUNK_BYTES, length))
            if not chunk:
                return
            length -= len(chunk)
            yield chunk
