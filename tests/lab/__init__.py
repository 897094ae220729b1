"""The lab: a real Cassandra and a stand-in for GWS, for tests only."""
