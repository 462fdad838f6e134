<?php

/** A login with screens of your own, on the terminal. With a test key, it reads its codes itself. */

use Doublecheck\{Doublecheck, Expected, Problem, WhenAway};

require __DIR__ . '/../../clients/php/autoload.php';

[, $organizationId, $userId] = [...$argv, 'acme', '42'];
$key = getenv('DOUBLECHECK_API_KEY');
$test = str_starts_with($key, 'dct_');
$doublecheck = new Doublecheck(getenv('DOUBLECHECK_URL'), $key);
$ask = fn (string $question): string => trim((string) readline("$question: "));

$login = ['organizationId' => $organizationId, 'userId' => $userId, 'app' => ['name' => 'company-panel']];
$challenge = $doublecheck->start($login, WhenAway::Refuse);
$id = $challenge['id'];
$screen = $doublecheck->challenge($challenge['challengeToken']);

while (in_array($challenge['status'], ['enrol', 'verify'], true)) {
    try {
        if ($challenge['status'] === 'enrol' && $challenge['enrolment']['step'] === 'backup') {
            $challenge = $screen->skip();
        } elseif ($challenge['status'] === 'enrol') {
            $challenge = $screen->addPhone($test ? '+999 000 000 00' : $ask('Phone number'));
        } elseif ($challenge['code'] === null) {
            $challenge = $screen->sendCode();
        } else {
            $read = $test ? $doublecheck->request('GET', "/v1/test/challenges/$id/code") : [];
            $challenge = $screen->verify($read['code'] ?? $ask("Code sent to {$challenge['code']['hint']}"));
        }
    } catch (Problem $problem) {
        echo $problem->getMessage(), "\n";
        $challenge = $screen->get();
    }
}

if ($challenge['status'] !== 'approved') exit("Not let in: {$challenge['status']}\n");
$claims = $doublecheck->redeem($challenge['result']['token'], new Expected($organizationId, $userId, $id));
echo "Let in: {$claims['sub']} by ", implode(' ', $claims['amr']), "\n";
