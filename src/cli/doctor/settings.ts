import { type Config, ConfigError, readConfig } from '../../config/config.ts';
import { storesWithoutTls } from '../../config/stores-without-tls.ts';
import { type Finding, ill, well } from './finding.ts';

const neededNode = 24;

export function checkNode(): Finding {
  const { version } = process;
  return Number(version.slice(1).split('.')[0]) >= neededNode
    ? well(`Node ${version}`)
    : ill(`Node ${version} is too old: run it with Node ${neededNode}`);
}

/** Null when a setting is wrong: then there is nothing to connect to. */
export function settingsOrNull(): Config | null {
  try {
    return readConfig();
  } catch (error) {
    if (error instanceof ConfigError) return null;
    throw error;
  }
}

export function checkSettings(): Finding[] {
  try {
    const config = readConfig();
    const plain = storesWithoutTls(config).map((name) =>
      ill(`${name} leads to another machine without TLS: use ${tlsForm[name] ?? 'REDIS_TLS=true'}`),
    );
    const mode = config.production ? 'for production' : 'to try it out: NODE_ENV is not production';
    return [well(`every setting is well-formed, ${mode}`), ...plain, ...checkCertificates(config)];
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return error.message.split('\n').map((line) => ill(`${line} (docs/settings.md)`));
  }
}

/** Settings with which anybody may stand between: the certificate of a server is not looked at. */
function checkCertificates({ DATABASE_URL: url }: Config): Finding[] {
  const unchecked = url && new URL(url).searchParams.get('sslmode') === 'no-verify';
  return [
    ...(process.env['NODE_TLS_REJECT_UNAUTHORIZED'] === '0'
      ? [ill(`NODE_TLS_REJECT_UNAUTHORIZED=0 accepts every certificate: ${ownAuthority}`)]
      : []),
    ...(unchecked
      ? [ill(`DATABASE_URL accepts every certificate: use sslmode=verify-full; ${ownAuthority}`)]
      : []),
  ];
}

const ownAuthority = 'for an authority of your own, set NODE_EXTRA_CA_CERTS instead';

const tlsForm: Record<string, string> = {
  DATABASE_URL: '?sslmode=verify-full',
  REDIS_URL: 'rediss://',
};
