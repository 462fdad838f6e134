/** http -> domain <- adapters: http and adapters never meet, and the domain knows neither. */

/** Files that all of the domain may import. */
const foundation = '^src/domain/(people|problems|limits|time)\\.ts$';

/** The rooms of the domain. Each imports only from those below it. */
const rooms = ['users', 'login', 'sending', 'audit', 'challenge', 'factors'];
const roomRules = rooms.slice(1).map((room, i) => ({
  name: `${room}-imports-from-below`,
  severity: 'error',
  from: { path: `^src/domain/${room}/` },
  to: { path: `^src/domain/(${rooms.slice(0, i + 1).join('|')})/` },
}));

const entryPoints = '^src/(main|cli|wire)(/|\\.ts$)';

export default {
  forbidden: [
    {
      name: 'no-cycles',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'domain-stands-alone',
      severity: 'error',
      from: { path: '^src/domain' },
      to: { path: '^src/(?!domain)' },
    },
    {
      name: 'domain-has-no-vendor',
      severity: 'error',
      from: { path: '^src/domain' },
      to: { path: 'node_modules/(fastify|@fastify|ioredis|@prisma|twilio|firebase-admin|pg|pino)' },
    },
    {
      name: 'http-knows-no-adapter',
      severity: 'error',
      from: { path: '^src/(http|app)' },
      to: { path: '^src/adapters' },
    },
    {
      name: 'adapters-know-no-http',
      severity: 'error',
      from: { path: '^src/adapters' },
      to: { path: '^src/(http|app)' },
    },
    {
      name: 'only-entry-points-wire',
      severity: 'error',
      from: { path: '^src', pathNot: entryPoints },
      to: { path: '^src/(main|cli|wire)\\.ts$' },
    },
    {
      name: 'src-knows-no-test',
      severity: 'error',
      from: { path: '^src' },
      to: { path: '^(test|bench|scripts)' },
    },
    ...roomRules,
    {
      name: 'policy-imports-from-below',
      severity: 'error',
      from: { path: '^src/domain/policy\\.ts$' },
      to: { path: '^src/domain/', pathNot: foundation },
    },
    {
      name: 'foundation-imports-nothing-else',
      severity: 'error',
      from: { path: foundation },
      to: { path: '^src/', pathNot: foundation },
    },
    {
      name: 'secrets-know-no-room',
      severity: 'error',
      from: { path: '^src/domain/secrets/' },
      to: { path: `^src/domain/(${rooms.join('|')})/` },
    },
    { name: 'resolvable', severity: 'error', from: {}, to: { couldNotResolve: true } },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: 'src/adapters/postgres/generated' },
    // TypeScript 7 has no programming interface. SWC parses type imports too.
    parser: 'swc',
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default', 'types'],
      extensions: ['.ts', '.js', '.mjs', '.json'],
    },
  },
};
