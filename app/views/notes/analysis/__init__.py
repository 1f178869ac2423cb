"""Which notes there are. No Qt."""
