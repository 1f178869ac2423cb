"""Random changes of the code, and whether a test notices: ``python -m tests.mutations collector``."""
