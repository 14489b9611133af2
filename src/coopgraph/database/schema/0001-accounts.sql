-- Accounts, what they sign in with, and the audit log. Times are UTC, as ISO 8601; secrets are here as hashes only.

CREATE TABLE account (
  name TEXT PRIMARY KEY,
  pseudonym TEXT NOT NULL UNIQUE,
  role TEXT NOT NULL CHECK (role IN ('curator', 'reviewer', 'publisher', 'admin')),
  password TEXT,
  second_factor TEXT,
  last_code INTEGER NOT NULL DEFAULT 0,
  disabled INTEGER NOT NULL DEFAULT 0,
  created TEXT NOT NULL
) STRICT;

CREATE TABLE session (
  hash TEXT PRIMARY KEY,
  account TEXT NOT NULL REFERENCES account (name),
  expires TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE token (
  id TEXT PRIMARY KEY,
  hash TEXT NOT NULL UNIQUE,
  account TEXT NOT NULL REFERENCES account (name),
  scope TEXT NOT NULL CHECK (scope IN ('curator', 'reviewer', 'publisher', 'admin')),
  expires TEXT NOT NULL,
  revoked INTEGER NOT NULL DEFAULT 0
) STRICT, WITHOUT ROWID;

CREATE TABLE audit (
  number INTEGER PRIMARY KEY,
  at TEXT NOT NULL,
  actor TEXT NOT NULL,
  action TEXT NOT NULL,
  object TEXT NOT NULL,
  previous TEXT NOT NULL,
  hash TEXT NOT NULL
) STRICT;

CREATE TRIGGER audit_is_never_changed BEFORE UPDATE ON audit
BEGIN
  SELECT RAISE(ABORT, 'the audit log is only added to');
END;

CREATE TRIGGER audit_is_never_shortened BEFORE DELETE ON audit
BEGIN
  SELECT RAISE(ABORT, 'the audit log is only added to');
END;
