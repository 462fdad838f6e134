<?php

declare(strict_types=1);

namespace Doublecheck;

/** The service answered, and refused. */
final class Problem extends \RuntimeException
{
    /** @param array<string, mixed> $body as in openapi.yaml; `attemptsRemaining`, `errors`, `challenge` where they apply */
    public function __construct(
        /** `code-incorrect`, `locked`, …; `unknown` for what is no problem of Doublecheck. */
        public readonly string $name,
        public readonly int $status,
        public readonly array $body,
        public readonly int $retryAfterSeconds,
    ) {
        $title = $body['title'] ?? "answered $status";
        parent::__construct("$name: $title. " . self::reason($body));
    }

    /** @param array<string, mixed> $body which fields are wrong, or what happened and what helps */
    private static function reason(array $body): string
    {
        $wrong = array_map(fn (array $error) => "{$error['pointer']} {$error['detail']}", $body['errors'] ?? []);
        return implode('; ', $wrong) ?: (string) ($body['detail'] ?? '');
    }

    /** @param array<string, string> $headers */
    public static function of(int $status, array $headers, mixed $body): self
    {
        $fields = is_array($body) ? $body : [];
        $type = (string) ($fields['type'] ?? '');
        $name = str_starts_with($type, '/problems/') ? substr($type, strlen('/problems/')) : 'unknown';
        return new self($name, $status, $fields, (int) ($headers['retry-after'] ?? 0));
    }
}
