"""What is owed, what is late, and whether the record of it holds."""

from infra.telemetry.dashboards.panels import Dashboard, Panel, Query, Row

COMPLIANCE = Dashboard(
    uid="tms-compliance",
    title="Compliance",
    says="What is owed, what is late, and whether the record of it holds.",
    rows=[
        Row(
            title="Now",
            height=5,
            panels=[
                Panel(
                    title="Duties missed",
                    unit="short",
                    kind="stat",
                    alarm=1,
                    queries=[Query("tms:compliance_missed:sum")],
                ),
                Panel(
                    title="Duties red",
                    unit="short",
                    kind="stat",
                    alarm=1,
                    queries=[Query('max(tms_compliance_obligations{level="red",missed="false"})')],
                ),
                Panel(
                    title="Duties amber",
                    unit="short",
                    kind="stat",
                    warn=1,
                    queries=[Query('max(tms_compliance_obligations{level="amber",missed="false"})')],
                ),
                Panel(
                    title="Arrived in time, 30 days",
                    unit="percentunit",
                    kind="stat",
                    queries=[
                        Query(
                            '1 - (sum(increase(tms_sync_arrivals_total{timing="late"}[30d])) or vector(0)) '
                            '/ sum(increase(tms_sync_arrivals_total{timing=~"in_time|late"}[30d]))'
                        )
                    ],
                ),
                Panel(
                    title="Audit log",
                    unit="short",
                    kind="stat",
                    words=[(1, "holds"), (0, "does not hold")],
                    queries=[Query("min(tms_audit_intact)")],
                ),
            ],
        ),
        Row(
            title="Duties",
            panels=[
                Panel(
                    title="Duties by level",
                    unit="short",
                    queries=[
                        Query('max by (level) (tms_compliance_obligations{missed="false"})', "{{level}}"),
                        Query("tms:compliance_missed:sum", "missed"),
                    ],
                ),
                Panel(
                    title="Submissions near their deadline",
                    unit="short",
                    alarm=1,
                    queries=[Query("max(tms_sync_deadline_risk)", "near or past")],
                ),
                Panel(
                    title="Disagreements with TPGateway",
                    unit="short",
                    warn=1,
                    queries=[Query("tms:sync_discrepancies:sum", "wait for a decision")],
                ),
            ],
        ),
        Row(
            title="Guarding",
            panels=[
                Panel(
                    title="Audit entries under no checkpoint",
                    unit="short",
                    warn=2_000,
                    queries=[Query("max(tms_audit_unsealed_entries)", "entries")],
                ),
                Panel(
                    title="Audit entries under the newest checkpoint",
                    unit="short",
                    queries=[Query("max(tms_audit_checkpoint_size)", "entries")],
                ),
                Panel(
                    title="Requests without permission",
                    unit="short",
                    warn=200,
                    queries=[Query("sum by (service) (increase(tms_access_refused_total[15m]))", "{{service}}")],
                ),
                Panel(
                    title="Sign-ins",
                    unit="short",
                    queries=[
                        Query(
                            "sum by (status) (increase(tms_http_request_seconds_count"
                            '{service="auth",route="/api/v1/auth/token"}[15m]))',
                            "{{status}}",
                        )
                    ],
                ),
            ],
        ),
    ],
)
