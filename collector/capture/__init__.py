"""What is taken and when, whatever the framework: schedule, unit plan, the run's log, the guard."""
