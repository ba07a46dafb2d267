"""E-mail through SendGrid. https://www.twilio.com/docs/sendgrid/api-reference/mail-send/mail-send"""

import json
from base64 import b64encode
from typing import Any

from chalicelib.gateways import asking, json_api, mime
from chalicelib.gateways.mime import Mail
from chalicelib.gateways.secrets import secret
from chalicelib.kit.settings import settings

WHO = "The mail provider"


def send(mail: Mail) -> str:
    """The provider's id of the mail that it has taken; raises Refused, NotNow, and NoAnswer when nobody knows."""
    made = mime.message(mail, settings().smtp_from)
    headers = {"Authorization": f"Bearer {secret('sendgrid_api_key')}", "Content-Type": "application/json"}
    url = f"{settings().sendgrid_endpoint}/v3/mail/send"
    body = json.dumps(_body(mail, mime.recipient(made), str(made["Subject"]))).encode()
    told = asking.ask("POST", url, headers=headers, body=body, who=WHO)
    json_api.check(told, WHO)
    return json_api.identified(told.headers.get("x-message-id"), WHO)


def _body(mail: Mail, to: str, subject: str) -> dict[str, Any]:
    parts = [
        {
            "content": b64encode(part.text.encode()).decode(),
            "type": "; ".join([part.media_type, *(f"{name}={value}" for name, value in part.parameters.items())]),
            "filename": part.name,
            "disposition": "attachment",
        }
        for part in mail.attachments
    ]
    headers = {name: " ".join(value.split()) for name, value in mail.headers.items()}
    return {
        "personalizations": [{"to": [{"email": to}], "custom_args": {"reminder": mail.tag}}],
        "from": {"email": settings().smtp_from},
        "subject": subject,
        "content": [{"type": "text/plain", "value": mail.text}, {"type": "text/html", "value": mail.page}],
        **({"attachments": parts} if parts else {}),
        **({"headers": headers} if headers else {}),
        # Links are for one person, and open once: nobody else's address goes in their place.
        "tracking_settings": {"click_tracking": {"enable": False, "enable_text": False}},
    }
