/**
 * Extracts from the providers' published API descriptions the parts that our requests must match:
 * `node scripts/extract-provider-contracts.ts <folder with the published documents>`.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

type Json = { [key: string]: Json } & { [key: number]: Json };

const twilioFile = 'twilio_api_v2010.json';
const fcmFile = 'fcm.v1.json';
const callPaths = [
  '/2010-04-01/Accounts/{AccountSid}/Calls.json',
  '/2010-04-01/Accounts/{AccountSid}/Calls/{Sid}.json',
];
const formType = 'application/x-www-form-urlencoded';

/** Returns the extracts of both documents in a folder. An extract of an extract is the same. */
export function extractFrom(folder: string): { twilio: Json; fcm: Json } {
  const read = (file: string) => JSON.parse(readFileSync(join(folder, file), 'utf8')) as Json;
  return {
    twilio: withoutProse(twilioExtract(read(twilioFile))),
    fcm: withoutProse(fcmExtract(read(fcmFile))),
  };
}

/** From Twilio's OpenAPI document: the operations that place a call and end a call. */
function twilioExtract(document: Json): Json {
  const { openapi, info } = document;
  const { title, version, license } = info ?? {};
  const operations = callPaths.map((path) => [path, postAt(part(document, 'paths', path))]);
  const schemas = pickReferred(operations, part(document, 'components', 'schemas'));
  const paths = Object.fromEntries(operations);
  return { openapi, info: { title, version, license }, paths, components: { schemas } } as Json;
}

function postAt(path: Json): object {
  const { operationId, parameters, requestBody } = part(path, 'post');
  const schema = part(requestBody, 'content', formType, 'schema');
  const content = { [formType]: { schema } };
  return {
    servers: path['servers'],
    post: { operationId, parameters, requestBody: { content } },
  };
}

/** From Google's discovery document: the method that sends a message, and its schemas. */
function fcmExtract(document: Json): Json {
  const send = part(document, 'resources', 'projects', 'resources', 'messages', 'methods', 'send');
  const { httpMethod, path, parameters, request } = send;
  const schemas = pickReferred(request, part(document, 'schemas'));
  const { name, version, revision, rootUrl, servicePath } = document;
  const methods = { send: { httpMethod, path, parameters, request } };
  const resources = { projects: { resources: { messages: { methods } } } };
  return { name, version, revision, rootUrl, servicePath, resources, schemas } as Json;
}

function pickReferred(from: unknown, all: Json): Json {
  return Object.fromEntries(
    [...schemaNamesIn(from, all)].sort().map((name) => [name, all[name]]),
  ) as Json;
}

/** The schemas that `from` refers to, directly or through others. */
function schemaNamesIn(from: unknown, all: Json, found = new Set<string>()): Set<string> {
  for (const [, name] of JSON.stringify(from).matchAll(
    /"\$ref":"(?:#\/components\/schemas\/)?([\w.]+)"/g,
  )) {
    if (name === undefined || found.has(name)) continue;
    found.add(name);
    schemaNamesIn(all[name], all, found);
  }
  return found;
}

function part(from: Json | undefined, ...keys: string[]): Json {
  const found = keys.reduce((inner, key) => inner?.[key], from);
  if (!found) throw new Error(`the document has no ${keys.join(' / ')}`);
  return found;
}

/** Removes the prose. A property may itself have the name `description`. */
function withoutProse(value: Json): Json {
  return JSON.parse(
    JSON.stringify(value, (key, inner) =>
      (key === 'description' && typeof inner === 'string') || key === 'enumDescriptions'
        ? undefined
        : inner,
    ),
  );
}

function write(folder: string): void {
  const { twilio, fcm } = extractFrom(folder);
  const target = join(import.meta.dirname, '../test/provider-contracts');
  for (const [file, extract] of [[twilioFile, twilio] as const, [fcmFile, fcm] as const]) {
    writeFileSync(join(target, file), `${JSON.stringify(extract, null, 2)}\n`);
  }
}

if (import.meta.main) {
  const folder = process.argv[2];
  if (!folder) throw new Error('name the folder with the published documents');
  write(folder);
}
