-- What an organization may also decide. The defaults are for those that are there, and for a replica of the version before,
-- which names none of these columns.
ALTER TABLE "organizations"
    ADD COLUMN "mandatory_from" TIMESTAMPTZ(3),
    ADD COLUMN "first_setup" TEXT NOT NULL DEFAULT 'open',
    ADD COLUMN "known_device_days" INTEGER NOT NULL DEFAULT 30,
    ADD COLUMN "known_device_skip_code" BOOLEAN NOT NULL DEFAULT false,
    ADD CONSTRAINT "organizations_first_setup_check" CHECK ("first_setup" IN ('open', 'pass')),
    ADD CONSTRAINT "organizations_known_device_days_check" CHECK ("known_device_days" BETWEEN 0 AND 90);

CREATE FUNCTION organization_json(o organizations) RETURNS json LANGUAGE sql STABLE AS $$
    SELECT json_build_object('id', o.id, 'policy', o.policy, 'language', o.language, 'country', o.country,
        'backup', o.backup, 'mandatoryFrom', o.mandatory_from, 'firstSetup', o.first_setup,
        'knownDevices', json_build_object('days', o.known_device_days, 'skipCode', o.known_device_skip_code))
$$;

-- Everything about a user that a login needs, also about one who is not known, at the moment `loadedAt`. `lockedUntil` is
-- when the newest `p_long` guesses at long codes of the strangers' lane no longer fill it.
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
