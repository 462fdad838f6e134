# docker build -t doublecheck .
#
# docker run --rm --env-file production.env doublecheck doublecheck migrate
# docker run --rm --env-file production.env doublecheck doublecheck \
#   clients create company-panel --scopes challenges,users,admin
# docker run --read-only --cap-drop ALL --env-file production.env -p 3000:3000 doublecheck

FROM node:24-slim AS build
WORKDIR /build
# Apart from the sources: what they need stays as it is while only they change.
COPY package.json package-lock.json .npmrc ./
RUN npm ci --ignore-scripts --no-audit --no-fund
COPY prisma.config.ts tsconfig.json openapi.yaml LICENSE ./
COPY prisma prisma
COPY scripts/build-production.sh scripts/build.ts scripts/openapi-json.ts scripts/page.ts scripts/
COPY scripts/build scripts/build
COPY src src
COPY page page
RUN scripts/build-production.sh /app
# Node looks for compiled code under the number of its user.
RUN for made in /app/.cache/*-0; do mv "$made" "${made%-0}-1000"; done && chmod -R a+rX /app/.cache

FROM node:24-slim
ENV NODE_ENV=production HOST=0.0.0.0 NODE_COMPILE_CACHE=.cache MALLOC_ARENA_MAX=2
WORKDIR /app
# Owned by root and run by somebody else: the service cannot change itself, and writes no file.
COPY --from=build /app ./
RUN ln -s /app/dist/doublecheck.js /usr/local/bin/doublecheck
# A number: Kubernetes cannot tell whether a name is root.
USER 1000:1000
EXPOSE 3000
# Liveness, not readiness: a replica must not be restarted because Redis is away.
HEALTHCHECK --interval=10s --timeout=3s --start-period=20s \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT || 3000}/health/live`).then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))"]
# Node itself rather than npm or a shell: the signal to stop has to reach it. Without these limits, Node sizes its
# heap by the memory of the machine, and a replica under load takes twice what it needs.
ENTRYPOINT []
CMD ["node", "--expose-gc", "--max-semi-space-size=16", "--max-old-space-size=256", "dist/main.js"]
