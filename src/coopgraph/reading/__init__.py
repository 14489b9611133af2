"""Look at things: descriptions, pages, lists."""
