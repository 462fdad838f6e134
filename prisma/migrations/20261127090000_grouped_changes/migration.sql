-- What logins change comes in groups: one statement and one commit for all that waits. A group waits for nobody. An account
-- or a challenge that another transaction has is skipped and answered `busy`. Functions that keep the plans of their
-- statements make a row of a group as cheap as a statement of its own.

-- How long a guess of a kind counts. A look may follow its row by as long as a code lives: two minutes more than promised.
CREATE FUNCTION guess_window(p_kind text) RETURNS interval LANGUAGE sql IMMUTABLE AS $$
    SELECT CASE p_kind WHEN 'short' THEN interval '365 days 2 minutes' ELSE interval '24 hours 2 minutes' END
$$;

CREATE OR REPLACE FUNCTION consumer_of(p_code text) RETURNS text LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN coalesce(
        (SELECT "by" FROM spent_ids WHERE id = p_code),
        -- An earlier version consumed a code by the entry of its approval.
        (SELECT attempt FROM events WHERE spends = p_code));
END $$;

CREATE OR REPLACE FUNCTION record_events(p_entries jsonb) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO events (type, organization_id, user_id, actor, client, app, app_version, challenge_id, details, address,
        spends, attempt)
    SELECT type, organization_id, user_id, actor, client, app, app_version, challenge_id, details, address, spends, attempt
    FROM jsonb_array_elements(p_entries) AS given, jsonb_populate_record(NULL::events, given)
    WHERE given ->> 'whileKnown' IS DISTINCT FROM 'true' OR keep_user(organization_id, user_id)
    ON CONFLICT (spends) WHERE spends IS NOT NULL DO NOTHING;
END $$;

CREATE OR REPLACE FUNCTION count_guesses(
    p_organization text, p_user text, p_lane text, p_kind text, p_limit integer, p_moment timestamptz, p_settled boolean)
RETURNS TABLE ("position" integer, full_until timestamptz, recent integer) LANGUAGE plpgsql STABLE AS $$
DECLARE
    size interval := guess_window(p_kind);
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

-- Everything about a user that a login needs, also about one who is not known. `lockedUntil` is when the newest `p_long`
-- guesses at long codes of the strangers' lane no longer fill it.
CREATE FUNCTION load_user(p_organization text, p_user text, p_long integer) RETURNS json LANGUAGE plpgsql STABLE AS $$
DECLARE
    moment timestamptz := clock_timestamp();
BEGIN
    RETURN (
        SELECT json_build_object(
            'known', u.id IS NOT NULL,
            'organization', (
                SELECT json_build_object('id', id, 'policy', policy, 'language', language, 'country', country,
                    'backup', backup)
                FROM organizations WHERE id = p_organization),
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
            'shortGuesses', (
                SELECT count(*) FROM wrong_guesses
                WHERE organization_id = p_organization AND user_id = p_user AND kind = 'short'
                    AND at > moment - guess_window('short')),
            'lockedUntil', (
                SELECT at + guess_window('long') FROM wrong_guesses
                WHERE organization_id = p_organization AND user_id = p_user AND kind = 'long' AND lane = 'strangers'
                    AND at > moment - guess_window('long')
                ORDER BY at DESC OFFSET p_long - 1 LIMIT 1))
        FROM (SELECT) AS nothing LEFT JOIN users u ON u.organization_id = p_organization AND u.id = p_user);
END $$;

-- The users with these keys, in this order.
CREATE FUNCTION load_users(p_organizations text[], p_users text[], p_longs integer[]) RETURNS SETOF json
LANGUAGE plpgsql STABLE SET enable_seqscan = off AS $$
BEGIN
    FOR i IN 1 .. cardinality(p_users) LOOP
        RETURN NEXT load_user(p_organizations[i], p_users[i], p_longs[i]);
    END LOOP;
END $$;

-- Locks what a change needs of an account until the group is committed: an entry keeps its user from being erased, any other
-- change has the account for itself. False while another transaction has it. An account that is not there is no obstacle.
CREATE FUNCTION lock_unless_busy(p_organization text, p_user text, p_entry boolean) RETURNS boolean LANGUAGE plpgsql AS $$
BEGIN
    IF p_entry THEN
        PERFORM 1 FROM guess_accounts WHERE organization_id = p_organization AND user_id = p_user
        FOR KEY SHARE SKIP LOCKED;
    ELSE
        PERFORM 1 FROM guess_accounts WHERE organization_id = p_organization AND user_id = p_user
        FOR NO KEY UPDATE SKIP LOCKED;
    END IF;
    RETURN FOUND OR NOT EXISTS (
        SELECT 1 FROM guess_accounts WHERE organization_id = p_organization AND user_id = p_user);
END $$;

-- Redeems a result, once: `redeemed`, also for the same attempt again, `already-redeemed`, `invalid` or `busy`.
CREATE FUNCTION redeem_result(p_change jsonb) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    stored challenge_outcomes;
BEGIN
    SELECT * INTO stored FROM challenge_outcomes WHERE challenge_id = p_change ->> 'challengeId'
    FOR NO KEY UPDATE SKIP LOCKED;
    IF NOT FOUND THEN
        RETURN CASE WHEN EXISTS (SELECT 1 FROM challenge_outcomes WHERE challenge_id = p_change ->> 'challengeId')
            THEN 'busy' ELSE 'invalid' END;
    END IF;
    IF (stored.result_id = p_change ->> 'resultId' AND stored.organization_id = p_change ->> 'organizationId'
        AND stored.user_id = p_change ->> 'userId' AND stored.client = p_change ->> 'client'
        AND stored.purpose = p_change ->> 'purpose' AND stored.result_expires_at > clock_timestamp()) IS NOT TRUE THEN
        RETURN 'invalid';
    END IF;
    IF stored.redeemed_by <> p_change ->> 'attemptId' THEN
        RETURN 'already-redeemed';
    END IF;
    IF stored.redeemed_by IS NULL THEN
        UPDATE challenge_outcomes SET redeemed_by = p_change ->> 'attemptId' WHERE challenge_id = stored.challenge_id;
    END IF;
    RETURN 'redeemed';
END $$;

-- Whether the factor that a code went to is no longer the user's.
CREATE FUNCTION lost_factor(p_organization text, p_user text, p_factor text) RETURNS boolean LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN p_factor IS NOT NULL AND NOT EXISTS (
        SELECT 1 FROM factors WHERE organization_id = p_organization AND user_id = p_user AND id::text = p_factor);
END $$;

-- One change of a login, and its answer.
CREATE FUNCTION write_change(p_change jsonb) RETURNS json LANGUAGE plpgsql AS $$
DECLARE
    action text := p_change ->> 'do';
    organization text := p_change ->> 'organizationId';
    person text := p_change ->> 'userId';
    loaded json;
    answer record;
BEGIN
    IF action = 'redeem' THEN
        RETURN json_build_object('outcome', redeem_result(p_change));
    END IF;
    IF NOT lock_unless_busy(organization, person, action = 'record') THEN
        RETURN json_build_object('outcome', 'busy');
    END IF;
    CASE action
        WHEN 'record' THEN
            PERFORM record_events(p_change -> 'entries');
            RETURN json_build_object('outcome', 'recorded');
        WHEN 'charge' THEN
            loaded := load_user(organization, person, (p_change ->> 'maxLong')::integer);
            SELECT * INTO answer FROM charge_guess(organization, person, p_change ->> 'challengeId',
                p_change ->> 'codeId', p_change ->> 'attemptId', p_change ->> 'tryId', p_change ->> 'lane',
                p_change ->> 'kind', (p_change ->> 'limit')::integer);
            RETURN json_build_object('outcome', answer.outcome, 'fullUntil', answer.full_until, 'user', loaded);
        WHEN 'settle' THEN
            SELECT * INTO answer FROM settle_guess(organization, person, p_change ->> 'attemptId', p_change ->> 'lane',
                p_change ->> 'kind', (p_change ->> 'limit')::integer, p_change -> 'entries');
            RETURN json_build_object('outcome', 'settled', 'position', answer."position",
                'fullUntil', answer.full_until, 'recent', answer.recent);
        WHEN 'giveBack' THEN
            PERFORM give_back_guess(organization, person, p_change ->> 'attemptId', p_change ->> 'tryId');
            RETURN json_build_object('outcome', 'given back');
        WHEN 'approve' THEN
            IF lost_factor(organization, person, p_change ->> 'factorId') THEN
                RETURN json_build_object('outcome', 'no-factor');
            END IF;
            SELECT * INTO answer FROM approve_challenge(p_change -> 'approval', p_change -> 'entries',
                p_change ->> 'codeId', (p_change ->> 'resultTtlMs')::integer);
            RETURN json_build_object('outcome', answer.outcome, 'resultId', answer.result_id);
        WHEN 'consume' THEN
            RETURN json_build_object('outcome', CASE
                WHEN lost_factor(organization, person, p_change ->> 'factorId') THEN 'over'
                WHEN consume_code(organization, person, p_change ->> 'codeId', p_change ->> 'attemptId') THEN 'consumed'
                ELSE 'over' END);
        WHEN 'cancel' THEN
            IF (p_change ->> 'whileKnown')::boolean AND NOT keep_user(organization, person) THEN
                RETURN json_build_object('outcome', 'cancelled');
            END IF;
            RETURN json_build_object('outcome', CASE WHEN cancel_challenge(p_change ->> 'challengeId', organization,
                person, p_change ->> 'client', p_change ->> 'purpose', p_change ->> 'lane', p_change -> 'entries')
                THEN 'cancelled' ELSE 'approved' END);
    END CASE;
END $$;

-- Carries out the changes of a group, in this order, and answers each.
CREATE FUNCTION write_changes(p_changes jsonb) RETURNS SETOF json
LANGUAGE plpgsql SET lock_timeout = '300ms' SET enable_seqscan = off AS $$
DECLARE
    change jsonb;
BEGIN
    FOR change IN SELECT value FROM jsonb_array_elements(p_changes) LOOP
        RETURN NEXT write_change(change);
    END LOOP;
END $$;

-- A result is redeemed moments after its row was written: room on the page spares new index entries.
ALTER TABLE "challenge_outcomes" SET (fillfactor = 80);
