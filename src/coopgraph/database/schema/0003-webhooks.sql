-- Addresses that an operator registered to be told of new releases, and how far each was told.

CREATE TABLE webhook (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  url TEXT NOT NULL UNIQUE,
  secret TEXT NOT NULL,
  added TEXT NOT NULL,
  told TEXT,
  attempts INTEGER NOT NULL DEFAULT 0,
  due TEXT NOT NULL,
  trouble TEXT NOT NULL DEFAULT ''
) STRICT;
