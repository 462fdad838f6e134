<?php

declare(strict_types=1);

namespace Doublecheck;

/** A result that lets nobody in: forged, expired, or of another login. */
final class ResultRefused extends \RuntimeException
{
}
