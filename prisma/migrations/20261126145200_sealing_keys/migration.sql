-- CreateTable
CREATE TABLE "sealing_keys" (
    "kid" TEXT NOT NULL,
    "key_hash" TEXT,
    "used_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "sealing_keys_pkey" PRIMARY KEY ("kid")
);

-- What is sealed already, whose kid stands before the first dot.
INSERT INTO "sealing_keys" ("kid")
SELECT split_part("address", '.', 1) FROM "factors"
UNION SELECT split_part("push_token", '.', 1) FROM "devices"
UNION SELECT split_part("secret", '.', 1) FROM "webhook_endpoints";
