"""What recording costs on an accelerator, and whether it is true there: `python -m tests.accelerator`.

Needs torch and NumPy alone, and not the newest: where msgspec is missing, `carried_msgspec` is in its place.
"""
