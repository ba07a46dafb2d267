"""Structured logs and metrics: ids only, never what a patient said or is called."""

from aws_lambda_powertools import Logger

logger = Logger(service="careslot")
