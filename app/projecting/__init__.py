"""Lays samples out in a plane, in a process of its own: ``python -m app.projecting``. No window here, no framework."""
