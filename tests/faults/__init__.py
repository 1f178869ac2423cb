"""Broken and healthy trainings on which the rules are measured: ``python -m tests.faults``."""
