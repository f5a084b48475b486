/** One statement of a contract, for any test runner: `for (const { name, run } of suite) it(name, run)`. */
export interface ContractCheck {
  readonly name: string;
  /** Rejects when the implementation does not hold the contract. */
  run(): Promise<void>;
}

/** A check on a store of its own, which is closed after it. */
export function storeCheck<S extends { close(): Promise<void> }>(
  make: () => Promise<S>,
  name: string,
  body: (store: S) => Promise<void>,
): ContractCheck {
  return {
    name,
    async run() {
      const store = await make();
      try {
        await body(store);
      } finally {
        await store.close();
      }
    },
  };
}
