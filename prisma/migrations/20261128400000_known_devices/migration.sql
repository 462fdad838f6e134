-- Browsers and apps that users want remembered. Their rows hang on the account of wrong guesses: whoever changes them locks it.
-- A device is good while its row is there without `ended_by`, and is younger than `known_devices_since` of its organization.
ALTER TABLE "organizations" ADD COLUMN "known_devices_since" TIMESTAMPTZ(3);

CREATE TABLE "known_devices" (
    "id" TEXT NOT NULL,
    "organization_id" TEXT NOT NULL,
    "user_id" TEXT NOT NULL,
    "app" TEXT NOT NULL,
    "issued" INTEGER NOT NULL DEFAULT 0,
    "used" INTEGER NOT NULL DEFAULT 0,
    "ended_by" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT clock_timestamp(),
    "proved_at" TIMESTAMPTZ(3) NOT NULL,
    "last_seen_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "known_devices_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "known_devices_organization_id_user_id_fkey" FOREIGN KEY ("organization_id", "user_id")
        REFERENCES "guess_accounts"("organization_id", "user_id") ON DELETE CASCADE ON UPDATE CASCADE
);

CREATE INDEX "known_devices_organization_id_user_id_idx" ON "known_devices"("organization_id", "user_id");
CREATE INDEX "known_devices_proved_at_idx" ON "known_devices"("proved_at");
CREATE INDEX "known_devices_ended_idx" ON "known_devices"("last_seen_at") WHERE "ended_by" IS NOT NULL;

CREATE TABLE "known_device_tokens" (
    "hash" TEXT NOT NULL,
    "device_id" TEXT NOT NULL,
    "number" INTEGER NOT NULL,
    "dies_at" TIMESTAMPTZ(3),

    CONSTRAINT "known_device_tokens_pkey" PRIMARY KEY ("hash"),
    CONSTRAINT "known_device_tokens_device_id_fkey" FOREIGN KEY ("device_id")
        REFERENCES "known_devices"("id") ON DELETE CASCADE ON UPDATE CASCADE
);

CREATE UNIQUE INDEX "known_device_tokens_device_id_number_key" ON "known_device_tokens"("device_id", "number");
CREATE INDEX "known_device_tokens_dies_at_idx" ON "known_device_tokens"("dies_at");

-- What a redemption has to know of its challenge, and the device that it added.
ALTER TABLE "challenge_outcomes"
    ADD COLUMN "app" TEXT,
    ADD COLUMN "by_code" BOOLEAN,
    ADD COLUMN "remember" BOOLEAN,
    ADD COLUMN "known_device_id" TEXT;

-- The devices of a user that are good, also beyond their days, and those that a challenge ended.
CREATE FUNCTION known_devices_of(p_organization text, p_user text) RETURNS SETOF known_devices LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN QUERY SELECT d.* FROM known_devices d JOIN organizations o ON o.id = d.organization_id
    WHERE d.organization_id = p_organization AND d.user_id = p_user
        AND (o.known_devices_since IS NULL OR d.created_at > o.known_devices_since);
END $$;

-- The device of a lane; null for the strangers' lane.
CREATE FUNCTION device_of_lane(p_lane text) RETURNS text LANGUAGE sql IMMUTABLE AS $$
    SELECT substring(p_lane FROM '^device:(.*)$')
$$;

-- Whether the challenges of a lane may be approved. A device that ended takes its challenges with it, but for the one that
-- ended it.
CREATE FUNCTION is_lane_open(p_organization text, p_user text, p_lane text, p_challenge text) RETURNS boolean
LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN p_lane = 'strangers' OR EXISTS (
        SELECT 1 FROM known_devices_of(p_organization, p_user)
        WHERE id = device_of_lane(p_lane) AND (ended_by IS NULL OR ended_by = p_challenge));
END $$;

-- How long a device is remembered after the last right code on it.
CREATE FUNCTION known_device_life(p_organization text) RETURNS interval LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN (SELECT known_device_days * interval '1 day' FROM organizations WHERE id = p_organization);
END $$;

-- Recognizes a device by the hash of a token: `recognized`, `unknown`, or `stolen`: a token came when it was dead. Then nothing
-- is done. A token that is newer than those used before lets all others die 60 seconds later, also those that were issued
-- beside it: whoever has one of them is somebody else. If it is to die itself, the newest that was used in that time stays.
CREATE FUNCTION recognize_device(p_change jsonb, p_known boolean, OUT outcome text, OUT device text) LANGUAGE plpgsql AS $$
DECLARE
    organization text := p_change ->> 'organizationId';
    moment timestamptz := clock_timestamp();
    token known_device_tokens;
    owner known_devices;
BEGIN
    outcome := 'unknown';
    IF NOT p_known THEN
        RETURN;
    END IF;
    SELECT * INTO token FROM known_device_tokens WHERE hash = p_change ->> 'hash';
    IF NOT FOUND THEN
        RETURN;
    END IF;
    SELECT * INTO owner FROM known_devices_of(organization, p_change ->> 'userId')
    WHERE id = token.device_id AND ended_by IS NULL AND proved_at + known_device_life(organization) > moment;
    IF NOT FOUND THEN
        RETURN;
    END IF;
    IF token.dies_at <= moment THEN
        outcome := 'stolen';
        RETURN;
    END IF;
    IF token.number > owner.used THEN
        UPDATE known_device_tokens SET dies_at = CASE WHEN hash = token.hash THEN NULL ELSE moment + interval '60 seconds' END
        WHERE device_id = owner.id AND (hash = token.hash
            OR dies_at IS NULL AND (token.dies_at IS NULL OR number < token.number));
    END IF;
    UPDATE known_devices SET used = greatest(used, token.number), last_seen_at = moment WHERE id = owner.id;
    outcome := 'recognized';
    device := owner.id;
END $$;

-- Adds a device to a user, and ends the one unused the longest beyond the limit. Answers those that were good until then.
CREATE FUNCTION add_known_device(p_change jsonb, p_outcome challenge_outcomes) RETURNS json LANGUAGE plpgsql AS $$
DECLARE
    moment timestamptz := clock_timestamp();
    life interval := known_device_life(p_outcome.organization_id);
    replaced json;
BEGIN
    INSERT INTO known_devices (id, organization_id, user_id, app, created_at, proved_at, last_seen_at)
    VALUES (p_change ->> 'deviceId', p_outcome.organization_id, p_outcome.user_id, p_outcome.app, moment, p_outcome.at, moment);
    WITH gone AS (
        DELETE FROM known_devices WHERE id IN (
            SELECT id FROM known_devices_of(p_outcome.organization_id, p_outcome.user_id)
            WHERE ended_by IS NULL AND id <> p_change ->> 'deviceId'
            ORDER BY proved_at + life > moment DESC, last_seen_at DESC, id
            OFFSET (p_change ->> 'maxDevices')::integer - 1)
        RETURNING id, app, proved_at)
    SELECT json_agg(json_build_object('id', id, 'app', app)) FILTER (WHERE proved_at + life > moment) INTO replaced FROM gone;
    UPDATE challenge_outcomes SET known_device_id = p_change ->> 'deviceId' WHERE challenge_id = p_outcome.challenge_id;
    RETURN coalesce(replaced, '[]');
END $$;

-- Which device a redemption gives a token; null for none. `is_new`: it has to be added first.
CREATE FUNCTION device_to_remember(p_change jsonb, p_outcome challenge_outcomes, OUT device text, OUT is_new boolean)
LANGUAGE plpgsql STABLE AS $$
DECLARE
    organization text := p_outcome.organization_id;
    person text := p_outcome.user_id;
    life interval := known_device_life(organization);
    recognized boolean := p_outcome.lane <> 'strangers'
        AND is_lane_open(organization, person, p_outcome.lane, p_outcome.challenge_id);
BEGIN
    is_new := false;
    IF NOT coalesce((p_change ->> 'remember')::boolean, recognized OR coalesce(p_outcome.remember, false)) THEN
        RETURN;
    END IF;
    SELECT id INTO device FROM known_devices_of(organization, person)
    WHERE id = coalesce(p_outcome.known_device_id, device_of_lane(p_outcome.lane)) AND ended_by IS NULL
        AND proved_at + life > clock_timestamp();
    IF NOT FOUND AND p_outcome.by_code AND p_outcome.known_device_id IS NULL AND life > interval '0' THEN
        device := p_change ->> 'deviceId';
        is_new := true;
    END IF;
END $$;

-- Gives a device a newer token. Answers when the last right code on it was.
CREATE FUNCTION issue_device_token(p_device text, p_hash text) RETURNS timestamptz LANGUAGE plpgsql AS $$
DECLARE
    owner known_devices;
BEGIN
    UPDATE known_devices SET issued = issued + 1 WHERE id = p_device RETURNING * INTO owner;
    INSERT INTO known_device_tokens (hash, device_id, number) VALUES (p_hash, p_device, owner.issued);
    RETURN owner.proved_at;
END $$;

-- Redeems a result, and gives its device a token, if it is to be remembered. Outcomes: those of `redeem_result`; `new-device`:
-- nothing was done, since a device has to be added and `mayAdd` does not say so.
CREATE FUNCTION redeem_and_remember(p_change jsonb) RETURNS json LANGUAGE plpgsql AS $$
DECLARE
    stored challenge_outcomes;
    chosen record;
    known boolean;
    redeemed text;
    replaced json := '[]';
    proved_at timestamptz;
BEGIN
    SELECT * INTO stored FROM challenge_outcomes WHERE challenge_id = p_change ->> 'challengeId'
        AND organization_id = p_change ->> 'organizationId' AND user_id = p_change ->> 'userId'
    FOR NO KEY UPDATE SKIP LOCKED;
    -- Most logins are not to be remembered: they need no account.
    IF NOT FOUND OR NOT p_change ? 'hash'
        OR NOT coalesce((p_change ->> 'remember')::boolean, stored.remember OR stored.lane <> 'strangers', false) THEN
        RETURN json_build_object('outcome', redeem_result(p_change));
    END IF;
    known := lock_unless_busy(stored.organization_id, stored.user_id, false);
    IF known IS NULL THEN
        RETURN json_build_object('outcome', 'busy');
    END IF;
    SELECT * INTO chosen FROM device_to_remember(p_change, stored);
    IF chosen.is_new AND known AND NOT coalesce((p_change ->> 'mayAdd')::boolean, false) THEN
        RETURN json_build_object('outcome', 'new-device');
    END IF;
    redeemed := redeem_result(p_change);
    IF redeemed <> 'redeemed' OR NOT known OR chosen.device IS NULL THEN
        RETURN json_build_object('outcome', redeemed);
    END IF;
    IF chosen.is_new THEN
        replaced := add_known_device(p_change, stored);
    END IF;
    proved_at := issue_device_token(chosen.device, p_change ->> 'hash');
    RETURN json_build_object('outcome', redeemed, 'device', json_build_object(
        'id', chosen.device, 'app', stored.app, 'isNew', chosen.is_new, 'replaced', replaced,
        'expiresAt', proved_at + known_device_life(stored.organization_id)));
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
            'knownDevices', (
                SELECT coalesce(json_agg(json_build_object('id', id, 'app', app, 'createdAt', created_at,
                    'lastSeenAt', last_seen_at, 'provedAt', proved_at, 'endedBy', ended_by) ORDER BY created_at, id), '[]')
                FROM known_devices_of(p_organization, p_user)),
            'shortGuesses', account.short,
            'lockedUntil', account.long[p_long] + guess_window('long'))
        FROM (
            SELECT count(*) FILTER (WHERE kind = 'short' AND at > moment - guess_window('short')) AS short,
                array_agg(at ORDER BY at DESC) FILTER (WHERE kind = 'long' AND lane = 'strangers'
                    AND at > moment - guess_window('long')) AS long
            FROM wrong_guesses WHERE organization_id = p_organization AND user_id = p_user) AS account
        LEFT JOIN users u ON u.organization_id = p_organization AND u.id = p_user);
END $$;

-- Approves a challenge, once: consumes its code (where there is one), takes its guesses off the account and writes the
-- entry. Outcomes: `approved`, also for the same attempt again; `no-factor`: the code went to one that is lost; `over`: the
-- code was consumed by another attempt; `finished`: the challenge ended otherwise, or with its known device; `gone`: the user is no more;
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
    IF NOT is_lane_open(organization, person, p_approval ->> 'lane', challenge) THEN
        outcome := 'finished';
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
        method, factor_id, amr, result_id, result_expires_at, at, app, by_code, remember)
    VALUES (challenge, organization, person, p_approval ->> 'client', p_approval ->> 'purpose', p_approval ->> 'lane',
        'approved', attempt_id, p_approval ->> 'method', p_approval ->> 'verifiedFactorId', p_approval ->> 'amr',
        p_approval ->> 'resultId', moment + (p_approval ->> 'resultTtlMs')::integer * interval '1 millisecond', moment,
        p_approval ->> 'app', (p_approval ->> 'byCode')::boolean, (p_approval ->> 'remember')::boolean)
    -- Redis forgot an approval that nobody redeemed, and the user entered another code: it takes the place of the first.
    ON CONFLICT (challenge_id) DO UPDATE SET attempt = EXCLUDED.attempt, method = EXCLUDED.method,
        factor_id = EXCLUDED.factor_id, amr = EXCLUDED.amr, result_id = EXCLUDED.result_id,
        result_expires_at = EXCLUDED.result_expires_at, at = EXCLUDED.at, by_code = EXCLUDED.by_code,
        remember = EXCLUDED.remember
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
    IF stored.by_code AND stored.lane <> 'strangers' THEN
        UPDATE known_devices SET proved_at = moment WHERE id = device_of_lane(stored.lane) AND ended_by IS NULL;
    END IF;
    UPDATE devices SET updated_at = moment
    WHERE organization_id = organization AND user_id = person AND id = p_approval -> 'device' ->> 'id';
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
        RETURN redeem_and_remember(p_change);
    END IF;
    known := lock_unless_busy(organization, person, action = 'record');
    IF known IS NULL THEN
        RETURN json_build_object('outcome', 'busy');
    END IF;
    CASE action
        WHEN 'record' THEN
            PERFORM record_entries(p_change -> 'entries', known);
            RETURN json_build_object('outcome', 'recorded');
        WHEN 'recognize' THEN
            SELECT * INTO answer FROM recognize_device(p_change, known);
            loaded := load_user(organization, person, (p_change ->> 'maxLong')::integer);
            RETURN json_build_object('outcome', answer.outcome, 'device', answer.device, 'user', loaded);
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
