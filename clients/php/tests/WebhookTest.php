<?php

declare(strict_types=1);

use Doublecheck\{Webhook, WebhookRefused};
use PHPUnit\Framework\TestCase;

/** A webhook is believed when Doublecheck signed it, a short time ago. */
final class WebhookTest extends TestCase
{
    // Of the specification of Standard Webhooks.
    private const SECRET = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
    private const BODY = '{"test": 2432232314}';
    private const AT = 1614265330;
    private const HEADERS = [
        'Webhook-Id' => 'msg_p5jXN8AQM9LWM0D4loKWxJek',
        'Webhook-Timestamp' => '1614265330',
        'Webhook-Signature' => 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
    ];

    public function testTheExampleOfTheSpecificationIsGood(): void
    {
        self::assertSame(['test' => 2432232314], Webhook::verify(self::SECRET, self::HEADERS, self::BODY, self::AT));
    }

    public function testOneOfSeveralSignaturesIsEnough(): void
    {
        $several = 'v1,AAAA v2,BBBB ' . self::HEADERS['Webhook-Signature'];
        $headers = ['Webhook-Signature' => $several] + self::HEADERS;
        self::assertIsArray(Webhook::verify(self::SECRET, $headers, self::BODY, self::AT));
    }

    public function testWhileASecretTakesOverEitherIsGood(): void
    {
        $other = 'whsec_' . base64_encode(str_repeat('a', 32));
        foreach ([[$other, self::SECRET], [self::SECRET, $other]] as $secrets) {
            self::assertIsArray(Webhook::verify($secrets, self::HEADERS, self::BODY, self::AT));
        }
        $this->expectException(WebhookRefused::class);
        Webhook::verify([], self::HEADERS, self::BODY, self::AT);
    }

    /** @dataProvider wrong */
    public function testAnythingElseIsRefused(array $headers, string $body, int $now, string $secret): void
    {
        $this->expectException(WebhookRefused::class);
        Webhook::verify($secret, $headers + self::HEADERS, $body, $now);
    }

    public static function wrong(): array
    {
        $other = 'whsec_' . base64_encode(str_repeat('a', 32));
        return [
            'another body' => [[], self::BODY . ' ', self::AT, self::SECRET],
            'another id' => [['Webhook-Id' => 'msg_1'], self::BODY, self::AT, self::SECRET],
            'another secret' => [[], self::BODY, self::AT, $other],
            'an empty secret' => [[], self::BODY, self::AT, ''],
            'too old' => [[], self::BODY, self::AT + 301, self::SECRET],
            'of the future' => [[], self::BODY, self::AT - 301, self::SECRET],
            'no time' => [['Webhook-Timestamp' => ''], self::BODY, self::AT, self::SECRET],
            'no signature' => [['Webhook-Signature' => ''], self::BODY, self::AT, self::SECRET],
        ];
    }
}
