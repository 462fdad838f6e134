import type { AgentOptions } from 'node:https';
import type { Channel, Log } from '../../domain/ports.ts';
import type { Sealing } from '../sealing.ts';

/** What every channel is given besides its settings. */
export type ChannelSeams = {
  log: Log;
  /** For what a provider is told to bring back to us, and need not read. */
  sealing: Sealing;
  /** How long one delivery may take, connecting included. */
  limitMs?: number;
  /** By provider: how to reach it when not at its public address. */
  connections?: Readonly<Record<string, AgentOptions>>;
};

/** One way of delivering a code: when it can be had, and how it is made. */
export type ChannelKind<Settings> = {
  readonly method: string;
  /** Whether the settings name what its provider needs. */
  configured(settings: Settings): boolean;
  /** @throws Error with one line that names the wrong setting. */
  create(settings: Settings, seams: ChannelSeams): Channel;
};
