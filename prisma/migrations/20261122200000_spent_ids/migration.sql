-- CreateTable
CREATE TABLE "spent_ids" (
    "id" TEXT NOT NULL,
    "by" TEXT NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "spent_ids_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "spent_ids_at_idx" ON "spent_ids"("at");

-- AlterTable
ALTER TABLE "events" ADD COLUMN "spends" TEXT, ADD COLUMN "attempt" TEXT;

-- A code is used up by the entry that tells of it: no write beside that, and never twice.
CREATE UNIQUE INDEX "events_spends" ON "events"("spends") WHERE "spends" IS NOT NULL;
