<?php

declare(strict_types=1);

namespace Doublecheck;

/** The second step of a login. Calls throw `Problem` when refused, `Unavailable` without an answer. */
final class Doublecheck
{
    private readonly Transport $transport;

    /** @param string $apiKey `dck_…`, or `dct_…` for test mode; keep it on the backend */
    public function __construct(
        string $url,
        #[\SensitiveParameter] private readonly string $apiKey,
        float $timeoutSeconds = 10,
        int $tries = 3,
    ) {
        $this->transport = new Transport(rtrim($url, '/'), $timeoutSeconds, $tries);
    }

    /** One for each call: the same key again is the same call. */
    public static function newKey(): string
    {
        return bin2hex(random_bytes(16));
    }

    /**
     * Starts the second step, after name and password.
     *
     * @param array<string, mixed> $login `organizationId`, `userId`, `app`, … as in openapi.yaml
     * @return array<string, mixed>|null the Challenge with its `challengeToken`. Null: Doublecheck is away, and
     *     `WhenAway::LetIn` says that the password is enough
     */
    public function start(
        array $login,
        WhenAway $whenAway,
        ?string $idempotencyKey = null,
        ?string $callerAddress = null,
    ): ?array {
        $headers = $callerAddress === null ? [] : ["X-Caller-Address: $callerAddress"];
        $key = $idempotencyKey ?? self::newKey();
        try {
            return $this->transport->call('POST', '/v1/challenges', $this->apiKey, $login, $key, $headers);
        } catch (Unavailable $away) {
            return $whenAway === WhenAway::LetIn ? null : throw $away;
        }
    }

    /**
     * Where a challenge stands, until 15 minutes after its end: for the client that started it.
     *
     * @param string|null $proof what the page added to the `returnUrl`: without it there is no `result`
     * @return array<string, mixed>
     */
    public function find(string $challengeId, ?string $proof = null): array
    {
        $query = $proof === null ? '' : '?proof=' . rawurlencode($proof);
        $path = '/v1/challenges/' . rawurlencode($challengeId) . $query;
        return $this->transport->call('GET', $path, $this->apiKey);
    }

    public function challenge(#[\SensitiveParameter] string $token): Challenge
    {
        return new Challenge($this->transport, $token);
    }

    /**
     * Redeems a result: once, and only for what was started.
     *
     * @param bool|null $rememberDevice null: what the user ticked, and true on a known device
     * @return array<string, mixed> its claims, and `knownDevice`: the token to keep in a cookie, or null
     */
    public function redeem(
        string $resultToken,
        Expected $expected,
        ?string $idempotencyKey = null,
        ?bool $rememberDevice = null,
    ): array {
        $remember = $rememberDevice === null ? [] : ['rememberDevice' => $rememberDevice];
        $body = ['token' => $resultToken, 'purpose' => $expected->purpose, ...$remember];
        $key = $idempotencyKey ?? self::newKey();
        $claims = $this->transport->call('POST', '/v1/results/redeem', $this->apiKey, $body, $key);
        return $expected->require($claims);
    }

    /**
     * Checks results without the service, beside redeeming them and never in its place: only redeeming is once.
     *
     * @param string $issuer the service's `ISSUER`
     * @param string $client the name of this client, as `clients create` got it
     * @param string|null $keysFile remembers the keys for minutes: a path that only this application can write
     */
    public function results(string $issuer, string $client, ?string $keysFile = null): Results
    {
        $mode = str_starts_with($this->apiKey, 'dct_') ? '/test' : '';
        $keys = new PublishedKeys($this->transport, "$mode/.well-known/jwks.json", $keysFile);
        return new Results($keys, $issuer . $mode, $client);
    }

    /**
     * Any other call of the API.
     *
     * @param array<string, mixed>|null $body
     * @param list<string> $headers such as `X-Actor: 42`
     * @return array<string, mixed>
     */
    public function request(string $method, string $path, ?array $body = null, array $headers = []): array
    {
        return $this->transport->call($method, $path, $this->apiKey, $body, null, $headers);
    }
}
