<?php

declare(strict_types=1);

use Doublecheck\{Doublecheck, Expected, Problem, Transport, Unavailable, WhenAway};
use PHPUnit\Framework\TestCase;

require_once __DIR__ . '/StandIn.php';

/** What the client does when answers are lost or refusals. */
final class CallsTest extends TestCase
{
    private const LOGIN = ['organizationId' => 'acme', 'userId' => '42', 'app' => ['name' => 'panel']];

    private ?StandIn $standIn = null;

    protected function tearDown(): void
    {
        $this->standIn?->close();
    }

    private function against(array ...$replies): Doublecheck
    {
        $this->standIn = new StandIn($replies);
        return new Doublecheck($this->standIn->url, 'dct_key', 2);
    }

    private static function problem(int $status, string $name, array $more = []): array
    {
        return [$status, ['type' => "/problems/$name", 'title' => $name, 'status' => $status, ...$more]];
    }

    public function testAFailureIsRepeatedWithTheSameIdempotencyKeyAndBody(): void
    {
        $failures = [self::problem(503, 'unavailable'), self::problem(409, 'request-in-progress')];
        $doublecheck = $this->against(...[...$failures, [201, ['id' => 'c-1']]]);
        self::assertSame('c-1', $doublecheck->start(self::LOGIN, WhenAway::Refuse)['id']);
        [$first, $second, $third] = $this->standIn->requests();
        self::assertSame([$first, $first], [$second, $third]);
        self::assertMatchesRegularExpression('/^[0-9a-f]{32}$/', $first['key']);
        self::assertSame('Bearer dct_key', $first['bearer']);
    }

    public function testARefusalIsNotRepeatedAndSaysWhy(): void
    {
        $doublecheck = $this->against(self::problem(422, 'code-incorrect', ['attemptsRemaining' => 3]));
        try {
            $doublecheck->challenge('token')->verify('0123');
            self::fail('not refused');
        } catch (Problem $problem) {
            self::assertSame(['code-incorrect', 422], [$problem->name, $problem->status]);
            self::assertSame(3, $problem->body['attemptsRemaining']);
        }
        self::assertCount(1, $this->standIn->requests());
        self::assertSame('Bearer token', $this->standIn->requests()[0]['bearer']);
    }

    public function testTheMessageOfARefusalSaysWhichFieldsAreWrongOrWhatHappened(): void
    {
        $errors = [['pointer' => '/returnUrl', 'detail' => 'is not allowed']];
        $wrong = self::problem(400, 'invalid-request', ['errors' => $errors, 'detail' => 'Correct the fields.']);
        $forbidden = self::problem(403, 'forbidden', ['detail' => 'The API key lacks the scope `users`.']);
        $doublecheck = $this->against($wrong, $forbidden);
        foreach (['/returnUrl is not allowed', 'The API key lacks the scope `users`.'] as $reason) {
            try {
                $doublecheck->start(self::LOGIN, WhenAway::Refuse);
                self::fail('not refused');
            } catch (Problem $problem) {
                self::assertStringEndsWith(". $reason", $problem->getMessage());
            }
        }
    }

    public function testAKnownDeviceIsRememberedWhenTheUserWantsIt(): void
    {
        $claims = ['sub' => '42', 'org' => 'acme', 'cid' => 'c-1', 'purpose' => 'login'];
        $doublecheck = $this->against([200, $claims]);
        $doublecheck->challenge('token')->verify('0123', rememberDevice: true);
        $doublecheck->redeem('result', new Expected('acme', '42', 'c-1'), rememberDevice: false);
        [$verified, $redeemed] = array_map(fn ($request) => json_decode($request['body'], true), $this->standIn->requests());
        self::assertSame(['code' => '0123', 'rememberDevice' => true], $verified);
        self::assertSame(['token' => 'result', 'purpose' => 'login', 'rememberDevice' => false], $redeemed);
    }

    public function testADeliveryThatFailedIsForTheUserToDecideOn(): void
    {
        $doublecheck = $this->against(self::problem(502, 'delivery-failed'));
        $this->expectExceptionObject(new Problem('delivery-failed', 502, ['title' => 'delivery-failed'], 0));
        $doublecheck->challenge('token')->sendCode();
    }

    public function testWhileDoublecheckIsAwayTheCallersChoiceDecides(): void
    {
        $away = new Doublecheck('http://127.0.0.1:' . StandIn::freePort(), 'dct_key', 1);
        self::assertNull($away->start(self::LOGIN, WhenAway::LetIn));
        $this->expectException(Unavailable::class);
        $away->start(self::LOGIN, WhenAway::Refuse);
    }

    public function testARefusalLetsNobodyInWhateverTheChoice(): void
    {
        $doublecheck = $this->against(self::problem(429, 'too-many-requests'));
        $this->expectException(Problem::class);
        $doublecheck->start(self::LOGIN, WhenAway::LetIn);
    }

    public function testAPostWithoutAnIdempotencyKeyIsMadeOnce(): void
    {
        $doublecheck = $this->against(self::problem(503, 'unavailable'));
        try {
            $doublecheck->request('POST', '/v1/test/challenges/c-1/advance', ['seconds' => 30]);
            self::fail('not refused');
        } catch (Unavailable) {
            self::assertCount(1, $this->standIn->requests());
        }
    }

    public function testTheUserAgentHasTheVersion(): void
    {
        $this->against([201, []])->start(self::LOGIN, WhenAway::Refuse);
        $agent = 'doublecheck-client-php/' . Transport::VERSION;
        self::assertSame($agent, $this->standIn->requests()[0]['agent']);
    }
}
