/** Where a server listens. */
export type Address = { host: string; port: number };

/** Access to each server of Sentinels or a cluster. A URL has this itself. */
export type Access = {
  username?: string | undefined;
  password?: string | undefined;
  tls?: boolean | undefined;
};

/** How Redis is found: one server, the master that Sentinels name, or a cluster. */
export type RedisTopology =
  | { kind: 'url'; url: string }
  | ({
      kind: 'sentinel';
      sentinels: readonly Address[];
      master: string;
      sentinelPassword?: string | undefined;
    } & Access)
  | ({ kind: 'cluster'; nodes: readonly Address[] } & Access);

export type SentinelTopology = Extract<RedisTopology, { kind: 'sentinel' }>;
export type ClusterTopology = Extract<RedisTopology, { kind: 'cluster' }>;

/** Access to a server, as options of ioredis. */
export function accessOptions({ username, password, tls }: Access) {
  return { ...(username && { username }), ...(password && { password }), ...(tls && { tls: {} }) };
}
