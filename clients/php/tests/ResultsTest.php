<?php

declare(strict_types=1);

use Doublecheck\{Doublecheck, Expected, ResultRefused};
use PHPUnit\Framework\TestCase;

require_once __DIR__ . '/StandIn.php';

/** A result is checked offline against the keys of the service, and never counts for another login. */
final class ResultsTest extends TestCase
{
    private const ISSUER = 'https://2fa.example';

    private StandIn $standIn;
    private string $key;

    protected function setUp(): void
    {
        $pair = sodium_crypto_sign_keypair();
        $this->key = sodium_crypto_sign_secretkey($pair);
        $x = self::encode(sodium_crypto_sign_publickey($pair));
        $jwk = ['kty' => 'OKP', 'crv' => 'Ed25519', 'x' => $x, 'kid' => 'k1'];
        $this->standIn = new StandIn([[200, ['keys' => [$jwk]]]]);
    }

    protected function tearDown(): void
    {
        $this->standIn->close();
    }

    private static function encode(string $bytes): string
    {
        return rtrim(strtr(base64_encode($bytes), '+/', '-_'), '=');
    }

    private function sign(array $claims = [], array $header = [], ?string $key = null): string
    {
        $header = ['alg' => 'EdDSA', 'typ' => 'result+jwt', 'kid' => 'k1', ...$header];
        $login = ['sub' => '42', 'org' => 'acme', 'cid' => 'c-1', 'purpose' => 'login'];
        $times = ['iat' => time(), 'exp' => time() + 60];
        $claims = ['iss' => self::ISSUER, 'aud' => 'panel', ...$login, ...$times, ...$claims];
        $signed = self::encode(json_encode($header)) . '.' . self::encode(json_encode($claims));
        return $signed . '.' . self::encode(sodium_crypto_sign_detached($signed, $key ?? $this->key));
    }

    private function verify(string $token, ?Expected $expected = null, string $apiKey = 'dck_key'): array
    {
        $doublecheck = new Doublecheck($this->standIn->url, $apiKey);
        $results = $doublecheck->results(self::ISSUER, 'panel');
        return $results->verify($token, $expected ?? new Expected('acme', '42', 'c-1'));
    }

    public function testAResultOfTheExpectedLoginIsGood(): void
    {
        self::assertSame('c-1', $this->verify($this->sign())['cid']);
    }

    public function testItsKeysAreRememberedInAFile(): void
    {
        $file = tempnam(sys_get_temp_dir(), 'keys');
        for ($i = 0; $i < 3; $i++) {
            $results = (new Doublecheck($this->standIn->url, 'dck_key'))->results(self::ISSUER, 'panel', $file);
            $results->verify($this->sign(), new Expected('acme', '42', 'c-1'));
        }
        unlink($file);
        self::assertCount(1, $this->standIn->requests());
    }

    /** @dataProvider wrong */
    public function testAnyOtherTokenIsRefused(array $claims, array $header): void
    {
        $this->expectException(ResultRefused::class);
        $this->verify($this->sign($claims, $header));
    }

    public static function wrong(): array
    {
        return [
            'of test mode' => [['iss' => self::ISSUER . '/test'], []],
            'for another client' => [['aud' => 'other'], []],
            'expired' => [['exp' => time() - 60], []],
            'from the future' => [['iat' => time() + 60], []],
            'without an end' => [['exp' => null], []],
            'a challenge token' => [[], ['typ' => 'challenge+jwt']],
            'without a signature' => [[], ['alg' => 'none']],
            'another algorithm' => [[], ['alg' => 'HS256']],
            'under a key that is not published' => [[], ['kid' => 'k2']],
            'of another user' => [['sub' => '43'], []],
            'of another organization' => [['org' => 'other'], []],
            'of another challenge' => [['cid' => 'c-2'], []],
            'of another purpose' => [['purpose' => 'step-up'], []],
        ];
    }

    public function testATokenThatAnotherKeySignedIsRefused(): void
    {
        $other = sodium_crypto_sign_secretkey(sodium_crypto_sign_keypair());
        $this->expectException(ResultRefused::class);
        $this->verify($this->sign([], [], $other));
    }

    /** @dataProvider noTokens */
    public function testWhatIsNoTokenIsRefused(string $token): void
    {
        $this->expectException(ResultRefused::class);
        $this->verify($token);
    }

    public static function noTokens(): array
    {
        return [['garbage'], ['a.b'], ['a.b.c'], ['a.b.c.d'], ['']];
    }

    public function testWithATestKeyTheKeysAndTheIssuerAreThoseOfTestMode(): void
    {
        $token = $this->sign(['iss' => self::ISSUER . '/test']);
        self::assertSame('42', $this->verify($token, apiKey: 'dct_key')['sub']);
        self::assertSame('/test/.well-known/jwks.json', $this->standIn->requests()[0]['url']);
    }

    public function testWithoutSodiumTheErrorSaysWhatToInstall(): void
    {
        $autoload = var_export(dirname(__DIR__) . '/autoload.php', true);
        $code = "require $autoload; (new Doublecheck\\Doublecheck('http://a', 'dck_a'))->results('http://a', 'a');";
        $without = ' -d disable_functions=sodium_crypto_sign_verify_detached';
        exec(PHP_BINARY . "$without -r " . escapeshellarg($code) . ' 2>&1', $lines, $exit);
        self::assertNotSame(0, $exit);
        self::assertStringContainsString('needs ext-sodium', implode("\n", $lines));
    }
}
