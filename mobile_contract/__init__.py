"""What handsets and their makers get: the contract's documents and a reference handset."""
