"""Every name telemetry uses, declared once: spans, attributes and log fields that people and alarms search for."""

SCOPE = "tms"

HTTP_METHOD = "http.request.method"
HTTP_ROUTE = "http.route"
HTTP_STATUS = "http.response.status_code"
ERROR_TYPE = "error.type"
PEER_SERVICE = "peer.service"

CORRELATION_ID = "tms.correlation_id"
CAUSATION_ID = "tms.causation_id"
ACTOR_ID = "tms.actor_id"

MESSAGING_SYSTEM = "messaging.system"
MESSAGING_DESTINATION = "messaging.destination.name"
MESSAGING_MESSAGE_ID = "messaging.message.id"
EVENT_TYPE = "tms.event.type"
AGGREGATE_TYPE = "tms.aggregate.type"
AGGREGATE_ID = "tms.aggregate.id"
AGGREGATE_SEQUENCE = "tms.aggregate.sequence"
ATTEMPT = "tms.attempt"
CONSUMER = "tms.consumer"
OUTCOME = "tms.outcome"
