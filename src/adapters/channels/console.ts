import { factorKind } from '../../domain/factors/index.ts';
import type { Channel } from '../../domain/ports.ts';
import type { ConsoleDelivery } from './console-deliveries.ts';

/** Replaces a provider that is not configured: prints the code. */
export function consoleChannel(
  method: string,
  print = (line: string) => void process.stdout.write(`${line}\n`),
  heard: (delivery: ConsoleDelivery) => void = () => {},
): Channel {
  return {
    method,
    provider: 'console',
    deliver: async ({ address, devices, code, language, voiceLanguage }) => {
      const receiver = factorKind(method).hint(address, devices.length);
      print(`☎  ${method} to ${receiver}: your code is ${code}`);
      heard({ method, to: address, code, language: devices.length > 0 ? language : voiceLanguage });
      return { delivery: 'accepted' };
    },
    notify: async ({ about, hint, devices }) => {
      print(`☎  news to ${devices.length} devices: ${[about, hint].filter(Boolean).join(', ')}`);
    },
  };
}
