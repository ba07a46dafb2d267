"""The pages: what a browser loads, of which nothing is in the table."""

from scripts.metering.operations import Ask, Operation

ROWS = [
    Operation("GET /portal/lobby", lambda _: Ask("/portal/lobby")),
    Operation("GET /portal/reception", lambda _: Ask("/portal/reception")),
    Operation("GET /portal/kiosk", lambda _: Ask("/portal/kiosk")),
    Operation("GET /portal/track/{secret}", lambda _: Ask("/portal/track/que_1.secret")),
    Operation("GET /portal/assets/{asset}", lambda _: Ask("/portal/assets/live.js")),
]
