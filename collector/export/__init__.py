"""A collection in forms that other tools read. Needs no framework."""
