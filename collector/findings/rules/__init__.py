"""The rules, each file one kind of fault."""
