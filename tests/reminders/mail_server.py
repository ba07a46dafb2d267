"""A mail server on the loopback, with or without TLS, that does what it is told to."""

import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from ipaddress import ip_address
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, LoginPassword
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from tests.reminders.twilio_calls import having

USER, WORD = "clinic", "correct horse"


@dataclass
class Desk:
    """What the server does: answers at each step, and what it took."""

    rcpt: str = ""
    data: str = ""
    mails: list[EmailMessage] = field(default_factory=list)
    signed_in: list[str] = field(default_factory=list)
    encrypted: list[bool] = field(default_factory=list)

    async def handle_RCPT(self, _server: Any, _session: Any, envelope: Any, address: str, _options: Any) -> str:  # noqa: N802 - the server's name for it
        if self.rcpt:
            return self.rcpt
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802 - same
        self.mails.append(message_from_bytes(envelope.content, policy=policy.default))
        self.encrypted.append(server.transport.get_extra_info("sslcontext") is not None)
        if self.data == "dropped":
            server.transport.abort()
        return self.data or "250 OK"

    def authenticates(self, _server: Any, _session: Any, _envelope: Any, _mechanism: str, said: Any) -> AuthResult:
        right = isinstance(said, LoginPassword) and (said.login, said.password) == (USER.encode(), WORD.encode())
        self.signed_in.append(USER if right else "nobody")
        return AuthResult(success=right, handled=True)


@contextmanager
def mail_server(folder: Path, *, security: str = "none", signs_in: bool = False) -> Iterator[Desk]:
    """A server that the clinic's settings name inside the block: `none`, `starttls` or `implicit`."""
    desk = Desk()
    options: dict[str, Any] = {}
    certificate = _certified(folder)
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate)
    if signs_in:
        options |= {
            "authenticator": desk.authenticates,
            "auth_required": True,
            "auth_require_tls": security == "starttls",
        }
    if security == "starttls":
        options |= {"tls_context": context, "require_starttls": True}
    if security == "implicit":
        options["ssl_context"] = context
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    controller = Controller(desk, hostname="127.0.0.1", port=port, **options)
    controller.start()
    said = {"SMTP_HOST": "127.0.0.1", "SMTP_PORT": str(port), "SMTP_FROM": "noreply@clinic.example"}
    said |= {"SMTP_SECURITY": security, "SSL_CERT_FILE": str(certificate)}
    said |= {"SMTP_USER": USER, "SMTP_PASS": WORD} if signs_in else {}
    try:
        with having(**said):
            yield desk
    finally:
        controller.stop()


def _certified(folder: Path) -> Path:
    """A key with a certificate for the loopback, in one file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "loopback")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    file = folder / "server.pem"
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    file.write_bytes(private + made.public_bytes(serialization.Encoding.PEM))
    return file
