/** http -> domain <- adapters: http and adapters never meet, and the domain knows neither. */

/** Files that all of the domain may import. */
const foundation = '^src/domain/(mode|people|problems|limits|time)\\.ts$';

/** The rooms of the domain. Each imports only from those below it. */
const rooms = ['test-mode', 'users', 'login', 'sending', 'audit', 'challenge', 'factors'];
const folder = (names) => `^src/domain/(${names.join('|')})/`;

const entryPoints = '^src/(main|cli|wire)(/|\\.ts$)';
const vendors = 'node_modules/(fastify|@fastify|ioredis|@prisma|twilio|firebase-admin|pg|pino)';

const forbid = (name, from, to) => ({ name, severity: 'error', from, to });

export default {
  forbidden: [
    forbid('no-cycles', {}, { circular: true }),
    forbid('domain-stands-alone', { path: '^src/domain' }, { path: '^src/(?!domain)' }),
    forbid('domain-has-no-vendor', { path: '^src/domain' }, { path: vendors }),
    forbid('http-knows-no-adapter', { path: '^src/(http|app)' }, { path: '^src/adapters' }),
    forbid('adapters-know-no-http', { path: '^src/adapters' }, { path: '^src/(http|app)' }),
    forbid(
      'only-entry-points-wire',
      { path: '^src', pathNot: entryPoints },
      { path: '^src/(main|cli|wire)\\.ts$' },
    ),
    forbid('src-knows-no-test', { path: '^src' }, { path: '^(test|bench|scripts|page)' }),
    forbid(
      'page-knows-only-what-answers-look-like',
      { path: '^page' },
      {
        path: '^(src|test|bench|scripts)',
        pathNot: '^src/(messages/|http/schemas/(challenge|theme)-schema\\.ts$)',
      },
    ),
    forbid('messages-are-words-alone', { path: '^src/messages' }, { path: '^src/(?!messages)' }),
    forbid('only-main-tries-out', { path: '^src/(?!try|main)' }, { path: '^src/try' }),
    forbid('try-calls-the-api', { path: '^src/try' }, { path: '^src/(adapters|config|wire)' }),
    ...rooms
      .slice(1)
      .map((room, i) =>
        forbid(
          `${room}-imports-from-below`,
          { path: folder([room]) },
          { path: folder(rooms.slice(0, i + 1)) },
        ),
      ),
    forbid(
      'policy-imports-from-below',
      { path: '^src/domain/policy\\.ts$' },
      { path: '^src/domain/', pathNot: foundation },
    ),
    forbid(
      'foundation-imports-nothing-else',
      { path: foundation },
      { path: '^src/', pathNot: foundation },
    ),
    forbid('secrets-know-no-room', { path: '^src/domain/secrets/' }, { path: folder(rooms) }),
    forbid('resolvable', {}, { couldNotResolve: true }),
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
