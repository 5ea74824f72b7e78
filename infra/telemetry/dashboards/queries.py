"""Expressions that several panels share."""


def quantile(q: float, metric: str, by: str, where: str = "") -> str:
    return f"histogram_quantile({q}, sum by ({by}, le) (rate({metric}_bucket{{{where}}}[5m])))"


def slowest(metric: str, by: str, where: str = "") -> str:
    return f"topk(10, {quantile(0.99, metric, by, where)})"


def rate_by(by: str, metric: str, where: str = "") -> str:
    return f"sum by ({by}) (rate({metric}{{{where}}}[5m]))"
