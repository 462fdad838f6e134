/** Programs run apt-get by `flock` on this file: of two at once, one would be refused. */
export const aptLock = '/run/lock/doublecheck-apt';
