"""The networks that people train, and the trainer with its callbacks. Never Qt item models."""
