"""What held of a worker at the end of any past date, with the values then in force."""
