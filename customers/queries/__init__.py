"""Reads that join nouns. They return QuerySets or plain values and write nothing."""
