"""Tests with a real Cassandra, the stand-in for GWS, and real ansible-playbook runs."""
