"""The backend behind a grid worker's handset."""
