<?php

declare(strict_types=1);

namespace Doublecheck;

/** The keys that results are signed with (RFC 7517). Asked for again when they are old, or for a new one. */
final class PublishedKeys
{
    private const FRESH_SECONDS = 600;
    private const ASK_AGAIN_SECONDS = 30;

    /** @var array{at: int, keys: array<string, string>}|null */
    private ?array $known = null;

    public function __construct(
        private readonly Transport $transport,
        private readonly string $path,
        private readonly ?string $file,
    ) {
    }

    /** The 32 bytes of an Ed25519 key; null for a key that is not published. */
    public function find(string $kid): ?string
    {
        $this->known ??= $this->read();
        $age = time() - ($this->known['at'] ?? 0);
        $missing = !isset($this->known['keys'][$kid]);
        if ($age > self::FRESH_SECONDS || ($missing && $age > self::ASK_AGAIN_SECONDS)) {
            $this->known = $this->ask();
        }
        return $this->known['keys'][$kid] ?? null;
    }

    /** @return array{at: int, keys: array<string, string>} */
    private function ask(): array
    {
        $keys = [];
        foreach ($this->transport->call('GET', $this->path)['keys'] ?? [] as $jwk) {
            $bytes = Results::decode((string) ($jwk['x'] ?? ''));
            if (($jwk['crv'] ?? '') === 'Ed25519' && strlen($bytes) === 32) {
                $keys[(string) $jwk['kid']] = base64_encode($bytes);
            }
        }
        $known = ['at' => time(), 'keys' => $keys];
        if ($this->file !== null) {
            file_put_contents($this->file, json_encode($known), LOCK_EX);
        }
        return self::opened($known);
    }

    /** @return array{at: int, keys: array<string, string>}|null */
    private function read(): ?array
    {
        $text = $this->file !== null && is_file($this->file) ? file_get_contents($this->file) : '';
        $known = json_decode((string) $text, true);
        return is_array($known) ? self::opened($known) : null;
    }

    /** @param array{at: int, keys: array<string, string>} $known */
    private static function opened(array $known): array
    {
        return ['at' => $known['at'], 'keys' => array_map('base64_decode', $known['keys'])];
    }
}
