import type { AgentOptions } from 'node:https';
import type { Channel, Log } from '../../domain/ports.ts';
import type { Sealing } from '../sealing.ts';

/** What every channel gets besides its settings. */
export type ChannelSeams = {
  log: Log;
  /** Hears when a provider is left alone, and when it is asked again. */
  onCircuit?: (provider: string, open: boolean) => void;
  /** For data that a provider returns to us and need not read. */
  sealing: Sealing;
  /** The time limit of one delivery, with connecting. */
  limitMs?: number;
  /** By provider: an address other than the public one. */
  connections?: Readonly<Record<string, AgentOptions>>;
};

/** One way to deliver a code. */
export type ChannelKind<Settings> = {
  readonly method: string;
  /** Whether the settings have what its provider needs. */
  configured(settings: Settings): boolean;
  /** @throws Error with one line that names the wrong setting. */
  create(settings: Settings, seams: ChannelSeams): Channel;
};
