"""Uploads: bytes counted while they arrive, files saved under names that lead nowhere."""

from __future__ import annotations

import asyncio
import shutil
import unicodedata
from collections.abc import Sequence
from pathlib import Path

from starlette.datastructures import UploadFile
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.limits import Limits
from app.problems import HEADERS, Problem

LONGEST_NAME, LONGEST_SUFFIX = 100, 20  # bytes: what file systems count


def with_headers(message: Message) -> Message:
    """Return a message with the headers of every answer, where it begins one."""
    if message["type"] != "http.response.start":
        return message
    headers = list(message.get("headers", ()))
    there = {name.lower() for name, _ in headers}
    for name, value in HEADERS.items():
        if name.lower().encode() not in there:
            headers.append((name.lower().encode(), value.encode()))
    return {**message, "headers": headers}


class CountBytes:
    """Ends a request whose body is too large or too slow, before it has been read whole.

    Parameters
    ----------
    app : ASGI application
    limits : Limits
    """

    def __init__(self, app: ASGIApp, limits: Limits) -> None:
        self.app = app
        self.limits = limits
        self.held = 0  # bytes of all requests under way

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, its body counted."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        headers = {
            name: value
            for name, value in scope["headers"]
            if name == b"content-length"
        }
        length = headers.get(b"content-length", b"0")
        if not length.isdigit() or int(length) > self.limits.request_bytes:
            await self._too_large().response()(scope, receive, send)
            return
        held = [0]
        try:
            await self._counted(scope, receive, send, held)
        finally:
            self.held -= held[0]

    async def _counted(
        self, scope: Scope, receive: Receive, send: Send, held: list[int]
    ) -> None:
        loop = asyncio.get_running_loop()
        deadline = loop.time() + self.limits.receive_seconds
        received, whole = 0, False
        ended: Problem | None = None

        async def counted() -> Message:
            nonlocal received, whole, ended
            if whole:  # what comes now is the end of the connection
                return await receive()
            try:
                async with asyncio.timeout_at(deadline):
                    message = await receive()
            except TimeoutError:
                detail = f"the request took longer than {self.limits.receive_seconds:g} s to arrive"
                ended = Problem(
                    408, "too_slow", detail, headers={"Connection": "close"}
                )
                raise ended from None
            size = len(message.get("body", b""))
            received += size
            held[0] += size
            self.held += size
            whole = not message.get("more_body", False)
            if received > self.limits.request_bytes:
                ended = self._too_large()
                raise ended
            if self.held > self.limits.waiting_bytes:
                ended = Problem(
                    503,
                    "busy",
                    "too many bytes wait already",
                    headers={"Retry-After": "30", "Connection": "close"},
                )
                raise ended
            return message

        async def watched(message: Message) -> None:
            # Else the framework would answer that it could not read the body; the reason is ours.
            if ended is None:
                await send(with_headers(message))

        try:
            await self.app(scope, counted, watched)
        except Problem as problem:
            if problem is not ended:
                raise
        if ended is not None:
            await ended.response()(scope, receive, send)

    def _too_large(self) -> Problem:
        detail = f"the request is larger than {self.limits.request_bytes} bytes"
        return Problem(413, "too_large", detail, headers={"Connection": "close"})


async def save(
    uploads: Sequence[UploadFile], folder: Path, limits: Limits
) -> list[str]:
    """Save uploads into a folder and return their names there.

    Raises
    ------
    Problem
        When there are too many.
    """
    if len(uploads) > limits.request_files:
        raise Problem(
            413,
            "too_many_files",
            f"more than {limits.request_files} files in the request",
        )
    names: list[str] = []
    for number, upload in enumerate(uploads, 1):
        name = plain_name(upload.filename or "", number)
        while name in names:
            name = f"{number}-{name}"
        await asyncio.to_thread(_write, upload, folder / name)
        names.append(name)
    return names


def _write(upload: UploadFile, path: Path) -> None:
    with path.open("xb") as file:
        shutil.copyfileobj(upload.file, file)


def plain_name(name: str, number: int) -> str:
    """Return the last part of a file's name without anything that could lead elsewhere or can't be
    shown.
    """
    last = name.replace("\\", "/").rpartition("/")[2]
    shown = "".join(c for c in last if unicodedata.category(c)[0] != "C").strip(
        " ."
    )
    stem, dot, suffix = shown.rpartition(".")
    short = (
        f"{_cut(stem, LONGEST_NAME)}{dot}{_cut(suffix, LONGEST_SUFFIX)}"
        if dot
        else _cut(shown, LONGEST_NAME)
    )
    return short.strip(" .") or f"upload-{number}"


def _cut(text: str, most: int) -> str:
    """Return a text cut to so many bytes, between two characters."""
    return text.encode(errors="ignore")[:most].decode(errors="ignore")
