import Type, { type Static } from 'typebox';
import { goodDevices, type ListedDevice } from '../../domain/challenge/lane.ts';
import { factorKind } from '../../domain/factors/index.ts';
import type {
  Factor,
  ListedUser,
  Policy,
  RegisteredDevice,
  Role,
  User,
} from '../../domain/people.ts';
import { counted, MethodSchema, moment, nullable, oneOf, said } from './fields.ts';

const OwnPolicy = Type.Union([oneOf<Policy>(['optional', 'mandatory']), Type.Null()], {
  description: "The user's own policy. Null: the organization's alone.",
  examples: [null, 'mandatory'],
});

const LockedUntil = Type.Union([Type.String({ format: 'date-time' }), Type.Null()], {
  description: 'No guesses are taken until then. Null: not locked.',
  examples: [null, '2027-03-02T08:12:00.000Z'],
});

const CallersUserId = said("The caller's own id of the user.", '42');

const factorFields = {
  id: said('Names it in the calls about one factor.', 'e7b32a77-9a41-4c0e-8a57-0d2f3b1c6e90'),
  method: MethodSchema,
  role: oneOf<Role>(['primary', 'secondary'], { description: 'Codes go to the primary first.' }),
  status: oneOf(['active'], { description: 'A factor that is not confirmed yet is in no list.' }),
  hint: said('What a screen may show of where codes go.', '316*****78', 'Qaller (2)'),
  createdAt: moment('When it was confirmed.', '2027-01-15T10:30:00.000Z'),
  devices: Type.Union([Type.Integer(), Type.Null()], {
    description: 'How many devices codes reach now, 0 too; null where they go to none.',
    examples: [null, 2],
  }),
};

/** One device, in a list or after a change. */
export const DeviceSchema = Type.Object({
  id: said("The caller's own id of the app instance.", 'd-1'),
  platform: said('What the app runs on.', 'android', 'ios'),
  waiting: Type.Boolean({
    description:
      'Whether a new push token waits for a challenge from this device to be approved. Until then ' +
      'the old one stays in use.',
  }),
});

/** A factor with its full address, for its owner or an administrator. */
export const FactorSchema = Type.Object({
  ...factorFields,
  phoneNumber: Type.Optional(said('E.164; of a `call`.', '+31612345678')),
});

export const KnownDeviceSchema = Type.Object({
  id: said('Names it when it is to be forgotten.', 'b0a4c1de-52f7-4d0c-9a3e-6f1d2c3b4a59'),
  app: said('What the user signed in to.', 'company-panel'),
  createdAt: moment('When it was remembered.', '2027-01-15T10:30:00.000Z'),
  lastSeenAt: moment('When a challenge was last started on it.', '2027-02-27T08:00:00.000Z'),
  expiresAt: moment('When it ends, unless a code is right there.', '2027-03-29T08:00:00.000Z'),
});

export const UserSchema = Type.Object({
  organizationId: said("The caller's own id of the organization.", 'acme'),
  userId: CallersUserId,
  policy: OwnPolicy,
  effectivePolicy: oneOf<Policy>(['off', 'optional', 'mandatory'], {
    description: "The stricter of the user's own policy and the organization's.",
    examples: ['mandatory'],
  }),
  enrolled: Type.Boolean({
    description: 'Whether there is an active factor.',
    examples: [true],
  }),
  factors: Type.Array(Type.Object(factorFields), { description: 'The active ones.' }),
  devices: Type.Array(
    Type.Object({
      ...DeviceSchema.properties,
      reachable: Type.Boolean({ description: 'Whether codes go there now.', examples: [true] }),
    }),
    { description: 'The installed apps of the user.' },
  ),
  lockedUntil: LockedUntil,
  knownDevices: Type.Array(KnownDeviceSchema, {
    description: 'Browsers and apps that are remembered.',
  }),
  recoveryCodesRemaining: counted('How many recovery codes are still good.', 10),
});

export const RecoveryCodesSchema = Type.Object({
  codes: Type.Array(Type.String(), {
    description: 'Shown once. Each is good once.',
    examples: [['7K2M-9QXD-04TR-HN6V', 'C3HW-5ZPA-88KQ-2FRT']],
  }),
});

export const ListedUserSchema = Type.Object({
  userId: CallersUserId,
  policy: OwnPolicy,
  factors: counted('How many are active.', 1),
  unreachable: Type.Boolean({ description: 'Whether there are factors, but none that works now.' }),
  postponedAt: nullable(
    moment('When the user last put setting up a factor off.', '2027-02-20T12:00:00.000Z'),
  ),
  lockedUntil: LockedUntil,
});

export function presentUser(
  user: User,
  effective: Policy,
  recoveryCodesRemaining: number,
): Static<typeof UserSchema> {
  return {
    organizationId: user.organizationId,
    userId: user.userId,
    policy: user.policy,
    effectivePolicy: effective,
    enrolled: user.factors.length > 0,
    factors: user.factors.map((factor) => fieldsOf(user, factor)),
    devices: user.registeredDevices.map(presentDevice),
    lockedUntil: user.lockedUntil?.toISOString() ?? null,
    knownDevices: goodDevices(user).map(presentKnownDevice),
    recoveryCodesRemaining,
  };
}

function presentDevice({ id, platform, waiting, reachable }: RegisteredDevice) {
  return { id, platform, waiting, reachable };
}

export function presentKnownDevice({ id, app, createdAt, lastSeenAt, expiresAt }: ListedDevice) {
  return {
    id,
    app,
    createdAt: createdAt.toISOString(),
    lastSeenAt: lastSeenAt.toISOString(),
    expiresAt: expiresAt.toISOString(),
  };
}

export function presentFactor(user: User, factor: Factor): Static<typeof FactorSchema> {
  const number = factor.method === 'call' ? { phoneNumber: factor.address } : {};
  return { ...fieldsOf(user, factor), ...number };
}

export function presentListedUser(user: ListedUser): Static<typeof ListedUserSchema> {
  const { userId, policy, factors, unreachable, postponedAt, lockedUntil } = user;
  const times = {
    postponedAt: postponedAt?.toISOString() ?? null,
    lockedUntil: lockedUntil?.toISOString() ?? null,
  };
  return { userId, policy, factors, unreachable, ...times };
}

function fieldsOf(user: User, { id, method, role, address, createdAt }: Factor) {
  const { hint, reachesDevices } = factorKind(method);
  const reached = user.devices.length;
  return {
    id,
    method,
    role,
    status: 'active' as const,
    hint: hint(address, reached),
    createdAt: createdAt.toISOString(),
    devices: reachesDevices ? reached : null,
  };
}
