<?php

declare(strict_types=1);

namespace Doublecheck;

/** What a login does when Doublecheck does not answer. There is no default: it is your risk. */
enum WhenAway
{
    /** Nobody signs in: `Unavailable` is thrown. */
    case Refuse;

    /** The password alone is enough: `start` returns null. Log it. */
    case LetIn;
}
