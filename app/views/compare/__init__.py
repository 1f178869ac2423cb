"""Two runs as wholes: where they part, what differs, and which layer differs when."""
