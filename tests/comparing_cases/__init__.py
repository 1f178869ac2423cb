"""Pairs of trainings with one change planted in the second, and whether `collector.comparing` names it.

``python -m tests.comparing_cases [FOLDER]`` trains and compares them all.
"""
