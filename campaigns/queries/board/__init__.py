"""The campaign board: what links brought, by day, channel and employee. Sums come from the rollups, each of them beside
the rows that it counts (`rows`)."""
