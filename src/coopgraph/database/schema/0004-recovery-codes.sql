-- Codes that stand in once each for a second factor, as hashes; and who somebody is to an OpenID provider.

CREATE TABLE recovery_code (
  hash TEXT PRIMARY KEY,
  account TEXT NOT NULL REFERENCES account (name)
) STRICT, WITHOUT ROWID;

CREATE TABLE openid_identity (
  issuer TEXT NOT NULL,
  subject TEXT NOT NULL,
  account TEXT NOT NULL REFERENCES account (name),
  PRIMARY KEY (issuer, subject)
) STRICT, WITHOUT ROWID;
