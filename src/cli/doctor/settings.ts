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
    return [well(`every setting is well-formed, ${mode}`), ...plain];
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return error.message.split('\n').map((line) => ill(`${line} (docs/settings.md)`));
  }
}

const tlsForm: Record<string, string> = {
  DATABASE_URL: '?sslmode=verify-full',
  REDIS_URL: 'rediss://',
};
