"""Findings as words and rows."""
