/** The views that are open, and what they keep in memory: a version that nobody keeps is gone. */
import { DynamoError } from '../errors/dynamo-error.ts';
import type { Version } from '../seams/commit.ts';
import type { InventoryState } from './inventory-state.ts';
import { StateView } from './state-view.ts';
import type { InventoryView } from './view.ts';

export interface OpenView {
  /** The application that holds it. */
  readonly name: string;
  readonly version: Version;
  /** Bytes of pages that only older versions have, the one of this view and those between: the most that it costs. */
  readonly pinnedBytes: number;
}

interface Entry {
  readonly name: string;
  readonly view: StateView;
  readonly writtenBefore: number;
}

export interface ViewOptions {
  /** Who reads, for messages: an application's name. */
  readonly name?: string;
}

export class OpenViews {
  readonly #limitBytes: number;
  readonly #entries = new Set<Entry>();
  /** Bytes of pages replaced by all commits so far. */
  #written = 0;

  constructor(limitBytes: number) {
    this.#limitBytes = limitBytes;
  }

  get size(): number {
    return this.#entries.size;
  }

  list(): OpenView[] {
    return Array.from(this.#entries, (entry) => this.#describe(entry));
  }

  open(state: InventoryState, version: Version, { name = 'unnamed' }: ViewOptions, onClose: () => void): InventoryView {
    const view = new StateView(state, version, () => {
      this.#entries.delete(entry);
      onClose();
    });
    const entry: Entry = { name, view, writtenBefore: this.#written };
    this.#entries.add(entry);
    return view;
  }

  /** A commit has replaced so many bytes of pages. Views that keep more than the limit are ended, and returned. */
  advance(replacedBytes: number): OpenView[] {
    this.#written += replacedBytes;
    const ended: OpenView[] = [];
    for (const entry of this.#entries) {
      const described = this.#describe(entry);
      if (described.pinnedBytes <= this.#limitBytes) continue;
      const reason = new DynamoError(
        'too-old',
        `the view of version ${described.version} that ${entry.name} kept open was ended: it kept ${described.pinnedBytes} bytes of older pages, more than ${this.#limitBytes}`,
        { data: { ...described } },
      );
      entry.view.end(reason);
      ended.push(described);
    }
    return ended;
  }

  #describe({ name, view, writtenBefore }: Entry): OpenView {
    return { name, version: view.version, pinnedBytes: this.#written - writtenBefore };
  }
}
