<?php

/** Gives the replies of a file, one after the other, and keeps what came. Runs in PHP's own server. */

$folder = getenv('STAND_IN');
$requests = is_file("$folder/requests") ? file("$folder/requests") : [];
$replies = json_decode(file_get_contents("$folder/replies"), true);
$request = [
    'method' => $_SERVER['REQUEST_METHOD'],
    'url' => $_SERVER['REQUEST_URI'],
    'key' => $_SERVER['HTTP_IDEMPOTENCY_KEY'] ?? null,
    'agent' => $_SERVER['HTTP_USER_AGENT'] ?? null,
    'bearer' => $_SERVER['HTTP_AUTHORIZATION'] ?? null,
    'body' => file_get_contents('php://input'),
];
file_put_contents("$folder/requests", json_encode($request) . "\n", FILE_APPEND);
[$status, $body] = $replies[min(count($requests), count($replies) - 1)];
http_response_code($status);
header('Content-Type: application/json');
header('Retry-After: 0');
echo json_encode($body);
