-- Passes for a lost phone, and recovery codes. Each is good once.
CREATE TABLE "recovery_secrets" (
    "organization_id" TEXT NOT NULL,
    "user_id" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "hash" TEXT NOT NULL,
    "expires_at" TIMESTAMPTZ(3),
    "used_by" TEXT,
    "used_at" TIMESTAMPTZ(3),
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT clock_timestamp(),
    CONSTRAINT "recovery_secrets_pkey" PRIMARY KEY ("organization_id", "user_id", "kind", "hash")
);

ALTER TABLE "recovery_secrets" ADD CONSTRAINT "recovery_secrets_organization_id_user_id_fkey"
    FOREIGN KEY ("organization_id", "user_id") REFERENCES "users"("organization_id", "id")
    ON DELETE CASCADE ON UPDATE CASCADE;
