"""Small pieces that panels are made of. They know neither the session nor a collection."""
