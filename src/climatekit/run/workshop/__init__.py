"""The workshop: many briefs made by workers here or on a cluster."""
