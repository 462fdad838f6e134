-- One account of wrong guesses a user. Whoever changes its rows locks it first, so that those who count see all that
-- count. The rows hang on the account, not on the user: a user's row that somebody holds keeps no guess waiting.
CREATE TABLE "guess_accounts" (
    "organization_id" TEXT NOT NULL,
    "user_id" TEXT NOT NULL,

    CONSTRAINT "guess_accounts_pkey" PRIMARY KEY ("organization_id","user_id")
);

-- An account is there from the moment that its user is: no path to a user can forget it.
CREATE FUNCTION open_guess_account() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO guess_accounts (organization_id, user_id) VALUES (NEW.organization_id, NEW.id) ON CONFLICT DO NOTHING;
    RETURN NULL;
END $$;

CREATE TRIGGER "users_open_guess_account" AFTER INSERT ON "users" FOR EACH ROW EXECUTE FUNCTION open_guess_account();

INSERT INTO "guess_accounts" ("organization_id", "user_id") SELECT "organization_id", "id" FROM "users";

ALTER TABLE "guess_accounts" ADD CONSTRAINT "guess_accounts_organization_id_user_id_fkey" FOREIGN KEY ("organization_id", "user_id") REFERENCES "users"("organization_id", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- A row is a guess that may be looked at. `attempt` names the guess, `try` the one execution that may still give it back.
-- A replica of the version before writes neither, and still prunes by `id`, which goes with the next release.
ALTER TABLE "wrong_guesses"
    ADD COLUMN "attempt" TEXT NOT NULL DEFAULT gen_random_uuid()::text,
    ADD COLUMN "try" TEXT,
    ADD COLUMN "lane" TEXT NOT NULL DEFAULT 'strangers',
    DROP CONSTRAINT "wrong_guesses_pkey",
    DROP CONSTRAINT "wrong_guesses_organization_id_user_id_fkey",
    ADD CONSTRAINT "wrong_guesses_pkey" PRIMARY KEY ("attempt"),
    ADD CONSTRAINT "wrong_guesses_organization_id_user_id_fkey" FOREIGN KEY ("organization_id", "user_id") REFERENCES "guess_accounts"("organization_id", "user_id") ON DELETE CASCADE ON UPDATE CASCADE;

CREATE INDEX "wrong_guesses_challenge_id_idx" ON "wrong_guesses"("challenge_id");

-- Rows of each kind go when their window is over.
DROP INDEX "wrong_guesses_at_idx";
CREATE INDEX "wrong_guesses_kind_at_idx" ON "wrong_guesses"("kind", "at");

-- How each challenge ended, once: what Redis says of it can be forgotten or forged.
CREATE TABLE "challenge_outcomes" (
    "challenge_id" TEXT NOT NULL,
    "organization_id" TEXT NOT NULL,
    "user_id" TEXT NOT NULL,
    "client" TEXT NOT NULL,
    "purpose" TEXT NOT NULL,
    "lane" TEXT NOT NULL,
    "outcome" TEXT NOT NULL,
    "attempt" TEXT,
    "method" TEXT,
    "factor_id" TEXT,
    "amr" TEXT,
    "result_id" TEXT,
    "result_expires_at" TIMESTAMPTZ(3),
    "redeemed_by" TEXT,
    "at" TIMESTAMPTZ(3) NOT NULL DEFAULT clock_timestamp(),

    CONSTRAINT "challenge_outcomes_pkey" PRIMARY KEY ("challenge_id"),
    CONSTRAINT "challenge_outcomes_outcome_check" CHECK ("outcome" IN ('approved', 'cancelled'))
);

CREATE INDEX "challenge_outcomes_organization_id_user_id_idx" ON "challenge_outcomes"("organization_id", "user_id");
CREATE INDEX "challenge_outcomes_at_idx" ON "challenge_outcomes"("at");

-- Locks the account of a user; false when there is none. What the caller's next statement counts is then complete, but
-- only where each statement has a snapshot of its own.
CREATE FUNCTION lock_guess_account(p_organization text, p_user text) RETURNS boolean LANGUAGE plpgsql AS $$
BEGIN
    IF current_setting('transaction_isolation') <> 'read committed' THEN
        RAISE EXCEPTION 'Guesses are counted at the isolation level read committed only';
    END IF;
    PERFORM 1 FROM guess_accounts WHERE organization_id = p_organization AND user_id = p_user FOR UPDATE;
    RETURN FOUND;
END $$;

-- The attempt that consumed a code; null while nobody did.
CREATE FUNCTION consumer_of(p_code text) RETURNS text LANGUAGE sql STABLE AS $$
    SELECT coalesce(
        (SELECT "by" FROM spent_ids WHERE id = p_code),
        -- The version before consumed a code by the entry of its approval.
        (SELECT attempt FROM events WHERE spends = p_code))
$$;

-- Writes entries of the audit trail that are no alerts. One that `spends` an id is the only one that does.
CREATE FUNCTION record_events(p_entries jsonb) RETURNS void LANGUAGE sql AS $$
    INSERT INTO events (type, organization_id, user_id, actor, client, app, app_version, challenge_id, details, address,
        spends, attempt)
    SELECT type, organization_id, user_id, actor, client, app, app_version, challenge_id, details, address, spends, attempt
    FROM jsonb_populate_recordset(NULL::events, p_entries)
    ON CONFLICT (spends) WHERE spends IS NOT NULL DO NOTHING
$$;

-- What stands on an account at a moment. `position` counts the rows under one limit: at short codes of all lanes together,
-- at long codes of the strangers' lane, or of all known devices together. `full_until` is when they are fewer than the
-- limit again; null while they are. `recent` counts the rows of both kinds within 24 hours. `p_settled` leaves out guesses
-- under way. A look may follow its row by as long as a code lives: the windows are two minutes longer than promised.
CREATE FUNCTION count_guesses(
    p_organization text, p_user text, p_lane text, p_kind text, p_limit integer, p_moment timestamptz, p_settled boolean)
RETURNS TABLE ("position" integer, full_until timestamptz, recent integer) LANGUAGE plpgsql STABLE AS $$
DECLARE
    size interval := CASE p_kind WHEN 'short' THEN interval '365 days 2 minutes' ELSE interval '24 hours 2 minutes' END;
    moments timestamptz[];
BEGIN
    SELECT array_agg(at) INTO moments FROM (
        SELECT at FROM wrong_guesses
        WHERE organization_id = p_organization AND user_id = p_user AND kind = p_kind AND at > p_moment - size
            AND (p_kind = 'short' OR (lane = 'strangers') = (p_lane = 'strangers'))
            AND ("try" IS NULL OR NOT p_settled)
        ORDER BY at DESC LIMIT p_limit) AS newest;
    SELECT count(*) INTO recent FROM wrong_guesses
    WHERE organization_id = p_organization AND user_id = p_user AND kind IN ('short', 'long')
        AND at > p_moment - interval '24 hours' AND ("try" IS NULL OR NOT p_settled);
    "position" := coalesce(cardinality(moments), 0);
    full_until := moments[p_limit] + size;
    RETURN NEXT;
END $$;

-- Charges a guess before anybody looks at it. Outcomes: `charged` and `again` allow one look; `done`: this very attempt
-- consumed the code; `over`: another did; `full`: the limit is reached, until `full_until`; `gone`: no such user.
CREATE FUNCTION charge_guess(
    p_organization text, p_user text, p_challenge text, p_code text, p_attempt text, p_try text, p_lane text,
    p_kind text, p_limit integer, OUT outcome text, OUT full_until timestamptz)
LANGUAGE plpgsql SET lock_timeout = '300ms' AS $$
DECLARE
    moment timestamptz;
    consumer text;
BEGIN
    IF NOT lock_guess_account(p_organization, p_user) THEN
        outcome := 'gone';
        RETURN;
    END IF;
    moment := clock_timestamp();
    consumer := consumer_of(p_code);
    IF consumer IS NOT NULL THEN
        outcome := CASE WHEN consumer = p_attempt THEN 'done' ELSE 'over' END;
        RETURN;
    END IF;
    -- A row that two tries share is never given back.
    UPDATE wrong_guesses SET "try" = NULL WHERE attempt = p_attempt;
    IF FOUND THEN
        outcome := 'again';
        RETURN;
    END IF;
    SELECT counted.full_until INTO full_until
    FROM count_guesses(p_organization, p_user, p_lane, p_kind, p_limit, moment, false) AS counted;
    IF full_until IS NOT NULL THEN
        outcome := 'full';
        RETURN;
    END IF;
    INSERT INTO wrong_guesses (organization_id, user_id, challenge_id, kind, lane, attempt, "try", at)
    VALUES (p_organization, p_user, p_challenge, p_kind, p_lane, p_attempt, p_try, moment);
    outcome := 'charged';
END $$;

-- Settles a guess that was looked at and wrong: its row stays. Writes its entry once per attempt, and tells how the account
-- stands, guesses under way left out.
CREATE FUNCTION settle_guess(
    p_organization text, p_user text, p_attempt text, p_lane text, p_kind text, p_limit integer, p_entry jsonb,
    OUT "position" integer, OUT full_until timestamptz, OUT recent integer)
LANGUAGE plpgsql SET lock_timeout = '300ms' AS $$
BEGIN
    PERFORM lock_guess_account(p_organization, p_user);
    UPDATE wrong_guesses SET "try" = NULL WHERE attempt = p_attempt;
    PERFORM record_events(p_entry);
    SELECT counted."position", counted.full_until, counted.recent INTO "position", full_until, recent
    FROM count_guesses(p_organization, p_user, p_lane, p_kind, p_limit, clock_timestamp(), true) AS counted;
END $$;

-- Takes a guess back that was never looked at, unless another try of the same attempt came in between.
CREATE FUNCTION give_back_guess(p_organization text, p_user text, p_attempt text, p_try text)
RETURNS void LANGUAGE plpgsql SET lock_timeout = '300ms' AS $$
BEGIN
    PERFORM lock_guess_account(p_organization, p_user);
    DELETE FROM wrong_guesses WHERE attempt = p_attempt AND "try" = p_try;
END $$;

-- Consumes a code for one attempt, on the way to a next step, and takes its own guess off; false when another attempt did.
CREATE FUNCTION consume_code(p_organization text, p_user text, p_code text, p_attempt text)
RETURNS boolean LANGUAGE plpgsql SET lock_timeout = '300ms' AS $$
BEGIN
    IF NOT lock_guess_account(p_organization, p_user) THEN
        RETURN false;
    END IF;
    IF coalesce(consumer_of(p_code), p_attempt) <> p_attempt THEN
        RETURN false;
    END IF;
    INSERT INTO spent_ids (id, "by") VALUES (p_code, p_attempt) ON CONFLICT (id) DO NOTHING;
    DELETE FROM wrong_guesses WHERE attempt = p_attempt;
    RETURN true;
END $$;

-- Ends a challenge without approval, with its entry, once; false when it is approved.
CREATE FUNCTION cancel_challenge(
    p_challenge text, p_organization text, p_user text, p_client text, p_purpose text, p_lane text, p_entries jsonb)
RETURNS boolean LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO challenge_outcomes (challenge_id, organization_id, user_id, client, purpose, lane, outcome)
    VALUES (p_challenge, p_organization, p_user, p_client, p_purpose, p_lane, 'cancelled')
    ON CONFLICT (challenge_id) DO NOTHING;
    IF FOUND THEN
        PERFORM record_events(p_entries);
        RETURN true;
    END IF;
    RETURN (SELECT outcome = 'cancelled' FROM challenge_outcomes WHERE challenge_id = p_challenge);
END $$;

-- Approves a challenge, once: consumes its code (where there is one), takes its guesses off the account and writes the
-- entry. Outcomes: `approved`, also for the same attempt again; `over`: the code was consumed by another attempt;
-- `finished`: the challenge ended otherwise; `gone`: the user is no more.
CREATE FUNCTION approve_challenge(p_outcome jsonb, p_entries jsonb, p_code text, p_result_ms integer)
RETURNS TABLE (outcome text, result_id text)
LANGUAGE plpgsql SET lock_timeout = '300ms' AS $$
DECLARE
    given challenge_outcomes := jsonb_populate_record(NULL::challenge_outcomes, p_outcome);
    stored challenge_outcomes;
    locked boolean := lock_guess_account(given.organization_id, given.user_id);
    moment timestamptz := clock_timestamp();
BEGIN
    IF p_code IS NOT NULL THEN
        IF NOT locked THEN
            RETURN QUERY SELECT 'gone', NULL::text;
            RETURN;
        END IF;
        IF coalesce(consumer_of(p_code), given.attempt) <> given.attempt THEN
            RETURN QUERY SELECT 'over', NULL::text;
            RETURN;
        END IF;
    END IF;
    INSERT INTO challenge_outcomes (challenge_id, organization_id, user_id, client, purpose, lane, outcome, attempt, method,
        factor_id, amr, result_id, result_expires_at, at)
    VALUES (given.challenge_id, given.organization_id, given.user_id, given.client, given.purpose, given.lane, 'approved',
        given.attempt, given.method, given.factor_id, given.amr, given.result_id,
        moment + p_result_ms * interval '1 millisecond', moment)
    -- Redis forgot an approval that nobody redeemed, and the user entered another code: it takes the place of the first.
    ON CONFLICT (challenge_id) DO UPDATE SET attempt = EXCLUDED.attempt, method = EXCLUDED.method,
        factor_id = EXCLUDED.factor_id, amr = EXCLUDED.amr, result_id = EXCLUDED.result_id,
        result_expires_at = EXCLUDED.result_expires_at, at = EXCLUDED.at
    WHERE p_code IS NOT NULL AND challenge_outcomes.outcome = 'approved' AND challenge_outcomes.redeemed_by IS NULL
        AND challenge_outcomes.attempt IS DISTINCT FROM EXCLUDED.attempt;
    IF FOUND THEN
        PERFORM record_events(p_entries);
    END IF;
    SELECT * INTO stored FROM challenge_outcomes WHERE challenge_id = given.challenge_id;
    IF stored.outcome <> 'approved' OR stored.attempt IS DISTINCT FROM given.attempt THEN
        RETURN QUERY SELECT 'finished', NULL::text;
        RETURN;
    END IF;
    IF p_code IS NOT NULL THEN
        INSERT INTO spent_ids (id, "by") VALUES (p_code, given.attempt) ON CONFLICT (id) DO NOTHING;
        DELETE FROM wrong_guesses WHERE challenge_id = given.challenge_id
            AND organization_id = given.organization_id AND user_id = given.user_id;
    END IF;
    RETURN QUERY SELECT 'approved', stored.result_id;
END $$;
