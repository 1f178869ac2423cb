"""Damaged and made-up collections in the whole window. By hand: ``python -m tests.hostile --help``."""
