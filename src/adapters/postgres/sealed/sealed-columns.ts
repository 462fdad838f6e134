import type { Confirmation, Device, UserKey } from '../../../domain/people.ts';
import type { Place, Sealing } from '../../sealing.ts';

// The sealed columns and the hashes beside them. A sealed value is bound to its row. The hash of an
// address is bound to its user, so that it does not show which users share a phone.
const addresses = ['factors', 'address'] as const satisfies Place;
const tokens = ['devices', 'push_token'] as const satisfies Place;
const endpointSecrets = ['webhook_endpoints', 'secret'] as const satisfies Place;

/** Table and column of each. */
export const sealedColumns = [addresses, tokens, endpointSecrets];

type AddressRow = UserKey & Pick<Confirmation['factor'], 'id' | 'address'>;

export function sealedAddress(
  sealing: Sealing,
  { organizationId, userId }: UserKey,
  { id, address }: Pick<Confirmation['factor'], 'id' | 'address'>,
) {
  const [addressHash] = sealing.hashes(address, [...addresses, organizationId, userId]);
  const sealed = sealing.seal(address, [...addresses, organizationId, userId, id]);
  return { address: sealed, addressHash };
}

export function openAddress(sealing: Sealing, row: AddressRow): string {
  return sealing.open(row.address, [...addresses, row.organizationId, row.userId, row.id]);
}

type TokenRow = UserKey & Pick<Device, 'id' | 'pushToken'>;

export function sealedToken(
  sealing: Sealing,
  { organizationId, userId }: UserKey,
  { id, pushToken }: Pick<Device, 'id' | 'pushToken'>,
) {
  const [pushTokenHash] = tokenHashes(sealing, pushToken);
  const sealed = sealing.seal(pushToken, [...tokens, organizationId, userId, id]);
  return { pushToken: sealed, pushTokenHash };
}

export function openToken(sealing: Sealing, row: TokenRow): string {
  return sealing.open(row.pushToken, [...tokens, row.organizationId, row.userId, row.id]);
}

/** Not bound to a user, because a token has one device. A new row gets the first hash. */
export function tokenHashes(sealing: Sealing, pushToken: string): [string, ...string[]] {
  return sealing.hashes(pushToken, tokens);
}

type SecretRow = { client: string; secret: string };

export function sealedSecret(sealing: Sealing, { client, secret }: SecretRow): string {
  return sealing.seal(secret, [...endpointSecrets, client]);
}

export function openSecret(sealing: Sealing, { client, secret }: SecretRow): string {
  return sealing.open(secret, [...endpointSecrets, client]);
}
