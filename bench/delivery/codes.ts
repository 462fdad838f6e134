/** The codes that were delivered, by address. Each can be had once. */
export type Codes = {
  arrived(address: string, code: string): void;
  /** Waits for the next code when there is none yet. */
  for(address: string): Promise<string>;
};

const maxWaitMs = 5_000;

export function openCodes(): Codes {
  const kept = new Map<string, string>();
  const awaited = new Map<string, (code: string) => void>();
  const next = (address: string) =>
    new Promise<string>((resolve, reject) => {
      const late = setTimeout(() => reject(new Error('no code came')), maxWaitMs);
      awaited.set(address, (code) => {
        clearTimeout(late);
        resolve(code);
      });
    });
  return {
    arrived(address, code) {
      const take = awaited.get(address);
      awaited.delete(address);
      if (take) take(code);
      else kept.set(address, code);
    },
    async for(address) {
      const code = kept.get(address);
      kept.delete(address);
      return code ?? next(address);
    },
  };
}
