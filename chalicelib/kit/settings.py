"""Settings: read once from the environment; secrets never have a default."""

import os
from functools import cache

from pydantic import BaseModel, ConfigDict, Field


class Settings(BaseModel):
    """All that differs between a laptop and a stage; `rate_limit_scale` multiplies every limit, 0 lifts them.

    `public_url` is where others call us. In AWS, what opens other systems is kept in the secret `secrets_id`, by these
    names in capitals; see gateways/secrets.py. `twilio_endpoint` stands in for Twilio's own address,
    and `answer_seconds` is how long an answer of another system is waited for.
    `mail_provider` is ses, smtp, sendgrid or mailgun, `sms_provider` twilio, sns or messagebird.
    `office_key_id` names the key that seals what is kept of our sessions at other systems.
    `push_hosts` are the services that pushed messages go through, a blank between them.
    `digest_key` is what addresses are digested with, so that nobody else can tell which they are.
    `origin_secrets` are those by which CloudFront is known, a blank between them; without any, everyone is let in.
    `advancedmd_visit_url` is where people see a visit there, with `{visit_id}` for its number.
    `stun_urls` and `turn_urls` have blanks between them, too.
    """

    model_config = ConfigDict(frozen=True, defer_build=True)

    careslot_stage: str = "local"
    table_name: str = "careslot-local"
    auth_issuer: str = ""
    auth_audience: str = "careslot"
    auth_jwks_url: str = ""
    cors_origin: str = "*"
    changes_dlq_url: str = ""
    rate_limit_scale: int = 1
    seal_key_id: str = ""
    sockets_endpoint: str = ""
    reminders_feed_url: str = ""
    office_feed_url: str = ""
    stun_urls: str = ""
    turn_urls: str = ""
    recordings_bucket: str = ""
    recordings_origin: str = ""
    turn_secret: str = Field(default="", repr=False)
    smtp_from: str = "noreply@careslot.test"
    ses_configuration_set: str = ""
    mail_provider: str = ""
    smtp_host: str = ""
    smtp_port: str = ""
    smtp_user: str = ""
    smtp_pass: str = Field(default="", repr=False)
    smtp_security: str = ""
    public_url: str = ""
    secrets_id: str = ""
    twilio_account_sid: str = ""
    twilio_auth_token: str = Field(default="", repr=False)
    twilio_phone_number: str = ""
    twilio_endpoint: str = ""
    advancedmd_login_url: str = "https://partnerlogin.advancedmd.com/practicemanager/xmlrpc/processrequest.aspx"
    advancedmd_office_key: str = ""
    advancedmd_username: str = ""
    advancedmd_password: str = Field(default="", repr=False)
    advancedmd_app_name: str = ""
    advancedmd_visit_url: str = ""
    office_key_id: str = ""
    vapid_private_key: str = Field(default="", repr=False)
    vapid_subject: str = "mailto:noreply@careslot.test"
    push_hosts: str = "fcm.googleapis.com updates.push.services.mozilla.com *.push.apple.com *.notify.windows.com"
    zoom_account_id: str = ""
    zoom_client_id: str = ""
    zoom_client_secret: str = Field(default="", repr=False)
    zoom_endpoint: str = ""
    zoom_login_endpoint: str = ""
    teams_tenant_id: str = ""
    teams_client_id: str = ""
    teams_client_secret: str = Field(default="", repr=False)
    teams_organizer_id: str = ""
    teams_login_endpoint: str = ""
    graph_endpoint: str = ""
    digest_key: str = Field(default="", repr=False)
    sns_apns_application: str = ""
    sns_fcm_application: str = ""
    sendgrid_api_key: str = Field(default="", repr=False)
    sendgrid_endpoint: str = "https://api.sendgrid.com"
    mailgun_api_key: str = Field(default="", repr=False)
    mailgun_domain: str = ""
    mailgun_endpoint: str = "https://api.mailgun.net"
    sms_provider: str = ""
    messagebird_access_key: str = Field(default="", repr=False)
    messagebird_originator: str = ""
    messagebird_endpoint: str = "https://rest.messagebird.com"
    answer_seconds: float = 10.0
    origin_secrets: str = Field(default="", repr=False)  # a printed setting tells no secret


@cache
def settings() -> Settings:
    """The settings of this process; `settings.cache_clear()` after the environment has changed."""
    return Settings(**{name: os.environ[name.upper()] for name in Settings.model_fields if name.upper() in os.environ})
