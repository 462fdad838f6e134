-- An app that signs in brings its device each time, and most often nothing of it has changed. Then the approval is one
-- change of a group, as any other.

-- Locks a device of a user that is known with this platform and push token, and receives codes. False when it is not, or when
-- another transaction has it.
CREATE FUNCTION hold_device(p_organization text, p_user text, p_device jsonb) RETURNS boolean LANGUAGE plpgsql AS $$
BEGIN
    PERFORM 1 FROM devices
    WHERE organization_id = p_organization AND user_id = p_user AND id = p_device ->> 'id'
        AND platform = p_device ->> 'platform' AND push_token_hash = p_device ->> 'pushTokenHash'
        AND token_gone_at IS NULL AND waiting_token_hash IS NULL
    FOR NO KEY UPDATE SKIP LOCKED;
    RETURN FOUND;
END $$;

-- Approves a challenge, once: consumes its code (where there is one), takes its guesses off the account and writes the
-- entry. Outcomes: `approved`, also for the same attempt again; `no-factor`: the code went to one that is lost; `over`: the
-- code was consumed by another attempt; `finished`: the challenge ended otherwise; `gone`: the user is no more;
-- `other-device`: the device, where there is one, is not known just so, and nothing was done.
CREATE OR REPLACE FUNCTION approve_login(p_approval jsonb, p_known boolean, OUT outcome text, OUT result_id text) LANGUAGE plpgsql AS $$
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
    IF p_approval ? 'device' AND NOT hold_device(organization, person, p_approval -> 'device') THEN
        outcome := 'other-device';
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
    UPDATE devices SET updated_at = moment
    WHERE organization_id = organization AND user_id = person AND id = p_approval -> 'device' ->> 'id';
    outcome := 'approved';
    result_id := stored.result_id;
END $$;
