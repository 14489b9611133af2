-- Submissions with all their versions, what each changes, what was said and decided, and how far its publication is.

CREATE TABLE submission (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  author TEXT NOT NULL REFERENCES account (name),
  state TEXT NOT NULL CHECK (state IN (
    'draft', 'submitted', 'changes-requested', 'accepted', 'published', 'rejected', 'withdrawn', 'conflict'
  )),
  reason TEXT NOT NULL,
  undoes INTEGER REFERENCES submission (id),
  form TEXT UNIQUE,
  version INTEGER NOT NULL DEFAULT 0,
  created TEXT NOT NULL,
  changed TEXT NOT NULL
) STRICT;

CREATE TABLE version (
  submission INTEGER NOT NULL REFERENCES submission (id),
  number INTEGER NOT NULL,
  at TEXT NOT NULL,
  media_type TEXT NOT NULL,
  body BLOB NOT NULL,
  PRIMARY KEY (submission, number)
) STRICT, WITHOUT ROWID;

-- What the present version makes of each file; NULL where there is none, before or after.
CREATE TABLE file_change (
  submission INTEGER NOT NULL REFERENCES submission (id),
  path TEXT NOT NULL,
  before BLOB,
  after BLOB,
  PRIMARY KEY (submission, path)
) STRICT, WITHOUT ROWID;

CREATE INDEX file_change_by_path ON file_change (path);

-- A new state, or a comment (about one statement, where that is named).
CREATE TABLE event (
  number INTEGER PRIMARY KEY AUTOINCREMENT,
  submission INTEGER NOT NULL REFERENCES submission (id),
  at TEXT NOT NULL,
  actor TEXT NOT NULL,
  kind TEXT NOT NULL,
  about TEXT NOT NULL DEFAULT '',
  text TEXT NOT NULL
) STRICT;

CREATE INDEX event_by_submission ON event (submission);

-- Steps of a publication: accepted, writing, written, published.
CREATE TABLE publication (
  submission INTEGER PRIMARY KEY REFERENCES submission (id),
  number INTEGER NOT NULL,
  step TEXT NOT NULL CHECK (step IN ('accepted', 'writing', 'written', 'published')),
  release TEXT NOT NULL DEFAULT ''
) STRICT;
