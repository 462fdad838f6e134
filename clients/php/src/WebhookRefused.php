<?php

declare(strict_types=1);

namespace Doublecheck;

/** A webhook that Doublecheck did not send, or not now. */
final class WebhookRefused extends \RuntimeException
{
}
