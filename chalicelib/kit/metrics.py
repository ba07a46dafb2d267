"""Metrics: counts that alarms watch, written as embedded metrics into the log. No ids and nothing of patients."""


def count(name: str, **dimensions: str) -> None:
    """Count one more of what the name says; dimensions tell few kinds of it apart, each with a sum of its own."""
    _tell(name, "Count", 1, dimensions)


def level(name: str, value: int) -> None:
    """So many of what the name says are there at present."""
    _tell(name, "Count", value, {})


def share(name: str, *, of: bool) -> None:
    """One more that is of this kind, or is not: the mean of all is the share in percent."""
    _tell(name, "Percent", 100 if of else 0, {})


def took(name: str, *, milliseconds: float) -> None:
    """One more that took so long."""
    _tell(name, "Milliseconds", milliseconds, {})


def _tell(name: str, unit: str, value: float, dimensions: dict[str, str]) -> None:
    # Imported here, because few calls of few processes count anything.
    from aws_lambda_powertools.metrics import EphemeralMetrics, MetricUnit  # noqa: PLC0415

    metrics = EphemeralMetrics(namespace="CareSlot", service="careslot")
    for dimension, kind in dimensions.items():
        metrics.add_dimension(name=dimension, value=kind)
    metrics.add_metric(name=name, unit=MetricUnit(unit), value=value)
    metrics.flush_metrics()
