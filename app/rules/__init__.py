"""THE REGULATION: 《简阳市网格员管理办法（试行）》 as pure functions of facts.

No clock, no database. Only `judge` reads files, and only `catalogue` the index beside it.
"""
