import { Pool } from 'undici';

export type Answer = { status: number; body: Record<string, unknown>; cookies: string[] };

export type Sent = {
  method?: 'GET' | 'POST';
  headers?: Record<string, string>;
  body?: object;
};

/** Requests to one server, on connections that stay open. */
export type Http = {
  send(path: string, sent: Sent): Promise<Answer>;
  close(): Promise<void>;
};

export function openHttp(url: string): Http {
  // One request at a time on a connection, as many connections as logins in flight.
  const pool = new Pool(url, { connections: 128, pipelining: 1 });
  return {
    async send(path, { method = 'POST', headers = {}, body }) {
      const answer = await pool.request({
        path,
        method,
        headers: body ? { ...headers, 'content-type': 'application/json' } : headers,
        body: body ? JSON.stringify(body) : null,
      });
      const text = await answer.body.text();
      const cookies = [answer.headers['set-cookie'] ?? []].flat();
      return {
        status: answer.statusCode,
        body: text.startsWith('{') ? JSON.parse(text) : {},
        cookies,
      };
    },
    close: () => pool.destroy(),
  };
}
