-- The challenge in which a user last began to add a factor: the next one ends it
ALTER TABLE "users" ADD COLUMN "addition_id" TEXT;
