-- The changes of a group lock their account once, and read its rows once. The functions of guesses and of how challenges end
-- that are not replaced here stay for replicas of the version before, and go with the next release.

-- How an account stands for one limit. `position` counts the rows under it: at short codes of all lanes together, at long
-- codes of the strangers' lane, or of all known devices together. `full_until` is when they are fewer than the limit again;
-- null while they are. `recent` counts the rows of both kinds within 24 hours. `has_attempt`: a row is of this attempt.
-- `p_settled` leaves out guesses under way. An account has few rows, so all of them are read, by the one index that begins
-- with the user: no statistics can choose another.
CREATE FUNCTION read_account(
    p_organization text, p_user text, p_lane text, p_kind text, p_limit integer, p_attempt text, p_settled boolean,
    OUT "position" integer, OUT full_until timestamptz, OUT recent integer, OUT has_attempt boolean)
LANGUAGE plpgsql STABLE AS $$
DECLARE
    moment timestamptz := clock_timestamp();
    size interval := guess_window(p_kind);
    moments timestamptz[];
BEGIN
    SELECT
        array_agg(at ORDER BY at DESC) FILTER (WHERE kind = p_kind AND at > moment - size
            AND (p_kind = 'short' OR (lane = 'strangers') = (p_lane = 'strangers'))),
        count(*) FILTER (WHERE at > moment - interval '24 hours'),
        coalesce(bool_or(attempt = p_attempt), false)
    INTO moments, recent, has_attempt FROM wrong_guesses
    WHERE organization_id = p_organization AND user_id = p_user AND ("try" IS NULL OR NOT p_settled);
    "position" := least(coalesce(cardinality(moments), 0), p_limit);
    full_until := moments[p_limit] + size;
END $$;

-- Everything about a user that a login needs, also about one who is not known, at the moment `loadedAt`. `lockedUntil` is
-- when the newest `p_long` guesses at long codes no longer fill the strangers' lane.
CREATE OR REPLACE FUNCTION load_user(p_organization text, p_user text, p_long integer) RETURNS json LANGUAGE plpgsql STABLE AS $$
DECLARE
    moment timestamptz := clock_timestamp();
BEGIN
    RETURN (
        SELECT json_build_object(
            'known', u.id IS NOT NULL,
            'loadedAt', moment,
            'organization', (SELECT organization_json(o) FROM organizations o WHERE id = p_organization),
            'policy', u.policy,
            'backupSkippedAt', u.backup_skipped_at,
            'factors', (
                SELECT coalesce(json_agg(json_build_object('id', id, 'method', method,
                    'role', CASE WHEN is_primary THEN 'primary' ELSE 'secondary' END, 'address', address,
                    'createdAt', created_at) ORDER BY created_at, is_primary, id), '[]')
                FROM factors WHERE organization_id = p_organization AND user_id = p_user),
            'devices', (
                SELECT coalesce(json_agg(json_build_object('id', id, 'platform', platform, 'pushToken', push_token,
                    'reachable', token_gone_at IS NULL, 'waiting', waiting_token_hash IS NOT NULL)
                    ORDER BY created_at, id), '[]')
                FROM devices WHERE organization_id = p_organization AND user_id = p_user),
            'shortGuesses', account.short,
            'lockedUntil', account.long[p_long] + guess_window('long'))
        FROM (
            SELECT count(*) FILTER (WHERE kind = 'short' AND at > moment - guess_window('short')) AS short,
                array_agg(at ORDER BY at DESC) FILTER (WHERE kind = 'long' AND lane = 'strangers'
                    AND at > moment - guess_window('long')) AS long
            FROM wrong_guesses WHERE organization_id = p_organization AND user_id = p_user) AS account
        LEFT JOIN users u ON u.organization_id = p_organization AND u.id = p_user);
END $$;

-- The users with these keys, in this order. Whatever the statistics say, a plan looks up by an index, and is kept.
CREATE OR REPLACE FUNCTION load_users(p_organizations text[], p_users text[], p_longs integer[]) RETURNS SETOF json
LANGUAGE plpgsql STABLE SET enable_seqscan = off SET plan_cache_mode = force_generic_plan AS $$
BEGIN
    FOR i IN 1 .. cardinality(p_users) LOOP
        RETURN NEXT load_user(p_organizations[i], p_users[i], p_longs[i]);
    END LOOP;
END $$;

-- Locks what a change needs of an account until the group is committed: an entry keeps its user from being erased, any other
-- change has the account for itself. Null while another transaction has it; false when there is no such account.
CREATE OR REPLACE FUNCTION lock_unless_busy(p_organization text, p_user text, p_entry boolean) RETURNS boolean LANGUAGE plpgsql AS $$
BEGIN
    IF p_entry THEN
        PERFORM 1 FROM guess_accounts WHERE organization_id = p_organization AND user_id = p_user
        FOR KEY SHARE SKIP LOCKED;
    ELSE
        PERFORM 1 FROM guess_accounts WHERE organization_id = p_organization AND user_id = p_user
        FOR NO KEY UPDATE SKIP LOCKED;
    END IF;
    IF FOUND THEN
        RETURN true;
    END IF;
    PERFORM 1 FROM guess_accounts WHERE organization_id = p_organization AND user_id = p_user;
    RETURN CASE WHEN FOUND THEN NULL ELSE false END;
END $$;

-- The functions from here to `write_change` make one change each. The account is locked. `p_known`: there is one.

-- Writes entries of the audit trail that are no alerts. One that `spends` an id is the only one that does. One with
-- `whileKnown` is left out when its user was erased meanwhile: their id is not to come back.
CREATE FUNCTION record_entries(p_entries jsonb, p_known boolean) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO events (type, organization_id, user_id, actor, client, app, app_version, challenge_id, details, address,
        spends, attempt)
    SELECT entry ->> 'type', entry ->> 'organization_id', entry ->> 'user_id', entry ->> 'actor', entry ->> 'client',
        entry ->> 'app', entry ->> 'app_version', entry ->> 'challenge_id', entry -> 'details', entry ->> 'address',
        entry ->> 'spends', entry ->> 'attempt'
    FROM jsonb_array_elements(p_entries) AS entry
    WHERE p_known OR entry ->> 'whileKnown' IS DISTINCT FROM 'true'
    ON CONFLICT (spends) WHERE spends IS NOT NULL DO NOTHING;
END $$;

-- Charges a guess before anybody looks at it. Outcomes: `charged` and `again` allow one look; `done`: this very attempt
-- consumed the code; `over`: another did; `full`: the limit is reached, until `fullUntil`; `gone`: no such user.
CREATE FUNCTION charge_account(p_charge jsonb, p_known boolean, OUT outcome text, OUT full_until timestamptz)
LANGUAGE plpgsql AS $$
DECLARE
    organization text := p_charge ->> 'organizationId';
    person text := p_charge ->> 'userId';
    attempt_id text := p_charge ->> 'attemptId';
    consumer text;
    account record;
BEGIN
    IF NOT p_known THEN
        outcome := 'gone';
        RETURN;
    END IF;
    SELECT "by" INTO consumer FROM spent_ids WHERE id = p_charge ->> 'codeId';
    IF FOUND THEN
        outcome := CASE WHEN consumer = attempt_id THEN 'done' ELSE 'over' END;
        RETURN;
    END IF;
    SELECT * INTO account FROM read_account(organization, person, p_charge ->> 'lane', p_charge ->> 'kind',
        (p_charge ->> 'limit')::integer, attempt_id, false);
    IF account.has_attempt THEN
        -- A row that two tries share is never given back.
        UPDATE wrong_guesses SET "try" = NULL WHERE attempt = attempt_id;
        outcome := 'again';
    ELSIF account.full_until IS NOT NULL THEN
        outcome := 'full';
        full_until := account.full_until;
    ELSE
        INSERT INTO wrong_guesses (organization_id, user_id, challenge_id, kind, lane, attempt, "try", at)
        VALUES (organization, person, p_charge ->> 'challengeId', p_charge ->> 'kind', p_charge ->> 'lane', attempt_id,
            p_charge ->> 'tryId', clock_timestamp());
        outcome := 'charged';
    END IF;
END $$;

-- Settles a guess that was looked at and wrong: its row stays. Writes its entry once per attempt, and tells how the account
-- stands, guesses under way left out.
CREATE FUNCTION settle_account(p_guess jsonb, p_known boolean) RETURNS json LANGUAGE plpgsql AS $$
DECLARE
    account record;
BEGIN
    UPDATE wrong_guesses SET "try" = NULL WHERE attempt = p_guess ->> 'attemptId';
    PERFORM record_entries(p_guess -> 'entries', p_known);
    SELECT * INTO account FROM read_account(p_guess ->> 'organizationId', p_guess ->> 'userId', p_guess ->> 'lane',
        p_guess ->> 'kind', (p_guess ->> 'limit')::integer, NULL, true);
    RETURN json_build_object('outcome', 'settled', 'position', account."position", 'recent', account.recent,
        'fullUntil', account.full_until);
END $$;

-- Takes a guess back that was never looked at, unless another try of the same attempt came in between.
CREATE FUNCTION give_back_charge(p_guess jsonb) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM wrong_guesses WHERE attempt = p_guess ->> 'attemptId' AND "try" = p_guess ->> 'tryId';
END $$;

-- Consumes a code for one attempt, on the way to a next step, and takes its own guess off; false when another attempt did, or
-- its factor is lost.
CREATE FUNCTION consume_factor_code(p_code jsonb, p_known boolean) RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE
    attempt_id text := p_code ->> 'attemptId';
BEGIN
    IF NOT p_known OR lost_factor(p_code ->> 'organizationId', p_code ->> 'userId', p_code ->> 'factorId') THEN
        RETURN false;
    END IF;
    PERFORM 1 FROM spent_ids WHERE id = p_code ->> 'codeId' AND "by" <> attempt_id;
    IF FOUND THEN
        RETURN false;
    END IF;
    INSERT INTO spent_ids (id, "by") VALUES (p_code ->> 'codeId', attempt_id) ON CONFLICT (id) DO NOTHING;
    DELETE FROM wrong_guesses WHERE attempt = attempt_id;
    RETURN true;
END $$;

-- Ends a challenge without approval, with its entry, once; false when it is approved.
CREATE FUNCTION cancel_login(p_challenge jsonb, p_known boolean) RETURNS boolean LANGUAGE plpgsql AS $$
BEGIN
    IF NOT p_known AND (p_challenge ->> 'whileKnown')::boolean THEN
        RETURN true;
    END IF;
    INSERT INTO challenge_outcomes (challenge_id, organization_id, user_id, client, purpose, lane, outcome)
    VALUES (p_challenge ->> 'challengeId', p_challenge ->> 'organizationId', p_challenge ->> 'userId',
        p_challenge ->> 'client', p_challenge ->> 'purpose', p_challenge ->> 'lane', 'cancelled')
    ON CONFLICT (challenge_id) DO NOTHING;
    IF FOUND THEN
        PERFORM record_entries(p_challenge -> 'entries', p_known);
        RETURN true;
    END IF;
    RETURN (SELECT outcome = 'cancelled' FROM challenge_outcomes WHERE challenge_id = p_challenge ->> 'challengeId');
END $$;

-- Approves a challenge, once: consumes its code (where there is one), takes its guesses off the account and writes the
-- entry. Outcomes: `approved`, also for the same attempt again; `no-factor`: the code went to one that is lost; `over`: the
-- code was consumed by another attempt; `finished`: the challenge ended otherwise; `gone`: the user is no more.
CREATE FUNCTION approve_login(p_approval jsonb, p_known boolean, OUT outcome text, OUT result_id text) LANGUAGE plpgsql AS $$
DECLARE
    organization text := p_approval ->> 'organizationId';
    person text := p_approval ->> 'userId';
    challenge text := p_approval ->> 'challengeId';
    attempt_id text := p_approval ->> 'attemptId';
    code text := p_approval ->> 'codeId';
    moment timestamptz := clock_timestamp();
    stored challenge_outcomes;
BEGIN
    IF lost_factor(organization, person, p_approval ->> 'factorId') THEN
        outcome := 'no-factor';
        RETURN;
    END IF;
    IF code IS NOT NULL THEN
        IF NOT p_known THEN
            outcome := 'gone';
            RETURN;
        END IF;
        PERFORM 1 FROM spent_ids WHERE id = code AND "by" <> attempt_id;
        IF FOUND THEN
            outcome := 'over';
            RETURN;
        END IF;
    END IF;
    INSERT INTO challenge_outcomes AS known (challenge_id, organization_id, user_id, client, purpose, lane, outcome, attempt,
        method, factor_id, amr, result_id, result_expires_at, at)
    VALUES (challenge, organization, person, p_approval ->> 'client', p_approval ->> 'purpose', p_approval ->> 'lane',
        'approved', attempt_id, p_approval ->> 'method', p_approval ->> 'verifiedFactorId', p_approval ->> 'amr',
        p_approval ->> 'resultId', moment + (p_approval ->> 'resultTtlMs')::integer * interval '1 millisecond', moment)
    -- Redis forgot an approval that nobody redeemed, and the user entered another code: it takes the place of the first.
    ON CONFLICT (challenge_id) DO UPDATE SET attempt = EXCLUDED.attempt, method = EXCLUDED.method,
        factor_id = EXCLUDED.factor_id, amr = EXCLUDED.amr, result_id = EXCLUDED.result_id,
        result_expires_at = EXCLUDED.result_expires_at, at = EXCLUDED.at
    WHERE code IS NOT NULL AND known.outcome = 'approved' AND known.redeemed_by IS NULL
        AND known.attempt IS DISTINCT FROM EXCLUDED.attempt
    RETURNING * INTO stored;
    IF FOUND THEN
        PERFORM record_entries(p_approval -> 'entries', p_known);
    ELSE
        SELECT * INTO stored FROM challenge_outcomes WHERE challenge_id = challenge;
    END IF;
    IF stored.outcome <> 'approved' OR stored.attempt IS DISTINCT FROM attempt_id THEN
        outcome := 'finished';
        RETURN;
    END IF;
    IF code IS NOT NULL THEN
        INSERT INTO spent_ids (id, "by") VALUES (code, attempt_id) ON CONFLICT (id) DO NOTHING;
        DELETE FROM wrong_guesses WHERE organization_id = organization AND user_id = person AND challenge_id = challenge;
    END IF;
    outcome := 'approved';
    result_id := stored.result_id;
END $$;

-- One change of a login, and its answer.
CREATE OR REPLACE FUNCTION write_change(p_change jsonb) RETURNS json LANGUAGE plpgsql AS $$
DECLARE
    action text := p_change ->> 'do';
    organization text := p_change ->> 'organizationId';
    person text := p_change ->> 'userId';
    known boolean;
    loaded json;
    answer record;
BEGIN
    IF action = 'redeem' THEN
        RETURN json_build_object('outcome', redeem_result(p_change));
    END IF;
    known := lock_unless_busy(organization, person, action = 'record');
    IF known IS NULL THEN
        RETURN json_build_object('outcome', 'busy');
    END IF;
    CASE action
        WHEN 'record' THEN
            PERFORM record_entries(p_change -> 'entries', known);
            RETURN json_build_object('outcome', 'recorded');
        WHEN 'charge' THEN
            loaded := load_user(organization, person, (p_change ->> 'maxLong')::integer);
            SELECT * INTO answer FROM charge_account(p_change, known);
            RETURN json_build_object('outcome', answer.outcome, 'fullUntil', answer.full_until, 'user', loaded);
        WHEN 'settle' THEN
            RETURN settle_account(p_change, known);
        WHEN 'giveBack' THEN
            PERFORM give_back_charge(p_change);
            RETURN json_build_object('outcome', 'given back');
        WHEN 'consume' THEN
            RETURN json_build_object('outcome',
                CASE WHEN consume_factor_code(p_change, known) THEN 'consumed' ELSE 'over' END);
        WHEN 'cancel' THEN
            RETURN json_build_object('outcome',
                CASE WHEN cancel_login(p_change, known) THEN 'cancelled' ELSE 'approved' END);
        WHEN 'approve' THEN
            SELECT * INTO answer FROM approve_login(p_change, known);
            RETURN json_build_object('outcome', answer.outcome, 'resultId', answer.result_id);
    END CASE;
END $$;

-- Makes the changes of a group, in this order, and answers each. Its plans are as those of `load_users`.
CREATE OR REPLACE FUNCTION write_changes(p_changes jsonb) RETURNS SETOF json
LANGUAGE plpgsql SET lock_timeout = '300ms' SET enable_seqscan = off SET plan_cache_mode = force_generic_plan AS $$
DECLARE
    change jsonb;
BEGIN
    IF current_setting('transaction_isolation') <> 'read committed' THEN
        RAISE EXCEPTION 'Guesses are counted at the isolation level read committed only';
    END IF;
    FOR change IN SELECT value FROM jsonb_array_elements(p_changes) LOOP
        RETURN NEXT write_change(change);
    END LOOP;
END $$;

-- The guesses of a challenge are found among the few of its user.
DROP INDEX "wrong_guesses_challenge_id_idx";
