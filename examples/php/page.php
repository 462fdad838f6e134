<?php

/** A login with Doublecheck's page: a backend that asks for no password. `php -S 127.0.0.1:8000 page.php` */

use Doublecheck\{Doublecheck, Expected, WhenAway};

require __DIR__ . '/../../clients/php/autoload.php';

session_start(['cookie_httponly' => true, 'cookie_samesite' => 'Lax']);
[$organizationId, $userId] = [getenv('ORGANIZATION') ?: 'acme', getenv('DOUBLECHECK_USER') ?: '42'];
$doublecheck = new Doublecheck(getenv('DOUBLECHECK_URL'), getenv('DOUBLECHECK_API_KEY'));
// Allowed beforehand: clients allow-return company-panel http://127.0.0.1:8000/done
$returnUrl = "http://{$_SERVER['HTTP_HOST']}/done";

try {
    if (parse_url($_SERVER['REQUEST_URI'], PHP_URL_PATH) !== '/done') {
        // The password was right.
        $who = ['organizationId' => $organizationId, 'userId' => $userId];
        $login = [...$who, 'app' => ['name' => 'company-panel'], 'returnUrl' => $returnUrl];
        $challenge = $doublecheck->start($login, WhenAway::Refuse);
        if ($challenge['result'] === null) {
            $_SESSION['challenge'] = $challenge['id'];
            header("Location: {$challenge['pageUrl']}", true, 303);
            exit;
        }
    } else {
        // Only the browser that began this challenge ends it: the proof alone may be somebody else's.
        [$id, $proof] = [$_GET['challenge'] ?? '', $_GET['proof'] ?? null];
        $mine = isset($_SESSION['challenge']) && hash_equals($_SESSION['challenge'], $id);
        unset($_SESSION['challenge']);
        $challenge = $mine && $proof !== null ? $doublecheck->find($id, $proof) : ['result' => null];
    }
    if ($challenge['result'] === null) throw new RuntimeException('sign in again');
    $expected = new Expected($organizationId, $userId, $challenge['id']);
    $claims = $doublecheck->redeem($challenge['result']['token'], $expected);
    session_regenerate_id();
    echo "Let in: {$claims['sub']} by ", implode(' ', $claims['amr']), "\n";
} catch (RuntimeException $refusal) {
    http_response_code(403);
    echo "Not let in: {$refusal->getMessage()}\n";
}
