import type { Channel } from '../../domain/ports.ts';
import { fcmPush } from './fcm-push.ts';
import { twilioCall } from './twilio-call.ts';

export type { ChannelSeams } from './channel-kind.ts';
export { consoleChannel } from './console.ts';

/** Every way of delivering a code: a new one is a new file and a line here. */
export const channelKinds = [twilioCall, fcmPush] as const;

/** The settings of all of them together: what one `create` may be given, all may be given. */
export type ChannelSettings = (typeof channelKinds)[number]['create'] extends (
  settings: infer Settings,
  ...rest: never[]
) => Channel
  ? Settings
  : never;
