-- How the 2FA page looks to the users of an organization. It stays out of `organization_json`: logins read that often, and a
-- logo is large. A replica of the version before names no such column, and leaves it as it is.
ALTER TABLE "organizations" ADD COLUMN "theme" JSONB;
