"""Numbers made of arrays, whatever the framework."""
