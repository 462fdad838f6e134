<?php

declare(strict_types=1);

/** A service on loopback that gives chosen replies. */
final class StandIn
{
    public readonly string $url;
    private readonly string $folder;
    /** @var resource */
    private $process;

    /** @param list<array{int, mixed}> $replies status and JSON */
    public function __construct(array $replies)
    {
        $this->folder = sys_get_temp_dir() . '/stand-in-' . bin2hex(random_bytes(6));
        mkdir($this->folder);
        file_put_contents("$this->folder/replies", json_encode($replies));
        $port = self::freePort();
        $this->url = "http://127.0.0.1:$port";
        $command = [PHP_BINARY, '-S', "127.0.0.1:$port", __DIR__ . '/stand-in.php'];
        $quiet = [1 => ['file', '/dev/null', 'w'], 2 => ['file', '/dev/null', 'w']];
        $this->process = proc_open($command, $quiet, $_, null, ['STAND_IN' => $this->folder]);
        while (!@fsockopen('127.0.0.1', $port)) {
            usleep(10_000);
        }
    }

    /** @return list<array<string, mixed>> what came, in order */
    public function requests(): array
    {
        return array_map(fn ($line) => json_decode($line, true), @file("$this->folder/requests") ?: []);
    }

    public function close(): void
    {
        proc_terminate($this->process);
        array_map('unlink', glob("$this->folder/*"));
        rmdir($this->folder);
    }

    public static function freePort(): int
    {
        $socket = stream_socket_server('tcp://127.0.0.1:0');
        return (int) substr(strrchr(stream_socket_get_name($socket, false), ':'), 1);
    }
}
