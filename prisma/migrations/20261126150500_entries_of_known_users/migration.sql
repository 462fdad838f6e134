-- Entries of the audit trail may be written for a user while their guesses are counted, but not while the user is erased.
CREATE OR REPLACE FUNCTION lock_guess_account(p_organization text, p_user text) RETURNS boolean LANGUAGE plpgsql AS $$
BEGIN
    IF current_setting('transaction_isolation') <> 'read committed' THEN
        RAISE EXCEPTION 'Guesses are counted at the isolation level read committed only';
    END IF;
    PERFORM 1 FROM guess_accounts WHERE organization_id = p_organization AND user_id = p_user FOR NO KEY UPDATE;
    RETURN FOUND;
END $$;

-- Whether a user is known, and stays so until the transaction ends. It reads the account, which is there exactly as long as
-- the user's row: a row that somebody holds keeps no entry waiting.
CREATE FUNCTION keep_user(p_organization text, p_user text) RETURNS boolean LANGUAGE plpgsql AS $$
BEGIN
    PERFORM 1 FROM guess_accounts WHERE organization_id = p_organization AND user_id = p_user FOR KEY SHARE;
    RETURN FOUND;
END $$;

-- Writes entries of the audit trail that are no alerts. One that `spends` an id is the only one that does. One with
-- `whileKnown` is left out when its user was erased meanwhile: their id is not to come back.
CREATE OR REPLACE FUNCTION record_events(p_entries jsonb) RETURNS void LANGUAGE sql AS $$
    INSERT INTO events (type, organization_id, user_id, actor, client, app, app_version, challenge_id, details, address,
        spends, attempt)
    SELECT type, organization_id, user_id, actor, client, app, app_version, challenge_id, details, address, spends, attempt
    FROM jsonb_array_elements(p_entries) AS given, jsonb_populate_record(NULL::events, given)
    WHERE given ->> 'whileKnown' IS DISTINCT FROM 'true' OR keep_user(organization_id, user_id)
    ON CONFLICT (spends) WHERE spends IS NOT NULL DO NOTHING
$$;
