"""Pages: the district's page, the technical note, and a district's own templates."""
