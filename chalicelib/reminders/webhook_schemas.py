"""What messaging systems post to us, under their names; they add fields of their own, which are not read."""

from typing import Annotated, ClassVar

from pydantic import Field, StringConstraints

from chalicelib.kit.models import Example, FormModel, QueryModel
from chalicelib.kit.types import Id

_Sid = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9]{2,64}$", max_length=64)]
_Word = Annotated[str, StringConstraints(max_length=64)]
_Number = Annotated[str, StringConstraints(max_length=64)]
_Text = Annotated[str, StringConstraints(max_length=4_000)]


class TwilioMessage(FormModel):
    """A message that somebody has sent to our number."""

    example: ClassVar[Example] = {
        "MessageSid": "SM0123456789abcdef0123456789abcdef",
        "From": "+14155552671",
        "Body": "STOP",
    }
    sid: _Sid = Field(alias="MessageSid")
    sender: _Number = Field(alias="From")
    text: _Text = Field(alias="Body", default="")


class TwilioStatus(FormModel):
    """What became of a text message or a call that we had asked for."""

    example: ClassVar[Example] = {
        "MessageSid": "SM0123456789abcdef0123456789abcdef",
        "MessageStatus": "delivered",
        "To": "+14155552671",
    }
    text: _Word | None = Field(alias="MessageStatus", default=None)
    call: _Word | None = Field(alias="CallStatus", default=None)
    to: _Number = Field(alias="To", default="")
    code: Annotated[str, StringConstraints(pattern=r"^\d{0,10}$", max_length=10)] = Field(alias="ErrorCode", default="")


class OfReminder(QueryModel):
    """Of which message somebody tells."""

    reminder: Id
