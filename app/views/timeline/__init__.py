"""The curves of the run with the playhead, and its transport."""
