<?php

declare(strict_types=1);

namespace Doublecheck;

/** No answer came, or none that helps, however often the call was repeated. What it asked for may have happened. */
final class Unavailable extends \RuntimeException
{
}
