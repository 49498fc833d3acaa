"""Pay: standards, payrolls, statements, corrections, reports."""
