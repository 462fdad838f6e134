/** http -> domain <- adapters: http and adapters never meet, and the domain knows neither. */

/** The rooms of the domain: each may import from those after it only. */
const rooms = ['users', 'login', 'sending', 'audit', 'challenge', 'factors'];
const roomRules = rooms.slice(1).map((room, i) => ({
  name: `${room}-knows-no-later-room`,
  severity: 'error',
  from: { path: `^src/domain/${room}/` },
  to: { path: `^src/domain/(${rooms.slice(0, i + 1).join('|')})/` },
}));

const roots = '^src/(main|cli|wire)(/|\\.ts$)';

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
      name: 'only-roots-wire',
      severity: 'error',
      from: { path: '^src', pathNot: roots },
      to: { path: '^src/(main|cli|wire)\\.ts$' },
    },
    {
      name: 'src-knows-no-test',
      severity: 'error',
      from: { path: '^src' },
      to: { path: '^(test|bench)' },
    },
    ...roomRules,
    { name: 'resolvable', severity: 'error', from: {}, to: { couldNotResolve: true } },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: 'src/adapters/postgres/generated' },
    tsPreCompilationDeps: true,
    // The TypeScript 7 compiler has no programming interface it could read sources with.
    parser: 'swc',
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default', 'types'],
      extensions: ['.ts', '.js', '.mjs', '.json'],
    },
  },
};
