"""Lays samples out in a plane, in a process of its own, with neither window nor framework.

Run as ``python -m app.views.projection.process``.
"""
