"""Page contents of a release: what a page for people shows, without its HTML."""
