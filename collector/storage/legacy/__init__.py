"""The file of the original visualizer: parsed, its layers deduced, and shown as a `Collection`."""
