"""The index of CareSlot: every slice's routes, and every event Lambda as a one-line delegation."""

import os
from typing import Any

from chalice.app import Chalice, CloudWatchEvent, ConvertToMiddleware, DynamoDBEvent

from chalicelib import changes
from chalicelib.admin.routes import api as admin
from chalicelib.audit.routes import api as audit
from chalicelib.finding.routes import api as finding
from chalicelib.kit import clock
from chalicelib.kit.log import logger, without_texts
from chalicelib.people.routes import api as people
from chalicelib.schedules.routes import api as schedules
from chalicelib.scheduling import expiry
from chalicelib.scheduling.availability_routes import api as availability
from chalicelib.scheduling.routes import api as appointments

app = Chalice(app_name="careslot", configure_logs=False)
app.register_middleware(ConvertToMiddleware(logger.inject_lambda_context))
for kind in ("dynamodb", "scheduled"):
    app.register_middleware(without_texts, kind)

for routes in (
    admin,  # health
    people,  # hospitals, locations, rooms, services, doctors, patients
    schedules,  # a doctor's hours and service, and whom a change strands
    finding,  # doctors by search and by recommendation
    availability,  # free times, three paths over one engine
    appointments,  # book, hold, confirm, move, cancel, list
    audit,  # who changed what
):
    app.register_blueprint(routes)

# Events live here and not in blueprints: Chalice deploys a blueprint's handler without importing app.py.
_NO_STREAM = "arn:aws:dynamodb:us-east-1:000000000000:table/placeholder/stream/placeholder"


@app.on_dynamodb_record(stream_arn=os.environ.get("CHANGES_STREAM_ARN", _NO_STREAM), batch_size=100)
def on_change(event: DynamoDBEvent) -> Any:
    """Every change of the table, handed to the slices that follow it."""
    return changes.handle(event.to_dict(), event.context)


@app.schedule("rate(1 minute)")
def sweep(_event: CloudWatchEvent) -> int:
    """What is due: holds that have expired."""
    return expiry.sweep(clock.now())
