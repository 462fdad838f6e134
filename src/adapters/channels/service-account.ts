import { createPrivateKey } from 'node:crypto';
import { readFileSync } from 'node:fs';

export type ServiceAccount = { projectId: string; email: string; key: string };

/** Reads Google's service-account file. @throws Error with one line that names the variable, no content. */
export function readServiceAccount(file: string): ServiceAccount {
  const content = Object(parse(read(file)));
  if (content.type !== 'service_account') throw wrong('the file is not of a service account');
  const projectId = textIn(content, 'project_id');
  const email = textIn(content, 'client_email');
  const key = textIn(content, 'private_key');
  attempt(() => createPrivateKey(key), 'its "private_key" is not a private key');
  return { projectId, email, key };
}

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw wrong(`the file cannot be read (${Object(error).code})`);
  }
}

function parse(text: string): unknown {
  return attempt(() => JSON.parse(text), 'the file is not JSON');
}

function textIn(content: Record<string, unknown>, key: string): string {
  const value = content[key];
  if (typeof value !== 'string' || value === '') throw wrong(`the file has no "${key}"`);
  return value;
}

function attempt<T>(action: () => T, problem: string): T {
  try {
    return action();
  } catch {
    throw wrong(problem);
  }
}

function wrong(problem: string): Error {
  return new Error(`GOOGLE_APPLICATION_CREDENTIALS: ${problem}`);
}
