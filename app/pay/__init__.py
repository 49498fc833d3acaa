"""Payrolls, statements and the reports to finance, exact to the fen (PAY)."""
