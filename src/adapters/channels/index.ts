import type { Channel } from '../../domain/ports.ts';
import { fcmPush } from './fcm-push.ts';
import { twilioCall } from './twilio-call.ts';

export type { ChannelSeams } from './channel-kind.ts';
export { consoleChannel } from './console.ts';

/** Every way to deliver a code. A new one is a new file and a line here. */
export const channelKinds = [twilioCall, fcmPush] as const;

/** The settings of all channels together. */
export type ChannelSettings = (typeof channelKinds)[number]['create'] extends (
  settings: infer Settings,
  ...rest: never[]
) => Channel
  ? Settings
  : never;
