"""What is wished, what is shown, and the passes in memory. No Qt."""
