/** `test` is for trying out an integration. Nothing of one mode exists in the other. */
export type Mode = 'live' | 'test';

/** What names of test mode begin with. No caller's id and no client's name begins with a space. */
export const testMark = ' test:';

/** The name of an organization or client, as it is stored. */
export function nameIn(mode: Mode, shown: string): string {
  return mode === 'test' ? testMark + shown : shown;
}

/** Under which names a client may have keys. */
export function inEachMode(shown: string): string[] {
  return [shown, nameIn('test', shown)];
}

export function modeOf(name: string): Mode {
  return name.startsWith(testMark) ? 'test' : 'live';
}

/** The name as its owner wrote it. */
export function shownName(name: string): string {
  return modeOf(name) === 'test' ? name.slice(testMark.length) : name;
}
