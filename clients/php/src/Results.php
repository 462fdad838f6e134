<?php

declare(strict_types=1);

namespace Doublecheck;

/** Verifies results by the published keys: EdDSA alone, of one issuer, for one client. */
final class Results
{
    private const CLOCK_TOLERANCE_SECONDS = 5;

    public function __construct(
        private readonly PublishedKeys $keys,
        private readonly string $issuer,
        private readonly string $client,
    ) {
        if (!function_exists('sodium_crypto_sign_verify_detached')) {
            throw new \LogicException(
                'Verifying results offline needs ext-sodium: the openssl of PHP 8.2 cannot check Ed25519. '
                . 'Install it, or redeem results without verifying them first.',
            );
        }
    }

    /**
     * @return array<string, mixed> the claims
     * @throws ResultRefused
     */
    public function verify(string $token, Expected $expected): array
    {
        $parts = explode('.', $token);
        if (count($parts) !== 3) {
            throw new ResultRefused('Not a token');
        }
        [$header, $claims, $signature] = $parts;
        $this->requireSigned(self::json($header), "$header.$claims", self::decode($signature));
        $read = self::json($claims);
        $now = time();
        $good = ($read['iss'] ?? null) === $this->issuer
            && ($read['aud'] ?? null) === $this->client
            && is_int($read['exp'] ?? null) && $now < $read['exp'] + self::CLOCK_TOLERANCE_SECONDS
            && is_int($read['iat'] ?? null) && $now > $read['iat'] - self::CLOCK_TOLERANCE_SECONDS;
        return $good ? $expected->require($read) : throw new ResultRefused('Not a result for us, or expired');
    }

    /** @param array<string, mixed> $header */
    private function requireSigned(array $header, string $signed, string $signature): void
    {
        $ours = ($header['alg'] ?? null) === 'EdDSA' && ($header['typ'] ?? null) === 'result+jwt';
        $key = $ours ? $this->keys->find((string) ($header['kid'] ?? '')) : null;
        $good = $key !== null
            && strlen($signature) === SODIUM_CRYPTO_SIGN_BYTES
            && sodium_crypto_sign_verify_detached($signature, $signed, $key);
        if (!$good) {
            throw new ResultRefused('Not signed by Doublecheck');
        }
    }

    /** @return array<string, mixed> */
    private static function json(string $part): array
    {
        $read = json_decode(self::decode($part), true);
        return is_array($read) ? $read : [];
    }

    /** From base64url; empty for what is none. */
    public static function decode(string $text): string
    {
        return (string) base64_decode(strtr($text, '-_', '+/'), true);
    }
}
