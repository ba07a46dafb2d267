"""E-mail, through whichever provider the clinic has set: SES unless it says otherwise, or its own mail server."""

from collections.abc import Mapping, Sequence

from chalicelib.gateways import smtp
from chalicelib.gateways.answers import NotNow
from chalicelib.gateways.mime import Attachment, Mail
from chalicelib.gateways.secrets import secret


def send(
    *,
    to: str,
    subject: str,
    text: str,
    language: str,
    tag: str,
    headers: Mapping[str, str] | None = None,
    attachments: Sequence[Attachment] = (),
) -> str:
    """The provider's id of the message that it has taken; `tag` comes back with every event about it.

    Raises Refused, NotNow, NoAnswer when nobody knows, and Unavailable when the account cannot be read.
    """
    mail = Mail(
        to=to,
        subject=subject,
        text=text,
        language=language,
        tag=tag,
        headers=headers or {},
        attachments=tuple(attachments),
    )
    return _hand_over(mail)


def _hand_over(mail: Mail) -> str:
    provider = secret("mail_provider") or ("smtp" if smtp.is_there() else "ses")
    match provider:
        case "smtp":
            return smtp.send(mail)
        case "ses":
            from chalicelib.gateways import ses  # noqa: PLC0415 - only the one that is set is loaded

            return ses.send(mail)
        case "sendgrid":
            from chalicelib.gateways import sendgrid  # noqa: PLC0415 - same

            return sendgrid.send(mail)
        case "mailgun":
            from chalicelib.gateways import mailgun  # noqa: PLC0415 - same

            return mailgun.send(mail)
    raise NotNow("The mail provider that is set is not known.")
