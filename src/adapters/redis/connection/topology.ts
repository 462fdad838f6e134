/** Where a server listens. */
export type Address = { host: string; port: number };

/** What opens each server of a deployment of several; a URL holds this itself. */
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

/** A server's access in the words of ioredis. */
export function accessOptions({ username, password, tls }: Access) {
  return { ...(username && { username }), ...(password && { password }), ...(tls && { tls: {} }) };
}
