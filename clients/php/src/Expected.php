<?php

declare(strict_types=1);

namespace Doublecheck;

/** What the backend itself started: a result of anything else lets nobody in. */
final class Expected
{
    public function __construct(
        public readonly string $organizationId,
        public readonly string $userId,
        public readonly string $challengeId,
        public readonly string $purpose = 'login',
    ) {
    }

    /**
     * @param array<string, mixed> $claims
     * @return array<string, mixed> the same claims
     * @throws ResultRefused
     */
    public function require(array $claims): array
    {
        $same = ($claims['org'] ?? null) === $this->organizationId
            && ($claims['sub'] ?? null) === $this->userId
            && ($claims['cid'] ?? null) === $this->challengeId
            && ($claims['purpose'] ?? null) === $this->purpose;
        return $same ? $claims : throw new ResultRefused('The result is of another login');
    }
}
