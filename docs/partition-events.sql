-- Turns the audit trail into a partitioned table while the service runs: see scaling.md. It partitions by
-- ranges of ids, which grow with time, so the primary key, the cursor and the model in schema.prisma stay the
-- same. This was tried on PostgreSQL 15. The bounds are examples: choose a first one that is some days ahead.

-- Before this, `recordOnce` must consume codes through spent_ids, in the same statement. A unique index of a
-- partitioned table must contain the partition column, so `spends` could be unique in each partition only.
--   WITH spent AS (INSERT INTO spent_ids (id, by) VALUES ($1, $2)
--     ON CONFLICT (id) DO UPDATE SET by = EXCLUDED.by WHERE spent_ids.by = EXCLUDED.by RETURNING xmax = 0 AS first),
--   recorded AS (INSERT INTO events (…) SELECT … FROM spent WHERE first)
--   SELECT count(*) FROM spent
DROP INDEX CONCURRENTLY events_spends;

-- Reads nothing yet. Every row written from now on is checked.
ALTER TABLE events ADD CONSTRAINT events_0_bound CHECK (id < 400000000) NOT VALID;

-- Reads the table once, while writers go on. Without this, attaching would read the table under a lock.
ALTER TABLE events VALIDATE CONSTRAINT events_0_bound;

BEGIN;
-- Shorter than the time limit of a login's statement. If it fails, try again.
SET LOCAL lock_timeout = '300ms';
ALTER TABLE events RENAME TO events_0;
ALTER TABLE events_0 ALTER COLUMN id DROP IDENTITY;
CREATE SEQUENCE events_ids;
SELECT setval('events_ids', coalesce((SELECT max(id) FROM events_0), 1));
CREATE TABLE events (LIKE events_0 INCLUDING DEFAULTS) PARTITION BY RANGE (id);
ALTER TABLE events ALTER COLUMN id SET DEFAULT nextval('events_ids');
ALTER SEQUENCE events_ids OWNED BY events.id;
-- The table is still empty. Attaching finds the same indexes of events_0 and takes them over.
ALTER TABLE events ADD PRIMARY KEY (id);
CREATE INDEX ON events (organization_id, id);
CREATE INDEX ON events (organization_id, user_id, id);
CREATE INDEX ON events (organization_id, user_id, id) WHERE type = 'challenge.approved';
CREATE INDEX ON events (organization_id, actor) WHERE actor IS DISTINCT FROM user_id;
ALTER TABLE events ATTACH PARTITION events_0 FOR VALUES FROM (MINVALUE) TO (400000000);
-- Always have two partitions ahead. An id beyond the last bound is refused, and the login with it.
CREATE TABLE events_1 PARTITION OF events FOR VALUES FROM (400000000) TO (450000000);
CREATE TABLE events_2 PARTITION OF events FOR VALUES FROM (450000000) TO (500000000);
COMMIT;

-- Retention replaces deleting rows: drop a partition when its newest row is older than AUDIT_RETENTION_DAYS.
-- Only this looks for a time, so BRIN on `at` is enough in later partitions.
-- ALTER TABLE events DETACH PARTITION events_0 CONCURRENTLY;
-- DROP TABLE events_0;
