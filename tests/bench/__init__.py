"""The benchmark: methods side by side, in one run, on one server and one table."""
