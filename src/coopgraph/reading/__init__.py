"""Reading a release: descriptions, pages, lists."""
