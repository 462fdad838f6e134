<?php

declare(strict_types=1);

namespace Doublecheck;

/** Checks who sent a webhook (Standard Webhooks). */
final class Webhook
{
    private const TOLERANCE_SECONDS = 300;

    /**
     * @param string|list<string> $secrets `whsec_…`; several while a new one takes over
     * @param array<string, string> $headers in any case
     * @param string $body exactly as it came: `file_get_contents('php://input')`
     * @return array<string, mixed> the alert. The same `webhook-id` may come twice
     * @throws WebhookRefused
     */
    public static function verify(
        #[\SensitiveParameter] string|array $secrets,
        array $headers,
        string $body,
        ?int $now = null,
    ): array {
        $headers = array_change_key_case($headers);
        $id = (string) ($headers['webhook-id'] ?? '');
        $at = (string) ($headers['webhook-timestamp'] ?? '');
        $old = abs(($now ?? time()) - (int) $at) > self::TOLERANCE_SECONDS;
        if ($id === '' || !ctype_digit($at) || $old) {
            throw new WebhookRefused('The webhook has no headers, or is too old');
        }
        $given = explode(' ', (string) ($headers['webhook-signature'] ?? ''));
        foreach ((array) $secrets as $secret) {
            $right = 'v1,' . base64_encode(hash_hmac('sha256', "$id.$at.$body", self::key($secret), true));
            foreach ($given as $signature) {
                if (hash_equals($right, $signature)) {
                    return json_decode($body, true, flags: JSON_THROW_ON_ERROR);
                }
            }
        }
        throw new WebhookRefused('The webhook is not signed with this secret');
    }

    private static function key(#[\SensitiveParameter] string $secret): string
    {
        $key = base64_decode(str_replace('whsec_', '', $secret), true);
        if ($key === false || strlen($key) < 24) {
            throw new WebhookRefused('The secret is none of a webhook');
        }
        return $key;
    }
}
