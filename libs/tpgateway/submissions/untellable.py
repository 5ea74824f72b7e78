"""What the wire has no way to say."""

from libs.tpgateway.rules.finding import Finding


class Untellable(ValueError):
    """No request can be built: `finding` tells why, in our own field names and without any personal value."""

    def __init__(self, finding: Finding) -> None:
        super().__init__(f"{finding.field}: {finding.message}")
        self.finding = finding
