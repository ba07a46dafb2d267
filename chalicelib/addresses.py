"""Which module declares the routes at each address, so that a process loads what it is asked for.

Written by `python -m infra.addresses --write`, and by `python -m infra.route_table --write`.
"""

ADDRESSES = {
    "chalicelib.admin.routes": (
        "GET /api/docs",
        "GET /api/docs/{asset}",
        "GET /api/health",
        "GET /api/openapi.json",
    ),
    "chalicelib.audit.routes": (
        "GET /api/audit/verify",
        "GET /api/audit/{kind}/{id}",
    ),
    "chalicelib.callers.key_routes": (
        "GET POST /api/keys",
        "DELETE GET /api/keys/{id}",
    ),
    "chalicelib.callers.routes": (
        "POST /api/sessions/end",
        "POST /api/sessions/revoke",
    ),
    "chalicelib.finding.routes": (
        "GET /api/doctors",
        "GET /api/doctors/recommendations",
    ),
    "chalicelib.people.glass_routes": ("POST /api/patients/{id}/break-glass",),
    "chalicelib.people.routes": (
        "POST /api/doctors",
        "GET PUT /api/doctors/{id}",
        "GET POST /api/hospitals",
        "GET PUT /api/hospitals/{id}",
        "GET POST /api/locations",
        "GET PUT /api/locations/{id}",
        "GET POST /api/locations/{id}/rooms",
        "POST /api/patients",
        "POST /api/patients/search",
        "GET PUT /api/patients/{id}",
        "DELETE GET PUT /api/rooms/{id}",
        "GET POST /api/services",
        "DELETE GET PUT /api/services/{id}",
    ),
    "chalicelib.portal.routes": (
        "GET /portal/assets/{asset}",
        "GET /portal/kiosk",
        "GET /portal/lobby",
        "GET /portal/reception",
        "GET /portal/track/{secret}",
        "GET /portal/visit/{id}",
    ),
    "chalicelib.queue.desk_routes": (
        "POST /api/queue/call-next",
        "POST /api/queue/prioritize",
        "POST /api/queue/{id}/call",
        "POST /api/queue/{id}/forward",
        "POST /api/queue/{id}/hold",
        "POST /api/queue/{id}/recall",
        "POST /api/queue/{id}/resume",
        "PUT /api/queue/{id}/status",
        "POST /api/queue/{id}/transfer",
        "POST /api/queue/{id}/undo",
    ),
    "chalicelib.queue.routes": (
        "POST /api/queue/check-in",
        "GET /api/queue/current",
        "POST /api/queue/join",
        "GET /api/queue/statistics",
        "GET /api/queue/track/{secret}",
        "GET /api/queue/{id}",
        "POST /api/queue/{id}/left",
    ),
    "chalicelib.realtime.display_routes": (
        "GET POST /api/displays",
        "DELETE /api/displays/{id}",
    ),
    "chalicelib.realtime.routes": ("GET /api/events",),
    "chalicelib.reminders.answer_routes": (
        "GET POST /api/reminders/answer/{secret}",
        "GET POST /api/reminders/unsubscribe/{secret}",
    ),
    "chalicelib.reminders.desk_routes": (
        "POST /api/reminders/bulk",
        "POST /api/reminders/preview",
        "POST /api/reminders/{id}/replay",
    ),
    "chalicelib.reminders.push_routes": (
        "GET /api/push/key",
        "GET POST /api/push/subscriptions",
        "DELETE /api/push/subscriptions/{id}",
    ),
    "chalicelib.reminders.routes": (
        "GET /api/reminders/appointment/{id}",
        "POST /api/reminders/schedule",
        "DELETE PUT /api/reminders/{id}",
    ),
    "chalicelib.reminders.webhook_routes": (
        "POST /api/webhooks/twilio/messages",
        "POST /api/webhooks/twilio/status",
    ),
    "chalicelib.schedules.routes": (
        "DELETE /api/doctors/{id}",
        "POST /api/doctors/{id}/activate",
        "GET PUT /api/doctors/{id}/schedule",
    ),
    "chalicelib.scheduling.availability_routes": (
        "GET /api/appointments/availability",
        "GET /api/appointments/availability/{doctor_id}/{date}",
        "GET /api/doctors/{id}/availability",
    ),
    "chalicelib.scheduling.list_routes": (
        "GET /api/appointments",
        "GET /api/appointments/doctor/{doctor_id}",
        "GET /api/appointments/patient/{patient_id}",
        "GET /api/doctors/{id}/appointments",
    ),
    "chalicelib.scheduling.routes": (
        "POST /api/appointments",
        "POST /api/appointments/book",
        "POST /api/appointments/hold",
        "POST /api/appointments/no-shows",
        "DELETE GET /api/appointments/{id}",
        "POST /api/appointments/{id}/confirm",
        "PUT /api/appointments/{id}/reschedule",
        "PUT /api/appointments/{id}/status",
        "POST /api/appointments/{id}/undo",
    ),
    "chalicelib.telehealth.host_routes": (
        "POST /api/telehealth/room/{id}/admit",
        "POST /api/telehealth/room/{id}/decline",
        "POST /api/telehealth/room/{id}/guests",
        "DELETE /api/telehealth/room/{id}/guests/{guest_id}",
        "POST /api/telehealth/room/{id}/recording",
        "POST /api/telehealth/rooms",
    ),
    "chalicelib.telehealth.routes": (
        "POST /api/telehealth/generate-url/{id}",
        "GET /api/telehealth/room/{id}",
        "POST /api/telehealth/room/{id}/consent",
        "POST /api/telehealth/room/{id}/enter",
        "POST /api/telehealth/room/{id}/leave",
    ),
}
