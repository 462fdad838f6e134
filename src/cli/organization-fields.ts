import type { Command } from 'commander';
import type { OrganizationChanges } from '../domain/users/change-organization.ts';
import { ajvOptions, fieldErrors } from '../http/problems/validation.ts';
import { OrganizationPatch, readFields } from '../http/schemas/organization-schema.ts';
import { validatorsOnFirstUse } from '../http/schemas/validators.ts';
import { UsageError } from './command.ts';

/** As they were typed. */
export type FieldOptions = Partial<Record<keyof typeof options, string>>;

/** Each option by the name that the library gives it, and the field of the API that it sets. */
const options = {
  policy: ['--policy <POLICY>', 'off, optional or mandatory', '/policy'],
  language: [
    '--language <TAG>',
    'of calls and, by default, of screens, such as nl-NL',
    '/language',
  ],
  country: ['--country <CODE>', 'of numbers without a country code, such as NL', '/country'],
  backup: ['--backup <RULE>', 'offered or required', '/backup'],
  mandatoryFrom: [
    '--mandatory-from <TIME>',
    'RFC 3339: from then on, policy optional is mandatory',
    '/mandatoryFrom',
  ],
  firstSetup: ['--first-setup <RULE>', 'open, or pass: only after a pass', '/firstSetup'],
  knownDeviceDays: [
    '--known-device-days <N>',
    '0 to 90: how long browsers are remembered',
    '/knownDevices/days',
  ],
  skipCode: [
    '--skip-code <BOOLEAN>',
    'true: a known device needs no code',
    '/knownDevices/skipCode',
  ],
} as const;

export function addFields(command: Command): Command {
  for (const [flags, description] of Object.values(options)) command.option(flags, description);
  return command.addHelpText('after', '\nThe word default sets the default; --policy has none.');
}

/** Checks them by the rules of the API. */
export function readChanges(given: FieldOptions): OrganizationChanges {
  const { policy, language, country, backup, mandatoryFrom, firstSetup } = given;
  const knownDevices = {
    days: readValue(given.knownDeviceDays, Number),
    skipCode: readValue(given.skipCode, (text) => ({ true: true, false: false })[text] ?? text),
  };
  const rules = Object.values(knownDevices).some((value) => value !== undefined);
  const fields = { policy, language, country, backup, mandatoryFrom, firstSetup };
  const texts = Object.entries(fields).map(([name, text]) => [name, readValue(text)]);
  // What is undefined was not given.
  const body = JSON.parse(
    JSON.stringify({ ...Object.fromEntries(texts), ...(rules && { knownDevices }) }),
  );
  if (Object.keys(body).length === 0) throw new UsageError('nothing to set is given');
  requireValid(body);
  return readFields(body);
}

function requireValid(body: object): void {
  const compile = validatorsOnFirstUse()({}, { customOptions: ajvOptions });
  const validate = compile({ schema: OrganizationPatch, method: 'PATCH', url: '' });
  if (validate(body)) return;
  const errors = fieldErrors(validate.errors as Parameters<typeof fieldErrors>[0]);
  const lines = errors.map(({ pointer, detail }) => `${optionOf(pointer)} ${detail}`);
  throw new UsageError(lines.join('; '));
}

function optionOf(pointer: string): string {
  const found = Object.values(options).find(([, , field]) => field === pointer);
  return found ? (found[0].split(' ')[0] ?? '') : pointer;
}

function readValue<T>(
  text: string | undefined,
  parse: (text: string) => T | string = (same) => same,
) {
  if (text === undefined) return undefined;
  return text === 'default' ? null : parse(text);
}
