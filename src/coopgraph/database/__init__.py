"""Database: an SQLite file with numbered migrations, written ahead, backed up whole."""
