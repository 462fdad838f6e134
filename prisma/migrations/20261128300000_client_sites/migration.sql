-- The URLs that the page may return to for a client, and the origins that may frame it.
CREATE TABLE "client_sites" (
    "client" TEXT NOT NULL,
    "use" TEXT NOT NULL CHECK ("use" IN ('return', 'frame')),
    "url" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    CONSTRAINT "client_sites_pkey" PRIMARY KEY ("client", "use", "url")
);
