<?php

declare(strict_types=1);

use Doublecheck\{Doublecheck, Expected, Problem, Webhook, WebhookRefused, WhenAway};
use PHPUnit\Framework\TestCase;

/** A real login on a running service, with a test key: `npm run clients` in the root starts one. */
final class LoginTest extends TestCase
{
    private Doublecheck $doublecheck;
    private string $url;
    private string $organizationId;

    protected function setUp(): void
    {
        $this->url = (string) getenv('DOUBLECHECK_URL');
        $this->doublecheck = new Doublecheck($this->url, (string) getenv('DOUBLECHECK_API_KEY'));
        // Of its own, so that its numbers are too.
        $this->organizationId = 'org-' . bin2hex(random_bytes(8));
        $path = "/v1/organizations/$this->organizationId";
        $this->doublecheck->request('PUT', $path, ['policy' => 'mandatory']);
    }

    private function start(): array
    {
        $who = ['organizationId' => $this->organizationId, 'userId' => '42'];
        return $this->doublecheck->start([...$who, 'app' => ['name' => 'company-panel']], WhenAway::Refuse);
    }

    private function codeOf(string $id): string
    {
        return $this->doublecheck->request('GET', "/v1/test/challenges/$id/code")['code'];
    }

    public function testAUserSetsAPhoneUpIsLetInAndSignsInAgainWithACode(): void
    {
        $first = $this->start();
        $screen = $this->doublecheck->challenge($first['challengeToken']);
        self::assertSame('999*****00', $screen->addPhone('+999 000 000 00')['code']['hint']);
        $screen->verify($this->codeOf($first['id']));
        self::assertSame('approved', $screen->skip()['status']);

        $second = $this->start();
        $screen = $this->doublecheck->challenge($second['challengeToken']);
        $code = $this->codeOf($second['id']);
        try {
            $screen->verify($code === '0000' ? '0001' : '0000');
            self::fail('a wrong code was taken');
        } catch (Problem $problem) {
            self::assertSame(['code-incorrect', 4], [$problem->name, $problem->body['attemptsRemaining']]);
        }
        $token = $screen->verify($code)['result']['token'];
        self::assertSame('approved', $this->doublecheck->find($second['id'])['status']);
        $this->redeemOnce($token, new Expected($this->organizationId, '42', $second['id']));
    }

    private function redeemOnce(string $token, Expected $expected): void
    {
        $results = $this->doublecheck->results($this->url, (string) getenv('CLIENT'));
        $offline = $results->verify($token, $expected);
        $claims = $this->doublecheck->redeem($token, $expected);
        self::assertNull($claims['knownDevice']);
        unset($claims['knownDevice']);
        self::assertSame($claims, $offline);
        self::assertSame(['pwd', 'mfa', 'otp', 'tel'], $claims['amr']);
        $this->expectExceptionMessageMatches('/^result-already-redeemed/');
        $this->doublecheck->redeem($token, $expected);
    }

    public function testAWebhookOfTheServiceIsVerifiedAndAChangedOneIsNot(): void
    {
        ['secret' => $secret, 'headers' => $headers, 'body' => $body]
            = json_decode(file_get_contents((string) getenv('WEBHOOK')), true);
        self::assertSame('factor.added', Webhook::verify($secret, $headers, $body)['type']);
        $this->expectException(WebhookRefused::class);
        Webhook::verify($secret, $headers, str_replace('factor.added', 'factor.removed', $body));
    }

    public function testAWholeLoginTakesAtMost40LinesOfTheCaller(): void
    {
        $lines = file(dirname(__DIR__, 3) . '/examples/php/login.php');
        $code = array_filter($lines, fn ($line) => !preg_match('~^\s*$|^<\?php|^/\*\*~', $line));
        self::assertLessThanOrEqual(40, count($code));
    }
}
