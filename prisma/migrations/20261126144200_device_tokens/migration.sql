-- A device outlives its push token: one that FCM says is gone stays, so that the app can show it when it comes with a
-- new one; of one that another user's app has taken, nothing stays
ALTER TABLE "devices" ALTER COLUMN "push_token" DROP NOT NULL, ALTER COLUMN "push_token_hash" DROP NOT NULL,
    ADD COLUMN "token_gone_at" TIMESTAMPTZ(3), ADD COLUMN "waiting_token_hash" TEXT;
ALTER TABLE "devices" ADD CONSTRAINT "devices_push_token_check" CHECK ("push_token" IS NOT NULL OR "token_gone_at" IS NOT NULL);

-- The methods that reach a user now: kept up with every change to factors and devices, so that lists need not look
ALTER TABLE "users" ADD COLUMN "reached_by" TEXT[] NOT NULL DEFAULT '{}';
UPDATE "users" SET "reached_by" = ARRAY(
    SELECT DISTINCT "method" FROM "factors"
    WHERE "organization_id" = "users"."organization_id" AND "user_id" = "users"."id" AND ("method" <> 'push' OR EXISTS (
        SELECT FROM "devices" WHERE "organization_id" = "users"."organization_id" AND "user_id" = "users"."id"))
    ORDER BY "method")
WHERE "factor_count" > 0;

CREATE INDEX "users_unreachable" ON "users"("organization_id", "id") WHERE "factor_count" > 0 AND "reached_by" = '{}';
