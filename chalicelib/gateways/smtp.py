"""E-mail through a mail server of the clinic's own: SMTP over TLS, with the standard library.

Until the mail itself is on its way, nothing has been taken; once it is, only the server's last word tells.
"""

import smtplib
import ssl
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

from chalicelib.gateways import mime
from chalicelib.gateways.answers import NoAnswer, NotNow, Refused
from chalicelib.gateways.mime import Mail
from chalicelib.gateways.secrets import secret
from chalicelib.kit.settings import settings

_IMPLICIT_PORT, _USUAL_PORT = 465, 587
_DONE, _LATER, _NEVER = 2, 4, 5
_MOST_BYTES = 64 * 1024
_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})


def is_there() -> bool:
    """Whether the clinic has a mail server of its own."""
    return bool(secret("smtp_host"))


def send(mail: Mail) -> str:
    """The Message-ID of the mail that the server has taken; Refused, NotNow, and NoAnswer when nobody knows."""
    made = mime.message(mail, settings().smtp_from)
    try:
        with _opened() as server:
            _announce(server, settings().smtp_from, mime.recipient(made))
            code = _hand_over(server, mime.wire(made))
    except (OSError, smtplib.SMTPException, ValueError):  # the last: an answer that is none
        raise NotNow("The mail server was not reached, or does not let us in.") from None
    if code // 100 == _NEVER:
        raise Refused("The mail server refuses the message.")
    if code // 100 != _DONE:
        raise NotNow("The mail server takes no messages from us right now.")
    return str(made["Message-ID"])


@contextmanager
def _opened() -> Iterator[smtplib.SMTP]:
    """A connection that is encrypted and signed in; it ends however that went."""
    host, port = secret("smtp_host"), int(secret("smtp_port") or _USUAL_PORT)
    server = _connected(host, port)
    try:
        server.ehlo()
        if not isinstance(server, _Tls) and not _may_be_plain(server, host):
            server.starttls(context=ssl.create_default_context())
            server.ehlo()
        if secret("smtp_user"):
            server.login(secret("smtp_user"), secret("smtp_pass"))
        yield server
    finally:
        server.close()


def _connected(host: str, port: int) -> smtplib.SMTP:
    wait = settings().answer_seconds
    if port == _IMPLICIT_PORT or secret("smtp_security") == "implicit":
        return _Tls(host, port, timeout=wait, context=ssl.create_default_context())
    return _Plain(host, port, timeout=wait)


def _may_be_plain(server: smtplib.SMTP, host: str) -> bool:
    """Whether what is said may be overheard: where the clinic wants it so, or where nobody else could hear it."""
    return secret("smtp_security") == "none" or (host in _LOOPBACK and not server.has_extn("starttls"))


def _announce(server: smtplib.SMTP, sender: str, to: str) -> None:
    """Say from whom and to whom; Refused, or NotNow, when the server wants none of it."""
    code, _ = server.mail(sender)
    if code // 100 != _DONE:
        raise NotNow("The mail server takes no messages from us right now.")
    code, _ = server.rcpt(to)
    if code // 100 == _NEVER:
        raise Refused("The mail server knows no such mailbox.")
    if code // 100 != _DONE:
        raise NotNow("The mail server takes nothing for this mailbox right now.")


def _hand_over(server: smtplib.SMTP, raw: bytes) -> int:
    """The code of the server's last word; after that the mail is the server's, or it is not."""
    try:
        code, _ = server.data(raw)
    except smtplib.SMTPDataError as refused:
        code = refused.smtp_code
    except (OSError, smtplib.SMTPException, ValueError):
        raise NoAnswer("The mail server's answer was lost.") from None
    with suppress(OSError, smtplib.SMTPException, ValueError):
        server.quit()
    return code


class _Bounded:
    """The server's words, as far as they are bounded in length and time."""

    def __init__(self, file: Any, until: float) -> None:
        self._file, self._left, self._until = file, _MOST_BYTES, until

    def readline(self, most: int) -> bytes:
        """One line; OSError when there is no end to them."""
        line: bytes = self._file.readline(most)
        self._left -= len(line)
        if self._left < 0 or time.monotonic() > self._until:
            raise OSError("no end")
        return line

    def close(self) -> None:
        self._file.close()


class _Plain(smtplib.SMTP):
    """A connection whose answers have an end."""

    def getreply(self) -> tuple[int, bytes]:
        """The next answer."""
        if self.file is None and self.sock is not None:
            until = time.monotonic() + settings().answer_seconds
            self.file = _Bounded(self.sock.makefile("rb"), until)
        return super().getreply()


class _Tls(_Plain, smtplib.SMTP_SSL):
    """The same, encrypted from its first byte."""
