"""Measurements, not tests: ``make bench`` prints the table and writes it to ``resources/benchmarks.md``.

Each row runs in a process of its own. Figures are medians of repeated runs; where something is compared, both sides
are measured in turn in the same process.
"""
