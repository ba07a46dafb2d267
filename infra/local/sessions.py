"""Sessions of the local issuer: who signed in, until when, and whether the session was ended.

A session is a file named after the digest of its refresh token, so that the folder holds no token, and `scripts/token`
and the running instance need no lock between them.
"""

from __future__ import annotations

import hashlib
import json
import os
import secrets
import time
import uuid
from dataclasses import asdict, dataclass
from pathlib import Path

LIVES_SECONDS = 30 * 86400


@dataclass(frozen=True, slots=True)
class Session:
    """One signing-in: `id` is its tokens' `origin_jti`; `began` and `ends` are seconds since 1970."""

    id: str
    began: int
    ends: int
    role: str
    sub: str
    hospital: str | None = None
    location: str | None = None


class Sessions:
    """The sessions of one data folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def begin(
        self, role: str, sub: str, hospital: str | None = None, location: str | None = None
    ) -> tuple[Session, str]:
        """A new session of thirty days, and its refresh token, which is stored nowhere."""
        now = int(time.time())
        session = Session(uuid.uuid4().hex, now, now + LIVES_SECONDS, role, sub, hospital, location)
        refresh_token = secrets.token_urlsafe(48)
        self._folder.mkdir(mode=0o700, exist_ok=True)
        path = self._path(refresh_token)
        temporary = path.with_suffix(".tmp")
        with open(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
            json.dump(asdict(session), file)
        temporary.rename(path)
        return session, refresh_token

    def find(self, refresh_token: str) -> Session | None:
        """The session of a refresh token; None when there is none, or it has ended."""
        try:
            session = Session(**json.loads(self._path(refresh_token).read_text(encoding="utf-8")))
        except FileNotFoundError:
            return None
        return session if time.time() < session.ends else None

    def end(self, refresh_token: str) -> None:
        """End the session, if there is one: its refresh token gives no more tokens."""
        self._path(refresh_token).unlink(missing_ok=True)

    def _path(self, refresh_token: str) -> Path:
        return self._folder / f"{hashlib.sha256(refresh_token.encode()).hexdigest()}.json"
