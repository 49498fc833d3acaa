"""Contracts of full-time workers: signed, renewed, ended; resignations (HIRE-3, CON-4)."""
