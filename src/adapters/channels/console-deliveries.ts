/** A code that the console delivered, as a phone or an app would show it. */
export type ConsoleDelivery = {
  method: string;
  /** A phone number, or the name of an app. */
  to: string;
  code: string;
  /** BCP 47: of the voice for a call, else of the screen. */
  language: string;
};

type Listener = (delivery: ConsoleDelivery) => void;

/** @returns how to stop. */
export type Subscribe = (listener: Listener) => () => void;

/** Passes on what the console delivers, to those who try the service out. */
export function consoleDeliveries(): { publish: Listener; subscribe: Subscribe } {
  const listeners = new Set<Listener>();
  return {
    publish(delivery) {
      for (const listener of listeners) listener(delivery);
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}
