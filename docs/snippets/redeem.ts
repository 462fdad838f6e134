/** What the backend kept in its session when it started the challenge. */
type Started = { organizationId: string; userId: string; challengeId: string };

type Doublecheck = { url: string; apiKey: string; purpose?: 'login' | 'step-up' };

/** The claims of the result, if it is of the login that this session started. */
export async function redeem(
  token: string,
  started: Started,
  { url, apiKey, purpose = 'login' }: Doublecheck,
) {
  const answer = await fetch(`${url}/v1/results/redeem`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${apiKey}`,
      'content-type': 'application/json',
      // When no answer comes: the same request again, with the same key.
      'idempotency-key': `redeem-${started.challengeId}`,
    },
    body: JSON.stringify({ token, purpose }),
    signal: AbortSignal.timeout(5_000),
  });
  const claims = (await answer.json()) as Record<string, unknown>;
  if (!answer.ok) throw new Error(`refused: ${claims['type']}`);
  const same =
    claims['sub'] === started.userId &&
    claims['org'] === started.organizationId &&
    claims['cid'] === started.challengeId &&
    claims['purpose'] === purpose;
  if (!same) throw new Error('refused: the result of another login');
  return claims;
}
