#!/usr/bin/env node
/** The command line of a checkout: from its root, and with the settings in .env. */
import { existsSync } from 'node:fs';
import { enableCompileCache } from 'node:module';
import { join } from 'node:path';

process.chdir(join(import.meta.dirname, '..'));
if (existsSync('.env')) process.loadEnvFile('.env');
enableCompileCache('node_modules/.cache/doublecheck');
await import('../src/cli.ts');
