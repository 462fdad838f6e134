-- A key may be limited to a list of organizations; null is all of them, as before.
ALTER TABLE "clients" ADD COLUMN "organizations" JSONB;
