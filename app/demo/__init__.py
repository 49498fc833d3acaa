"""The demo city: Jianyang's real divisions and outline, with everything below them invented."""
