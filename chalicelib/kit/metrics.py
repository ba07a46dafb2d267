"""Metrics: counts that alarms watch, written as embedded metrics into the log. No ids and nothing of patients."""


def count(name: str) -> None:
    """Count one more of what the name says."""
    # Imported here, because few calls of few processes count anything.
    from aws_lambda_powertools.metrics import EphemeralMetrics, MetricUnit  # noqa: PLC0415

    metrics = EphemeralMetrics(namespace="CareSlot", service="careslot")
    metrics.add_metric(name=name, unit=MetricUnit.Count, value=1)
    metrics.flush_metrics()


def level(name: str, value: int) -> None:
    """So many of what the name says are there at present."""
    from aws_lambda_powertools.metrics import EphemeralMetrics, MetricUnit  # noqa: PLC0415 - see count

    metrics = EphemeralMetrics(namespace="CareSlot", service="careslot")
    metrics.add_metric(name=name, unit=MetricUnit.Count, value=value)
    metrics.flush_metrics()


def share(name: str, *, of: bool) -> None:
    """One more that is of this kind, or is not: the mean of all is the share in percent."""
    from aws_lambda_powertools.metrics import EphemeralMetrics, MetricUnit  # noqa: PLC0415 - see count

    metrics = EphemeralMetrics(namespace="CareSlot", service="careslot")
    metrics.add_metric(name=name, unit=MetricUnit.Percent, value=100 if of else 0)
    metrics.flush_metrics()
