"""Trainings as their authors describe them, written as a new user writes them: three lines are Strobe's."""
