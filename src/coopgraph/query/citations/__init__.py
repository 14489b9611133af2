"""Cite a result: a query, the release it asked, and the checksum of what it gave, under one short address."""
