import type { Command } from 'commander';
import { shownName } from '../domain/mode.ts';
import type { Organization } from '../domain/people.ts';
import {
  changeOrganization,
  newOrganization,
  type OrganizationChanges,
  previewChange,
  setOrganization,
} from '../domain/users/change-organization.ts';
import { type PolicyImpact, previewPolicy } from '../domain/users/change-policies.ts';
import { presentOrganization } from '../http/schemas/organization-schema.ts';
import {
  type Cli,
  type Report,
  readId,
  type Surroundings,
  UsageError,
  withExamples,
} from './command.ts';
import { addFields, type FieldOptions, readChanges } from './organization-fields.ts';
import { type Work, withParts } from './parts.ts';

type Given = { test?: true; dryRun?: true } & FieldOptions;

const ofTestMode = ['--test', 'in test mode'] as const;

export function addOrgs(program: Command, { around, reports }: Cli): void {
  const orgs = program.command('orgs').description('organizations, and whether they need 2FA');
  orgs
    .command('list')
    .description('every organization that was set, and its policy')
    .option(...ofTestMode)
    .action(reports((given: Given) => listOrganizations(given, around)));
  withExamples(
    orgs
      .command('show')
      .description('what is set for one')
      .argument('<ID>', 'of the organization', readId)
      .option(...ofTestMode)
      .action(reports((id: string, given: Given) => showOrganization(id, given, around))),
    'orgs show acme',
  );
  const set = orgs
    .command('set')
    .description('change what is given and leave the rest; a new organization needs --policy')
    .argument('<ID>', 'of the organization', readId);
  withExamples(
    addFields(set)
      .option('--dry-run', 'change nothing, and count the users whom it would concern')
      .option(...ofTestMode)
      .action(reports((id: string, given: Given) => change(id, given, around))),
    'orgs set acme --policy mandatory --dry-run',
    'orgs set acme --policy optional --mandatory-from 2027-03-01T00:00:00+01:00',
    'orgs set acme --mandatory-from default --known-device-days 7',
  );
}

const pageSize = 500;

function listOrganizations(given: Given, around: Surroundings): Promise<Report> {
  return withParts(around, given, async ({ deps, mode }) => {
    const found: Organization[] = [];
    for (;;) {
      const after = found.at(-1)?.id ?? null;
      const page = await deps.organizations.list({ mode, after, limit: pageSize });
      found.push(...page);
      if (page.length < pageSize) break;
    }
    return { lines: found.map(lineOf), json: { organizations: found.map(shown) } };
  });
}

function showOrganization(id: string, given: Given, around: Surroundings): Promise<Report> {
  return withParts(around, given, async ({ deps, stored }) => {
    const organization = await deps.organizations.find(stored(id));
    if (!organization) throw new Error(`${id} is no organization: see orgs list`);
    return { lines: [lineOf(organization)], json: shown(organization) };
  });
}

async function change(id: string, given: Given, around: Surroundings): Promise<Report> {
  const changes = readChanges(given);
  return withParts(around, given, async (work) => {
    const key = work.stored(id);
    if (given.dryRun) return dryRun(await preview(key, changes, work), work);
    const known = await changeKnown(key, changes, work);
    if (known) return { lines: [lineOf(known)], json: { ...shown(known), created: false } };
    const made = newOrganization(key, requirePolicy(changes));
    const { created } = await setOrganization(work.deps, made, work.caller);
    return { lines: [lineOf(made)], json: { ...shown(made), created } };
  });
}

/** Null when nobody has set it. */
async function changeKnown(
  id: string,
  changes: OrganizationChanges,
  { deps, caller }: Work,
): Promise<Organization | null> {
  const known = await deps.organizations.find(id);
  return known && changeOrganization(deps, id, changes, caller);
}

async function preview(id: string, changes: OrganizationChanges, { deps }: Work) {
  const known = await deps.organizations.find(id);
  return known ? previewChange(deps, id, changes) : newOrganization(id, requirePolicy(changes));
}

async function dryRun(organization: Organization, { deps }: Work): Promise<Report> {
  const impact = await previewPolicy(deps, organization);
  const counts = Object.entries(impactWords).map(
    ([name, words]) => `  ${impact[name as keyof PolicyImpact]} ${words}`,
  );
  return {
    lines: [
      `nothing is changed; it would be ${lineOf(organization)}`,
      'users seen so far:',
      ...counts,
    ],
    json: { ...shown(organization), dryRun: true, impact },
  };
}

const impactWords: Record<keyof PolicyImpact, string> = {
  usersToEnrol: 'have to set up a factor',
  usersWithoutBackup: 'have just one factor',
  usersOnOldApp: 'were last seen on an app that is too old for the second step',
  usersWithoutOfferedFactor: 'have factors, but none of a method that is offered',
  usersUnreachable: 'have factors of which none works now: they need a reset',
};

function requirePolicy({ policy, ...changes }: OrganizationChanges) {
  if (!policy) throw new UsageError('the organization is new: it needs --policy');
  return { policy, ...changes };
}

function shown(organization: Organization): object {
  return { ...presentOrganization(organization), id: shownName(organization.id) };
}

function lineOf(organization: Organization): string {
  const { id, policy, language, country, backup, mandatoryFrom, firstSetup } = organization;
  const { days, skipCode } = organization.knownDevices;
  const from = mandatoryFrom ? [`mandatory from ${mandatoryFrom.toISOString()}`] : [];
  return [
    shownName(id),
    policy,
    ...from,
    language,
    country,
    `backup ${backup}`,
    `first set-up ${firstSetup}`,
    `known devices ${days} days${skipCode ? ' without a code' : ''}`,
  ].join('  ');
}
