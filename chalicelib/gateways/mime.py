"""A mail as it travels: plain text and a page that say the same, what is attached, and headers of its own."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from email import policy
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from html import escape

from chalicelib.gateways.answers import Refused

_PAGE = """<!doctype html><html lang="{lang}"><head><meta charset="utf-8"><title>{subject}</title></head>\
<body style="font-family:sans-serif;font-size:16px;line-height:1.5"><p>{text}</p></body></html>"""
_LINK = re.compile(r"https?://[^\s<>\"']+[^\s<>\"'.,;:!?)]")
OWN = "X-CareSlot-Message"
"""The header that carries what the mail is known by here."""


@dataclass(frozen=True, slots=True)
class Attachment:
    """Text that comes with a mail: its name, its media type (`text/calendar`) and that type's parameters."""

    name: str
    text: str
    media_type: str
    parameters: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Mail:
    """One mail to one person; `tag` comes back with everything that is told about it."""

    to: str
    subject: str
    text: str
    language: str
    tag: str
    headers: Mapping[str, str] = field(default_factory=dict)
    attachments: Sequence[Attachment] = ()

    @property
    def page(self) -> str:
        """The text as a page, its links to be followed."""
        parts, end = [], 0
        for link in _LINK.finditer(self.text):
            parts += [escape(self.text[end : link.start()]), f'<a href="{escape(link[0])}">{escape(link[0])}</a>']
            end = link.end()
        parts.append(escape(self.text[end:]))
        said = "".join(parts).replace("\n", "<br>")
        return _PAGE.format(lang=escape(self.language), subject=escape(self.subject), text=said)


def message(mail: Mail, sender: str) -> EmailMessage:
    """The mail as RFC 5322 has it; Refused for an address that no mail can be sent to."""
    made = EmailMessage()
    try:
        made["From"], made["To"] = Address(addr_spec=sender), Address(addr_spec=_in_ascii(mail.to))
    except (ValueError, IndexError, MessageError):
        raise Refused("There is no such e-mail address.") from None
    made["Subject"] = " ".join(mail.subject.split())
    # The same for every try, so that a mailbox that gets it twice may show it once.
    made["Message-ID"] = f"<{mail.tag}@{sender.rpartition('@')[2]}>"
    made[OWN] = mail.tag
    for name, value in mail.headers.items():
        made[name] = " ".join(value.split())
    made.set_content(mail.text)
    made.add_alternative(mail.page, subtype="html")
    for part in mail.attachments:
        _, _, subtype = part.media_type.partition("/")
        made.add_attachment(part.text, subtype=subtype, filename=part.name, params=dict(part.parameters))
    return made


def wire(made: EmailMessage) -> bytes:
    """The mail as it travels, its lines as the protocol ends them."""
    return made.as_bytes(policy=policy.SMTP)


def recipient(made: EmailMessage) -> str:
    """The address of the one whom the mail is for, as servers are told it."""
    spec: str = made["To"].addresses[0].addr_spec
    return spec


def _in_ascii(address: str) -> str:
    """The address with its domain as it is looked up; ValueError for a name that only few servers could take."""
    name, _, domain = address.rpartition("@")
    return f"{name.encode('ascii').decode()}@{domain.encode('idna').decode()}"
