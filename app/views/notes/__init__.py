"""What the collector, a resumed run and the reader have to say about a run."""
