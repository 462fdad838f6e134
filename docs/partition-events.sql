-- Makes of the audit trail a table of partitions while the service runs: see scaling.md. By ranges of ids, which
-- grow with time: the primary key, the cursor and the model in schema.prisma stay as they are. Tried on
-- PostgreSQL 15. The bounds are examples: the first one is an id some days ahead.

-- First of all `recordOnce` has to use codes up through spent_ids, in the same statement: a unique index of a table of
-- partitions must hold the column that divides it, so that `spends` can be unique within each of them only.
--   WITH spent AS (INSERT INTO spent_ids (id, by) VALUES ($1, $2)
--     ON CONFLICT (id) DO UPDATE SET by = EXCLUDED.by WHERE spent_ids.by = EXCLUDED.by RETURNING xmax = 0 AS first),
--   told AS (INSERT INTO events (…) SELECT … FROM spent WHERE first)
--   SELECT count(*) FROM spent
DROP INDEX CONCURRENTLY events_spends;

-- Nothing is read yet, and what is written from now on is checked.
ALTER TABLE events ADD CONSTRAINT events_0_bound CHECK (id < 400000000) NOT VALID;

-- Reads the table once. Writers go on; without it, attaching would read the table under a lock.
ALTER TABLE events VALIDATE CONSTRAINT events_0_bound;

BEGIN;
-- Shorter than a login's patience. When it fails, try again.
SET LOCAL lock_timeout = '300ms';
ALTER TABLE events RENAME TO events_0;
ALTER TABLE events_0 ALTER COLUMN id DROP IDENTITY;
CREATE SEQUENCE events_ids;
SELECT setval('events_ids', coalesce((SELECT max(id) FROM events_0), 1));
CREATE TABLE events (LIKE events_0 INCLUDING DEFAULTS) PARTITION BY RANGE (id);
ALTER TABLE events ALTER COLUMN id SET DEFAULT nextval('events_ids');
ALTER SEQUENCE events_ids OWNED BY events.id;
-- Empty still: the same ones of events_0 are found when it is attached, and taken over.
ALTER TABLE events ADD PRIMARY KEY (id);
CREATE INDEX ON events (organization_id, id);
CREATE INDEX ON events (organization_id, user_id, id);
CREATE INDEX ON events (organization_id, user_id, id) WHERE type = 'challenge.approved';
CREATE INDEX ON events (organization_id, actor) WHERE actor IS DISTINCT FROM user_id;
ALTER TABLE events ATTACH PARTITION events_0 FOR VALUES FROM (MINVALUE) TO (400000000);
-- Two are always ahead: an id past the last bound is refused, and with it a login.
CREATE TABLE events_1 PARTITION OF events FOR VALUES FROM (400000000) TO (450000000);
CREATE TABLE events_2 PARTITION OF events FOR VALUES FROM (450000000) TO (500000000);
COMMIT;

-- Retention, in place of deleting rows: once the newest of a partition is older than AUDIT_RETENTION_DAYS.
-- Time alone is asked for here only, so that BRIN on `at` is enough in later partitions.
-- ALTER TABLE events DETACH PARTITION events_0 CONCURRENTLY;
-- DROP TABLE events_0;
