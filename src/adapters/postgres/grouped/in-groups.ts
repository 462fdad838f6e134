import type { Limits } from '../connection/limits.ts';
import { groupTimeout } from '../connection/unavailable.ts';

const maxSize = 100;
const maxUnderWay = 2;

/** The pause before an item that was busy is sent again, in milliseconds. */
const pauseMs = () => 5 + 10 * Math.random();

export type Grouping<Item, Answer> = {
  /** Sends a group in one statement. Its answers have the order of the items. */
  send(group: Item[]): Promise<Answer[]>;
  /** Items with the same key are never in two groups at once. Null: it may be with any other. */
  keyOf(item: Item): string | null;
  /** Whether another transaction had what the item needs: it is sent again. */
  isBusy(answer: Answer): boolean;
};

/**
 * Sends together what arrives in one turn of the event loop, or while two groups are under way. Resolves when the
 * group of the item is committed. An item that is refused fails alone; one that stays busy fails as if it had waited
 * for a lock.
 */
export function inGroups<Item, Answer>(
  grouping: Grouping<Item, Answer>,
  limits: Limits,
): (item: Item) => Promise<Answer> {
  const groups = new Groups(grouping, limits);
  return (item) => groups.add(item);
}

type Waiting<Item, Answer> = {
  item: Item;
  key: string | null;
  since: number;
  /** Its group was refused, maybe because of another item. */
  alone: boolean;
} & Pick<PromiseWithResolvers<Answer>, 'resolve' | 'reject'>;

class Groups<Item, Answer> {
  readonly #grouping: Grouping<Item, Answer>;
  readonly #maxWaitMs: number;
  readonly #maxBusyMs: number;
  #waiting: Waiting<Item, Answer>[] = [];
  readonly #keysUnderWay = new Set<string>();
  #underWay = 0;
  #isPlanned = false;

  constructor(grouping: Grouping<Item, Answer>, { answerMs }: Limits) {
    this.#grouping = grouping;
    this.#maxWaitMs = answerMs / 2;
    this.#maxBusyMs = (answerMs * 3) / 8;
  }

  add(item: Item): Promise<Answer> {
    const { promise, ...settle } = Promise.withResolvers<Answer>();
    const key = this.#grouping.keyOf(item);
    this.#wait({ item, key, since: performance.now(), alone: false, ...settle });
    return promise;
  }

  #wait(one: Waiting<Item, Answer>): void {
    this.#waiting.push(one);
    this.#plan();
  }

  #plan(): void {
    if (this.#isPlanned || this.#underWay >= maxUnderWay) return;
    this.#isPlanned = true;
    setImmediate(() => {
      this.#isPlanned = false;
      this.#start();
    });
  }

  #start(): void {
    this.#refuseLate();
    const group = this.#takeGroup();
    if (group.length === 0) return;
    const keys = group.flatMap(({ key }) => key ?? []);
    this.#underWay += 1;
    for (const key of keys) this.#keysUnderWay.add(key);
    void this.#carryOut(group).finally(() => {
      this.#underWay -= 1;
      for (const key of keys) this.#keysUnderWay.delete(key);
      if (this.#waiting.length > 0) this.#start();
    });
    if (this.#waiting.length > 0) this.#plan();
  }

  /** Nobody waits any more for what would be sent now. */
  #refuseLate(): void {
    const oldest = performance.now() - this.#maxWaitMs;
    for (const { since, reject } of this.#waiting)
      if (since < oldest) reject(new Error(groupTimeout));
    this.#waiting = this.#waiting.filter(({ since }) => since >= oldest);
  }

  #takeGroup(): Waiting<Item, Answer>[] {
    const free = this.#waiting.filter(({ key }) => key === null || !this.#keysUnderWay.has(key));
    const [first] = free;
    const group = first?.alone ? [first] : free.filter(({ alone }) => !alone).slice(0, maxSize);
    const taken = new Set(group);
    this.#waiting = this.#waiting.filter((one) => !taken.has(one));
    // The same order on every replica, so that two groups do not wait in a circle.
    return group.sort(byKey);
  }

  async #carryOut(group: Waiting<Item, Answer>[]): Promise<void> {
    try {
      const answers = await this.#grouping.send(group.map(({ item }) => item));
      for (const [index, one] of group.entries()) this.#conclude(one, answers[index] as Answer);
    } catch (thrown) {
      if (group.length > 1 && changedNothing(thrown)) this.#sendEachAlone(group);
      else for (const { reject } of group) reject(thrown);
    }
  }

  #sendEachAlone(group: Waiting<Item, Answer>[]): void {
    this.#waiting = [...group.map((one) => ({ ...one, alone: true })), ...this.#waiting];
  }

  #conclude(one: Waiting<Item, Answer>, answer: Answer): void {
    if (!this.#grouping.isBusy(answer)) one.resolve(answer);
    else if (performance.now() - one.since > this.#maxBusyMs) one.reject(new StaysBusyError());
    else setTimeout(() => this.#wait(one), pauseMs());
  }
}

function byKey(one: { key: string | null }, other: { key: string | null }): number {
  const [a, b] = [one.key ?? '', other.key ?? ''];
  return a < b ? -1 : Number(a > b);
}

/** With the code of PostgreSQL for a lock that is not granted. */
class StaysBusyError extends Error {
  readonly code = '55P03';
  constructor() {
    super('Another transaction has it locked');
  }
}

/**
 * The codes of a refused row or a lock: the server took all of the statement back. After any other error, as of a lost
 * connection, the group may have been committed.
 */
const changesNothing = /^(2[123]|40|42|55P03|P0)/;

function changedNothing(thrown: unknown): boolean {
  return changesNothing.test(Object(thrown).code ?? '');
}
