/**
 * Prisma's schema engine without its binary: the same engine as WebAssembly, over a driver
 * adapter. The package is meant for Prisma's own use, so this file alone knows it.
 */
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import {
  bindMigrationAwareSqlAdapterFactory,
  type SqlDriverAdapter,
  type SqlMigrationAwareDriverAdapterFactory,
} from '@prisma/driver-adapter-utils';
import type { SchemaEngine } from '@prisma/schema-engine-wasm/schema_engine_bg';

export type AdapterFactory = SqlMigrationAwareDriverAdapterFactory;

type Bindings = {
  __wbg_set_wasm(exports: object): void;
  SchemaEngine: typeof SchemaEngine;
};

/** What is needed of it here; the compiler's libraries for Node leave it out. */
declare const WebAssembly: {
  instantiate(
    bytes: Uint8Array,
    imports: object,
  ): Promise<{ instance: { exports: { __wbindgen_start(): void } } }>;
};

let loading: Promise<typeof SchemaEngine> | undefined;

/**
 * Lends the engine for one piece of work. Loading it takes part of a second, so leave it alone
 * while there is nothing to migrate.
 */
export async function withSchemaEngine<T>(
  factory: AdapterFactory,
  work: (engine: SchemaEngine) => Promise<T>,
): Promise<T> {
  loading ??= load();
  const Engine = await loading;
  const connections: SqlDriverAdapter[] = [];
  const bound = bindMigrationAwareSqlAdapterFactory(remembering(factory, connections));
  const engine = await Engine.new({ datamodels: undefined }, () => {}, bound);
  try {
    return await work(engine);
  } finally {
    engine.free();
    await Promise.all(connections.map((connection) => connection.dispose()));
  }
}

/** The engine leaves these connections open, and its advisory lock lasts as long as they do. */
function remembering(factory: AdapterFactory, connections: SqlDriverAdapter[]): AdapterFactory {
  return {
    provider: factory.provider,
    adapterName: factory.adapterName,
    connectToShadowDb: () => factory.connectToShadowDb(),
    async connect() {
      const connection = await factory.connect();
      connections.push(connection);
      return connection;
    },
  };
}

async function load(): Promise<typeof SchemaEngine> {
  const path = createRequire(import.meta.url).resolve('@prisma/schema-engine-wasm');
  const bytes = await readFile(path.replace(/\.js$/, '_bg.wasm'));
  const bindings: Bindings = await import('@prisma/schema-engine-wasm/schema_engine_bg');
  const imports = { './schema_engine_bg.js': { ...bindings, ...idleTimers(bindings) } };
  const { instance } = await WebAssembly.instantiate(bytes, imports);
  bindings.__wbg_set_wasm(instance.exports);
  instance.exports.__wbindgen_start();
  return bindings.SchemaEngine;
}

/** The limit that the engine sets on its wait for the lock kept a finished process alive: 10 s. */
function idleTimers(bindings: Bindings): object {
  const name = Object.keys(bindings).find((key) => key.startsWith('__wbg_setTimeout_'));
  if (!name) throw new Error('The schema engine has changed: it sets no timer');
  return { [name]: (work: () => void, ms: number) => setTimeout(work, ms).unref() };
}
