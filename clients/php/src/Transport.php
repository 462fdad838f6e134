<?php

declare(strict_types=1);

namespace Doublecheck;

/** Calls over HTTP. What was lost is repeated with the same idempotency key: no second call, no second guess. */
final class Transport
{
    public const VERSION = '0.1.0';

    private const LONGEST_PAUSE_MS = 5_000;

    public function __construct(
        public readonly string $url,
        private readonly float $timeoutSeconds,
        private readonly int $tries,
    ) {
    }

    /**
     * @param array<string, mixed>|null $body
     * @param list<string> $headers
     * @return array<string, mixed> the JSON of the answer; empty without one
     * @throws Problem|Unavailable
     */
    public function call(
        string $method,
        string $path,
        ?string $bearer = null,
        ?array $body = null,
        ?string $idempotencyKey = null,
        array $headers = [],
    ): array {
        $repeatable = $method !== 'POST' || $idempotencyKey !== null;
        $sent = [...$headers, ...self::headersFor($bearer, $body, $idempotencyKey)];
        $json = $body === null ? null : json_encode((object) $body, JSON_THROW_ON_ERROR);
        for ($left = $repeatable ? $this->tries : 1; ; $left--) {
            [$status, $received, $answer] = $this->attempt($method, $path, $sent, $json);
            $again = self::isWorthRepeating($status, $answer);
            if (!$again || $left <= 1) {
                return self::result($status, $received, $answer);
            }
            $asked = (int) ($received['retry-after'] ?? 0) * 1000;
            usleep(1000 * min($asked ?: random_int(100, 300), self::LONGEST_PAUSE_MS));
        }
    }

    /** @return list<string> */
    private static function headersFor(?string $bearer, ?array $body, ?string $idempotencyKey): array
    {
        return array_values(array_filter([
            $bearer === null ? null : "Authorization: Bearer $bearer",
            $body === null ? null : 'Content-Type: application/json',
            $idempotencyKey === null ? null : "Idempotency-Key: $idempotencyKey",
        ]));
    }

    /**
     * @param list<string> $headers
     * @return array{int, array<string, string>, mixed} status 0 when no answer came
     */
    private function attempt(string $method, string $path, array $headers, ?string $json): array
    {
        $received = [];
        $curl = curl_init($this->url . $path);
        curl_setopt_array($curl, [
            CURLOPT_CUSTOMREQUEST => $method,
            CURLOPT_HTTPHEADER => $headers,
            CURLOPT_USERAGENT => 'doublecheck-client-php/' . self::VERSION,
            CURLOPT_RETURNTRANSFER => true,
            CURLOPT_FOLLOWLOCATION => false,
            CURLOPT_PROTOCOLS => CURLPROTO_HTTP | CURLPROTO_HTTPS,
            CURLOPT_TIMEOUT_MS => (int) ($this->timeoutSeconds * 1000),
            CURLOPT_HEADERFUNCTION => static function ($_, string $line) use (&$received): int {
                [$name, $value] = [...explode(':', $line, 2), ''];
                $received[strtolower(trim($name))] = trim($value);
                return strlen($line);
            },
        ]);
        if ($json !== null) {
            curl_setopt($curl, CURLOPT_POSTFIELDS, $json);
        }
        $text = curl_exec($curl);
        $status = $text === false ? 0 : curl_getinfo($curl, CURLINFO_RESPONSE_CODE);
        return [$status, $received, json_decode((string) $text, true)];
    }

    /** 502 says that a code could not be delivered: whether to try again is for the user to choose. */
    private static function isWorthRepeating(int $status, mixed $answer): bool
    {
        $underWay = is_array($answer) && ($answer['type'] ?? '') === '/problems/request-in-progress';
        return in_array($status, [0, 500, 503, 504], true) || ($status === 409 && $underWay);
    }

    /**
     * @param array<string, string> $headers
     * @return array<string, mixed>
     */
    private static function result(int $status, array $headers, mixed $answer): array
    {
        if (in_array($status, [0, 500, 503, 504], true)) {
            throw new Unavailable($status === 0 ? 'Doublecheck did not answer' : "Doublecheck answered $status");
        }
        if ($status >= 300) {
            throw Problem::of($status, $headers, $answer);
        }
        return is_array($answer) ? $answer : [];
    }
}
