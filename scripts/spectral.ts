/** Checks openapi.yaml by the recommended rules of Spectral, and prints what breaks one. */
import { readFileSync } from 'node:fs';
import spectral, { type RulesetDefinition } from '@stoplight/spectral-core';
import { oas } from '@stoplight/spectral-rulesets';

const file = new URL('../openapi.yaml', import.meta.url);

const linter = new spectral.Spectral();
linter.setRuleset(oas as RulesetDefinition);
const found = await linter.run(readFileSync(file, 'utf8'));
for (const { code, message, path, range } of found)
  process.stdout.write(`${range.start.line + 1}: ${code}: ${message} (${path.join('.')})\n`);
if (found.length > 0) process.exitCode = 1;
