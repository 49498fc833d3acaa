"""A reference handset, and a simulation of many: everything here goes through the HTTP API."""
