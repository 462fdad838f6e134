import Type, { type Static } from 'typebox';
import { factorKind } from '../../domain/factors/index.ts';
import type { Factor, ListedUser, Policy, RegisteredDevice, User } from '../../domain/people.ts';

const Time = Type.String({ format: 'date-time' });
const MaybeTime = Type.Union([Time, Type.Null()]);
const MaybePolicy = Type.Union([Type.String(), Type.Null()]);

const factorFields = {
  id: Type.String(),
  method: Type.String({ examples: ['call', 'push'] }),
  role: Type.String({ examples: ['primary', 'secondary'] }),
  status: Type.String({ description: 'A factor that is not confirmed yet is in no list.' }),
  hint: Type.String({ examples: ['316*****78', 'Qaller (2)'] }),
  createdAt: Time,
  devices: Type.Union([Type.Integer(), Type.Null()], {
    description: 'How many devices codes reach now, 0 too; null where they go to none.',
  }),
};

/** One device, in a list or after a change. */
export const DeviceSchema = Type.Object({
  id: Type.String(),
  platform: Type.String(),
  waiting: Type.Boolean({
    description:
      'Whether a new push token waits for a challenge from this device to be approved. Until then ' +
      'the old one stays in use.',
  }),
});

/** A factor with its full address, for its owner or an administrator. */
export const FactorSchema = Type.Object({
  ...factorFields,
  phoneNumber: Type.Optional(Type.String({ description: 'E.164; of a `call`.' })),
});

export const UserSchema = Type.Object({
  organizationId: Type.String(),
  userId: Type.String(),
  policy: MaybePolicy,
  effectivePolicy: Type.String(),
  enrolled: Type.Boolean({ description: 'Whether there is an active factor.' }),
  factors: Type.Array(Type.Object(factorFields)),
  devices: Type.Array(
    Type.Object({
      ...DeviceSchema.properties,
      reachable: Type.Boolean({ description: 'Whether codes go there now.' }),
    }),
  ),
  lockedUntil: MaybeTime,
  recoveryCodesRemaining: Type.Integer({ description: 'How many are still good.' }),
});

export const ListedUserSchema = Type.Object({
  userId: Type.String(),
  policy: MaybePolicy,
  factors: Type.Integer({ description: 'How many are active.' }),
  unreachable: Type.Boolean({ description: 'Whether there are factors, but none that works now.' }),
  postponedAt: MaybeTime,
  lockedUntil: MaybeTime,
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
    recoveryCodesRemaining,
  };
}

function presentDevice({ id, platform, waiting, reachable }: RegisteredDevice) {
  return { id, platform, waiting, reachable };
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
    status: 'active',
    hint: hint(address, reached),
    createdAt: createdAt.toISOString(),
    devices: reachesDevices ? reached : null,
  };
}
