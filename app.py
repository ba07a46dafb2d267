"""The index of CareSlot: every slice's routes, and every event Lambda as a one-line delegation."""

from chalice.app import Chalice, ConvertToMiddleware

from chalicelib.kit.log import logger
from chalicelib.people.routes import api as people

app = Chalice(app_name="careslot", configure_logs=False)
app.register_middleware(ConvertToMiddleware(logger.inject_lambda_context))

for slice_routes in (people,):
    app.register_blueprint(slice_routes)
