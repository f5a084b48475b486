/** One statement of a contract, for any test runner: `for (const { name, run } of suite) it(name, run)`. */
export interface ContractCheck {
  readonly name: string;
  /** Rejects when the implementation does not hold the contract. */
  run(): Promise<void>;
}
