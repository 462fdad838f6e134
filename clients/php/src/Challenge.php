<?php

declare(strict_types=1);

namespace Doublecheck;

/** What a screen does, with the token of its challenge. Each call answers the Challenge as it now stands. */
final class Challenge
{
    public function __construct(private readonly Transport $transport, private readonly string $token)
    {
    }

    /** @return array<string, mixed> */
    public function get(): array
    {
        return $this->transport->call('GET', '/v1/challenge', $this->token);
    }

    /**
     * To this factor, else to the one in play, else to the primary.
     *
     * @return array<string, mixed>
     */
    public function sendCode(?string $factorId = null, ?string $idempotencyKey = null): array
    {
        return $this->post('/code', $factorId === null ? [] : ['factorId' => $factorId], $idempotencyKey);
    }

    /**
     * @param bool $rememberDevice the user wants this browser or app remembered
     * @return array<string, mixed>
     */
    public function verify(string $code, ?string $idempotencyKey = null, bool $rememberDevice = false): array
    {
        $remember = $rememberDevice ? ['rememberDevice' => true] : [];
        return $this->post('/verify', ['code' => $code, ...$remember], $idempotencyKey);
    }

    /** @return array<string, mixed> */
    public function verifyRecoveryCode(string $recoveryCode, ?string $idempotencyKey = null): array
    {
        return $this->post('/verify', ['recoveryCode' => $recoveryCode], $idempotencyKey);
    }

    /** @return array<string, mixed> */
    public function verifyPass(string $pass, ?string $idempotencyKey = null): array
    {
        return $this->post('/verify', ['pass' => $pass], $idempotencyKey);
    }

    /** @return array<string, mixed> */
    public function addPhone(string $phoneNumber, ?string $idempotencyKey = null): array
    {
        return $this->post('/factors', ['method' => 'call', 'phoneNumber' => $phoneNumber], $idempotencyKey);
    }

    /** @return array<string, mixed> */
    public function addPush(?string $idempotencyKey = null): array
    {
        return $this->post('/factors', ['method' => 'push'], $idempotencyKey);
    }

    /** @return array<string, mixed> */
    public function skip(?string $idempotencyKey = null): array
    {
        return $this->post('/skip', [], $idempotencyKey);
    }

    public function cancel(): void
    {
        $this->transport->call('DELETE', '/v1/challenge', $this->token);
    }

    /**
     * @param array<string, mixed> $body
     * @return array<string, mixed>
     */
    private function post(string $path, array $body, ?string $idempotencyKey): array
    {
        $key = $idempotencyKey ?? Doublecheck::newKey();
        return $this->transport->call('POST', "/v1/challenge$path", $this->token, $body, $key);
    }
}
