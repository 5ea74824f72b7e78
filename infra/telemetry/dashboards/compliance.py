"""What is owed, what is late, and whether the record of it holds."""

from typing import Final

from infra.telemetry.dashboards.panels import Dashboard, Row, graph, stat

SIGN_IN: Final = 'service="auth",route="/api/v1/auth/token"'
COMPLIANCE = Dashboard(
    uid="tms-compliance",
    title="Compliance",
    says="What is owed, what is late, and whether the record of it holds.",
    rows=[
        Row(
            "Now",
            [
                stat("Duties missed", "tms:compliance_missed:sum", alarm=1),
                stat("Duties red", 'max(tms_compliance_obligations{level="red",missed="false"})', alarm=1),
                stat("Duties amber", 'max(tms_compliance_obligations{level="amber",missed="false"})', warn=1),
                stat(
                    "Arrived in time, 30 days",
                    '1 - (sum(increase(tms_sync_arrivals_total{timing="late"}[30d])) or vector(0)) '
                    '/ sum(increase(tms_sync_arrivals_total{timing=~"in_time|late"}[30d]))',
                    unit="percentunit",
                ),
                stat("Audit log", "min(tms_audit_intact)", words=[(1, "holds"), (0, "does not hold")]),
            ],
        ),
        Row(
            "Duties",
            [
                graph(
                    "Duties by level",
                    {
                        "{{level}}": 'max by (level) (tms_compliance_obligations{missed="false"})',
                        "missed": "tms:compliance_missed:sum",
                    },
                ),
                graph("Submissions near their deadline", {"near or past": "max(tms_sync_deadline_risk)"}, alarm=1),
                graph("Disagreements with TPGateway", {"wait for a decision": "tms:sync_discrepancies:sum"}, warn=1),
            ],
        ),
        Row(
            "Guarding",
            [
                graph("Audit entries under no checkpoint", {"entries": "max(tms_audit_unsealed_entries)"}, warn=2000),
                graph("Audit entries under the newest checkpoint", {"entries": "max(tms_audit_checkpoint_size)"}),
                graph(
                    "Requests without permission",
                    {"{{service}}": "sum by (service) (increase(tms_access_refused_total[15m]))"},
                    warn=200,
                ),
                graph(
                    "Sign-ins",
                    {"{{status}}": f"sum by (status) (increase(tms_http_request_seconds_count{{{SIGN_IN}}}[15m]))"},
                ),
            ],
        ),
    ],
)
