"""Citations of results: a query, the release it asked, the checksum of what it gave, under one short address."""
