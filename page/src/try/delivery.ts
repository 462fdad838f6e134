/** A code as it arrives. `at` tells one from another. */
export type Delivery = { method: string; to: string; code: string; language: string; at: number };
