"""Settings: read once from the environment; secrets never have a default."""

import os
from functools import cache

from pydantic import BaseModel, ConfigDict, Field


class Settings(BaseModel):
    """All that differs between a laptop and a stage; `rate_limit_scale` multiplies every limit, 0 lifts them.

    `origin_secrets` are those by which CloudFront is known, a blank between them; without any, everyone is let in.
    `portal_url` is where the pages are, empty for "here"; `stun_urls` and `turn_urls` have blanks between them, too.
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
    portal_url: str = ""
    stun_urls: str = ""
    turn_urls: str = ""
    recordings_bucket: str = ""
    recordings_origin: str = ""
    turn_secret: str = Field(default="", repr=False)
    smtp_from: str = "noreply@careslot.test"
    ses_configuration_set: str = ""
    origin_secrets: str = Field(default="", repr=False)  # a printed setting tells no secret


@cache
def settings() -> Settings:
    """The settings of this process; `settings.cache_clear()` after the environment has changed."""
    return Settings(**{name: os.environ[name.upper()] for name in Settings.model_fields if name.upper() in os.environ})
