"""What the gateway refuses itself, before or behind the application: the same words as the application's own.

In AWS, these texts stand in `GatewayResponses` of infra/resources.yaml.
"""

from chalicelib.kit.errors import (
    CareSlotError,
    Forbidden,
    Malformed,
    MethodNotAllowed,
    NotFound,
    TooLarge,
    Unauthenticated,
    UnsupportedMedia,
)


class NoSuchAddress(NotFound):
    """No route has this address."""

    sampled = ()

    def __init__(self) -> None:
        CareSlotError.__init__(self, "There is no such address.")


_BY_STATUS: dict[int, CareSlotError] = {
    400: Malformed("The request cannot be read."),
    401: Unauthenticated("Send a bearer token."),
    403: Forbidden("This is not allowed."),
    404: NoSuchAddress(),
    405: MethodNotAllowed("This address does not know that method."),
    413: TooLarge("The request is larger than 6 MB."),
    415: UnsupportedMedia("Send application/json."),
}
_FAILURE = CareSlotError("Something went wrong on our side.")


def of(status: int) -> CareSlotError:
    """The refusal with this status; of one that the gateway never gives, a failure of ours."""
    return _BY_STATUS.get(status, _FAILURE)
