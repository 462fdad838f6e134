<?php

/** For those who do not use Composer. */

declare(strict_types=1);

spl_autoload_register(static function (string $class): void {
    if (str_starts_with($class, 'Doublecheck\\')) {
        require __DIR__ . '/src/' . substr($class, strlen('Doublecheck\\')) . '.php';
    }
});
