-- CreateTable
CREATE TABLE "organizations" (
    "id" TEXT NOT NULL,
    "policy" TEXT NOT NULL,
    "language" TEXT NOT NULL,
    "country" TEXT NOT NULL,
    "backup" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "organizations_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "users" (
    "organization_id" TEXT NOT NULL,
    "id" TEXT NOT NULL,
    "policy" TEXT,
    "postponed_at" TIMESTAMPTZ(3),
    "backup_skipped_at" TIMESTAMPTZ(3),
    "locked_until" TIMESTAMPTZ(3),
    "factor_count" INTEGER NOT NULL DEFAULT 0,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "users_pkey" PRIMARY KEY ("organization_id","id")
);

-- CreateTable
CREATE TABLE "factors" (
    "id" UUID NOT NULL,
    "organization_id" TEXT NOT NULL,
    "user_id" TEXT NOT NULL,
    "method" TEXT NOT NULL,
    "is_primary" BOOLEAN,
    "has_primary" BOOLEAN NOT NULL DEFAULT true,
    "address" TEXT NOT NULL,
    "address_hash" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "factors_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "devices" (
    "organization_id" TEXT NOT NULL,
    "user_id" TEXT NOT NULL,
    "id" TEXT NOT NULL,
    "platform" TEXT NOT NULL,
    "push_token" TEXT NOT NULL,
    "push_token_hash" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "devices_pkey" PRIMARY KEY ("organization_id","user_id","id")
);

-- CreateTable
CREATE TABLE "wrong_guesses" (
    "id" BIGINT NOT NULL GENERATED ALWAYS AS IDENTITY,
    "organization_id" TEXT NOT NULL,
    "user_id" TEXT NOT NULL,
    "challenge_id" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "wrong_guesses_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "clients" (
    "id" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "scopes" TEXT[],
    "key_hash" BYTEA NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "revoked_at" TIMESTAMPTZ(3),

    CONSTRAINT "clients_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "events" (
    "id" BIGINT NOT NULL GENERATED ALWAYS AS IDENTITY,
    "at" TIMESTAMPTZ(3) NOT NULL DEFAULT clock_timestamp(),
    "type" TEXT NOT NULL,
    "organization_id" TEXT,
    "user_id" TEXT,
    "actor" TEXT,
    "client" TEXT,
    "app" TEXT,
    "app_version" TEXT,
    "challenge_id" TEXT,
    "details" JSONB NOT NULL,
    "address" TEXT,
    "user_erased" BOOLEAN NOT NULL DEFAULT false,
    "actor_erased" BOOLEAN NOT NULL DEFAULT false,

    CONSTRAINT "events_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "webhook_endpoints" (
    "client" TEXT NOT NULL,
    "url" TEXT NOT NULL,
    "secret" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "webhook_endpoints_pkey" PRIMARY KEY ("client")
);

-- CreateTable
CREATE TABLE "outbox" (
    "id" BIGINT NOT NULL GENERATED ALWAYS AS IDENTITY,
    "client" TEXT NOT NULL,
    "webhook_id" UUID NOT NULL DEFAULT gen_random_uuid(),
    "payload" JSONB NOT NULL,
    "attempts" INTEGER NOT NULL DEFAULT 0,
    "next_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "outbox_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE UNIQUE INDEX "factors_organization_id_user_id_method_address_hash_key" ON "factors"("organization_id", "user_id", "method", "address_hash");

-- CreateIndex
CREATE UNIQUE INDEX "factors_organization_id_user_id_is_primary_key" ON "factors"("organization_id", "user_id", "is_primary");

-- CreateIndex
CREATE UNIQUE INDEX "devices_push_token_hash_key" ON "devices"("push_token_hash");

-- CreateIndex
CREATE INDEX "wrong_guesses_organization_id_user_id_kind_at_idx" ON "wrong_guesses"("organization_id", "user_id", "kind", "at");

-- CreateIndex
CREATE INDEX "wrong_guesses_at_idx" ON "wrong_guesses"("at");

-- CreateIndex
CREATE INDEX "events_organization_id_id_idx" ON "events"("organization_id", "id");

-- CreateIndex
CREATE INDEX "events_organization_id_user_id_id_idx" ON "events"("organization_id", "user_id", "id");

-- CreateIndex
CREATE INDEX "events_at_idx" ON "events"("at");

-- CreateIndex
CREATE INDEX "outbox_next_at_id_idx" ON "outbox"("next_at", "id");

-- AddForeignKey
ALTER TABLE "users" ADD CONSTRAINT "users_organization_id_fkey" FOREIGN KEY ("organization_id") REFERENCES "organizations"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "factors" ADD CONSTRAINT "factors_organization_id_user_id_fkey" FOREIGN KEY ("organization_id", "user_id") REFERENCES "users"("organization_id", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "factors" ADD CONSTRAINT "factors_organization_id_user_id_has_primary_fkey" FOREIGN KEY ("organization_id", "user_id", "has_primary") REFERENCES "factors"("organization_id", "user_id", "is_primary") ON DELETE NO ACTION ON UPDATE NO ACTION DEFERRABLE INITIALLY DEFERRED;

-- AddForeignKey
ALTER TABLE "devices" ADD CONSTRAINT "devices_organization_id_user_id_fkey" FOREIGN KEY ("organization_id", "user_id") REFERENCES "users"("organization_id", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "wrong_guesses" ADD CONSTRAINT "wrong_guesses_organization_id_user_id_fkey" FOREIGN KEY ("organization_id", "user_id") REFERENCES "users"("organization_id", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "outbox" ADD CONSTRAINT "outbox_client_fkey" FOREIGN KEY ("client") REFERENCES "webhook_endpoints"("client") ON DELETE CASCADE ON UPDATE CASCADE;

-- Every user with factors has exactly one primary. At most one: is_primary is unique among a user's factors. At least
-- one: every factor refers to one whose is_primary is true, which is looked at when the transaction ends (DEFERRABLE
-- above), so that the place may be empty for a moment within it
ALTER TABLE "factors" ADD CONSTRAINT "factors_is_primary_check" CHECK ("is_primary");
ALTER TABLE "factors" ADD CONSTRAINT "factors_has_primary_check" CHECK ("has_primary");
ALTER TABLE "users" ADD CONSTRAINT "users_factor_count_check" CHECK ("factor_count" >= 0);

-- The lists of users by state, in the order of their ids (the schema language knows no partial index). Of locks that
-- are over many stay behind, so there the time comes first
CREATE INDEX "users_enrolled" ON "users"("organization_id", "id") WHERE "factor_count" > 0;
CREATE INDEX "users_no_backup" ON "users"("organization_id", "id") WHERE "factor_count" = 1;
CREATE INDEX "users_postponed" ON "users"("organization_id", "id") WHERE "postponed_at" IS NOT NULL AND "factor_count" = 0;
CREATE INDEX "users_locked" ON "users"("organization_id", "locked_until", "id") WHERE "locked_until" IS NOT NULL;

-- Where a user was last let in
CREATE INDEX "events_approved" ON "events"("organization_id", "user_id", "id") WHERE "type" = 'challenge.approved';

-- What a user did to others, which has to be found when the user is erased: mostly people act for themselves
CREATE INDEX "events_actor" ON "events"("organization_id", "actor") WHERE "actor" IS DISTINCT FROM "user_id";

-- Choices that the code itself tells apart. Method and platform are not among them: a new one is one new file
ALTER TABLE "organizations" ADD CONSTRAINT "organizations_policy_check" CHECK ("policy" IN ('off', 'optional', 'mandatory'));
ALTER TABLE "organizations" ADD CONSTRAINT "organizations_backup_check" CHECK ("backup" IN ('offered', 'required'));
ALTER TABLE "users" ADD CONSTRAINT "users_policy_check" CHECK ("policy" IN ('off', 'optional', 'mandatory'));
ALTER TABLE "wrong_guesses" ADD CONSTRAINT "wrong_guesses_kind_check" CHECK ("kind" IN ('short', 'long'));
