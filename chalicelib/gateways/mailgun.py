"""E-mail through Mailgun, which takes mails as they travel. https://documentation.mailgun.com/docs/mailgun/api-reference"""

from base64 import b64encode
from urllib.parse import quote

from chalicelib.gateways import asking, json_api, mime
from chalicelib.gateways.mime import Mail
from chalicelib.gateways.secrets import secret
from chalicelib.kit.settings import settings

WHO = "The mail provider"


def send(mail: Mail) -> str:
    """The provider's id of the mail that it has taken; raises Refused, NotNow, and NoAnswer when nobody knows."""
    from urllib3.filepost import encode_multipart_formdata  # noqa: PLC0415 - only what sends needs it

    made = mime.message(mail, settings().smtp_from)
    fields: dict[str, str | bytes | tuple[str, str | bytes] | tuple[str, str | bytes, str]] = {
        "to": mime.recipient(made),
        "message": ("message.eml", mime.wire(made), "message/rfc822"),
        "v:reminder": mail.tag,
        "o:tracking": "no",  # links are for one person, and open once
    }
    body, kind = encode_multipart_formdata(fields)
    signed = b64encode(f"api:{secret('mailgun_api_key')}".encode()).decode()
    url = f"{settings().mailgun_endpoint}/v3/{quote(secret('mailgun_domain'), safe='')}/messages.mime"
    headers = {"Authorization": f"Basic {signed}", "Content-Type": kind}
    told = asking.ask("POST", url, headers=headers, body=body, who=WHO)
    json_api.check(told, WHO)
    return json_api.identified(json_api.read(told, WHO).get("id"), WHO)
