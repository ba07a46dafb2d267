"""Where an office's one session is kept: in the table, for all workers, its token sealed, for almost a day."""

from dataclasses import dataclass
from functools import lru_cache

from chalicelib.gateways import sealing
from chalicelib.gateways.advancedmd.sign_in import Session
from chalicelib.kit import clock, ids
from chalicelib.kit.settings import settings
from chalicelib.table import officesessions

_SECONDS = 23 * 3600 + 1800
_REMEMBERED = 8


@dataclass(frozen=True, slots=True)
class SharedSession:
    """The session of one office."""

    office_key: str

    def find(self) -> Session | None:
        """The session that is kept; None without one, and for one that has run out or cannot be opened."""
        item = officesessions.find(self.office_key)
        if item is None or int(item.expires_at) <= clock.now().timestamp():
            return None
        token = _opened(item.sealed, self._purpose)
        return Session(token, item.webserver) if token else None

    def keep(self, session: Session) -> None:
        """Keep it for all, in place of any other."""
        officesessions.keep(
            self.office_key,
            sealed=sealing.seal(session.token, purpose=self._purpose),
            webserver=session.webserver,
            mark=ids.digest(session.token),
            expires_at=int(clock.now().timestamp()) + _SECONDS,
        )

    def forget(self, session: Session) -> None:
        """Keep it no longer, unless another has taken its place."""
        officesessions.forget(self.office_key, mark=ids.digest(session.token))

    @property
    def _purpose(self) -> str:
        # Who signs in at another address is at another AdvancedMD, and its servers are others.
        return f"advancedmd session of {self.office_key} at {settings().advancedmd_login_url}"


@lru_cache(_REMEMBERED)
def _opened(sealed: str, purpose: str) -> str | None:
    """A process opens a seal once; another session has another."""
    return sealing.opened(sealed, purpose=purpose)
