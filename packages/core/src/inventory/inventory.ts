/**
 * The inventory: the current version of everything, readers' views of it, and the one road by which it changes. A commit
 * goes to the store first and to memory after, in the same order; events go out after that.
 */
import { randomUUID } from 'node:crypto';
import { EMPTY_CHANGE_SET } from '../change-set/change-set.ts';
import type { Clock } from '../clock/clock.ts';
import { systemClock } from '../clock/system-clock.ts';
import type { StateImage } from '../columns/state-image.ts';
import { throwIfAborted } from '../errors/aborted-error.ts';
import { assert } from '../errors/assert.ts';
import { DynamoError, isDynamoError } from '../errors/dynamo-error.ts';
import { inputError } from '../errors/input-error.ts';
import { type EventSource, TypedEvents } from '../events/typed-events.ts';
import type { DeletionLimits } from '../guard/deletion-limits.ts';
import type { GuardRule } from '../guard/guard.ts';
import { ReadWriteLock } from '../lock/read-write-lock.ts';
import type { Entity } from '../model/records.ts';
import type { Authorship, Commit, CommitReceipt, CommittedChange, Version } from '../seams/commit.ts';
import type { InventoryStore } from '../seams/inventory-store.ts';
import type { Plan } from '../seams/plan.ts';
import { writeWarmStart } from '../warm-start/warm-start-file.ts';
import { type CarriedOut, carryOut } from './carry-out.ts';
import type { InventoryDraft } from './draft.ts';
import { type DraftOutcome, isNothing } from './draft-ledger.ts';
import { earlierState } from './earlier-state.ts';
import { guardDraft } from './guard-draft.ts';
import type { Author, ChangesSince, InventoryEvents, InventoryOptions, Updated } from './inventory-options.ts';
import type { InventoryState } from './inventory-state.ts';
import { loadState, readWarmState } from './load-state.ts';
import { type OpenView, OpenViews, type ViewOptions } from './open-views.ts';
import { historyOf, type PlanApproval } from './plan-history.ts';
import type { DraftBase, Drafting, Judge, LimitsOfCommit, Prepared, Write } from './prepared.ts';
import { inOrder } from './put-in-order.ts';
import { RecentChanges } from './recent-changes.ts';
import { redoCommitted } from './redo-committed.ts';
import { StateDraft } from './state-draft.ts';
import { StateView } from './state-view.ts';
import { findInLog, isAnswered, type MadeCommit, redoAll } from './unanswered-commit.ts';
import { type TogetherSteps, updateTogether, type Writer } from './update-together.ts';
import type { InventoryView } from './view.ts';

const HISTORY_LIMIT = 1000;
const PINNED_LIMIT_BYTES = 2 ** 30;

export class Inventory {
  readonly #store: InventoryStore;
  readonly #clock: Clock;
  readonly #rules: readonly GuardRule[];
  readonly #deletionLimits: NonNullable<InventoryOptions['deletionLimits']>;
  readonly #lock = new ReadWriteLock();
  readonly #events: TypedEvents<InventoryEvents>;
  readonly #history: RecentChanges;
  readonly #views: OpenViews;
  #state: InventoryState;
  #version: Version;
  #headCommit: string | null;
  /** Set when memory may no longer be what the store holds: nothing may be written on top of that. */
  #failure: DynamoError | undefined;
  /** On the present version, in one transaction, and without an answer of the store. */
  #unanswered: readonly Commit[] = [];

  private constructor(
    store: InventoryStore,
    state: InventoryState,
    version: Version,
    commit: string | null,
    options: InventoryOptions,
  ) {
    this.#store = store;
    this.#state = state;
    this.#version = version;
    this.#headCommit = commit;
    this.#clock = options.clock ?? systemClock;
    this.#rules = options.guardRules ?? [];
    this.#deletionLimits = options.deletionLimits ?? (() => ({}));
    this.#views = new OpenViews(options.pinnedLimitBytes ?? PINNED_LIMIT_BYTES);
    this.#history = new RecentChanges(options.historyLimit ?? HISTORY_LIMIT);
    this.#events = new TypedEvents({ onListenerError: options.onListenerError ?? (() => {}) });
  }

  /** Loads the store's current version into memory. */
  static async open(store: InventoryStore, options: InventoryOptions = {}): Promise<Inventory> {
    const loaded = await store.load(options.signal === undefined ? {} : { signal: options.signal });
    const { head, commit, records, compact } = loaded;
    let state = await readWarmState(store, loaded, options);
    if (state === undefined) state = await loadState(compact ?? records, options.signal);
    // Whoever does not read the records has to leave them: a database holds a snapshot for them.
    else await records[Symbol.asyncIterator]().return?.();
    state.counters = head.counters;
    return new Inventory(store, state, head.version, commit, options);
  }

  /**
   * Writes the warm-start file of the current version, in the background of whatever else goes on. False where there is
   * none to write: no commit of the log made the version.
   */
  async saveWarmStart(path: string, options: { readonly signal?: AbortSignal } = {}): Promise<boolean> {
    const commit = this.#headCommit;
    if (commit === null) return false;
    using view = this.view({ name: 'warm start' });
    await writeWarmStart(path, this.imageOf(view), { version: view.version, commit }, options);
    return true;
  }

  get version(): Version {
    return this.#version;
  }

  get events(): EventSource<InventoryEvents> {
    return this.#events;
  }

  get openViews(): number {
    return this.#views.size;
  }

  /** Who keeps which version open, and what that costs. */
  listViews(): OpenView[] {
    return this.#views.list();
  }

  /** A consistent picture of the current version, until it is closed (`using view = inventory.view()`). O(1). */
  view(options: ViewOptions = {}): InventoryView {
    const version = this.#version;
    const view = this.#views.open(this.#state, version, options, () => {
      this.#events.emit('viewClosed', { version, open: this.#views.size });
    });
    this.#events.emit('viewOpened', { version, open: this.#views.size });
    return view;
  }

  /**
   * A view of an earlier version, for as long as the store's log reaches back to it. Costs as much as what has been
   * committed since. Rejects with `too-old`, or `not-found` for a version that is not made yet.
   */
  async viewAt(version: Version, options: { readonly signal?: AbortSignal } = {}): Promise<InventoryView> {
    const present = { state: this.#state, version: this.#version };
    if (version === present.version) return this.view({ name: 'an earlier version' });
    return new StateView(await earlierState(this.#store, present, version, options.signal), version);
  }

  /**
   * Lends a draft to `write` and commits it when that ends well; one at a time, in order of arrival. Rejects with
   * `refused` when the guard forbids a deletion in it, with what `write` throws, or with what the store says: nothing
   * has happened then. The draft is good until `write` ends.
   */
  update<T>(
    author: Author,
    write: (draft: InventoryDraft) => T | Promise<T>,
    options: { readonly signal?: AbortSignal } = {},
  ): Promise<Updated<T>> {
    return this.#lock.run('upgradable', () => this.#update(author, (draft) => write(draft), options.signal), options);
  }

  /**
   * `update` for several small writers at once, in one transaction of the store, each with a version and an answer of its
   * own; see `updateTogether`. `SmallWriters` collects them. A writer's function may be called twice, and must change
   * nothing but the draft.
   */
  updateAll<T>(
    writers: readonly Writer<T>[],
    options: { readonly signal?: AbortSignal } = {},
  ): Promise<readonly PromiseSettledResult<Updated<T>>[]> {
    const steps: TogetherSteps<T> = {
      present: () => ({ state: this.#state, version: this.#version }),
      prepare: async (writer, on) => {
        if (this.#store.commitAll === undefined || this.#unanswered.length > 0) return null;
        const { isJudged, ...prepared } = await this.#prepare({ signal: undefined, ...writer }, on, () => false);
        return isJudged ? prepared : null;
      },
      commit: (prepared) => this.#commitAll(prepared),
      alone: ({ author, write, signal }) => this.#update(author, (draft) => write(draft), signal),
    };
    return this.#lock.run('upgradable', () => updateTogether(writers, steps), options);
  }

  /**
   * Commits what a draft made in another thread came to: `work` gets a view of the current version, and no other writer
   * comes in between. The guard judges it here, from the change set itself.
   */
  updateFrom<T>(
    author: Author,
    work: (view: InventoryView, now: number) => Promise<{ readonly result: T; readonly outcome: DraftOutcome }>,
    options: { readonly signal?: AbortSignal } = {},
  ): Promise<Updated<T>> {
    const write = async (draft: StateDraft): Promise<T> => {
      using view = this.view({ name: author.application });
      const { result, outcome } = await work(view, draft.now);
      await draft.adopt(outcome);
      return result;
    };
    return this.#lock.run('upgradable', () => this.#update(author, write, options.signal), options);
  }

  /**
   * Carries a plan out: what no longer fits is dropped and reported. The plan's document becomes the history record.
   * Rejects with `refused` and `data.rule` `approval` where it is more than may go without the approval in the options.
   */
  carryOut(
    plan: Plan,
    author: Author,
    { approval, ...options }: { readonly signal?: AbortSignal; readonly approval?: PlanApproval } = {},
  ): Promise<Updated<CarriedOut>> {
    const write = async (draft: StateDraft, limitsOf: LimitsOfCommit): Promise<CarriedOut> => {
      // The time of the commit: what it orders is found by it among the cycles.
      const { now } = draft;
      const limits = plan.steps.some(({ kind }) => kind === 'delete') ? await limitsOf() : {};
      const outcome = await carryOut(draft, plan, { now, rules: this.#rules, limits, base: this.#state });
      draft.setHistory(await historyOf(plan, outcome, { view: draft, time: now, approval }));
      return outcome;
    };
    const isApproved = approval !== undefined;
    return this.#lock.run('upgradable', () => this.#update(author, write, options.signal, isApproved), options);
  }

  /**
   * Takes over what others have committed to the store since: for a server that follows another one. Where the bounded log
   * does not reach back so far, everything is loaded anew. Resolves to the version. Rejects with `corrupt` where the log
   * does not fit memory, and with what the store says.
   */
  catchUp(options: { readonly signal?: AbortSignal } = {}): Promise<Version> {
    return this.#lock.run('upgradable', () => this.#catchUp(options.signal), options);
  }

  /** The part of the block replicas, from 0 to 1, that are not beside the others of their blocks: scans slow down with it. */
  get disorder(): number {
    const { live, astray } = this.#state.blockReplicas;
    return live === 0 ? 0 : astray / live;
  }

  /**
   * Puts the rows of block replicas beside those of the same block again, as after a load, while views go on and writers
   * wait. Nothing else changes, the version neither. For quiet hours: it copies the block replicas once.
   */
  putInOrder(options: { readonly signal?: AbortSignal } = {}): Promise<void> {
    const work = async (): Promise<void> => {
      this.#state = await inOrder(this.#state, options.signal);
      for (const ended of this.#views.advance(this.#state.copiedBytes)) this.#events.emit('viewEnded', ended);
    };
    return this.#lock.run('upgradable', work, options);
  }

  /** The pages and values of an open view of this inventory, for another thread or a file. */
  imageOf(view: InventoryView): StateImage {
    if (!(view instanceof StateView)) throw inputError({ what: 'the view is not one of this inventory' });
    return view.state.toImage();
  }

  /** What was committed after `version`, from memory. Those who want few entities get them without the rest being unpacked. */
  changesSince(version: Version, { only }: { readonly only?: readonly Entity[] } = {}): ChangesSince {
    return this.#history.since(version, this.#version, only);
  }

  /** Waits until no view of before is open and no writer at work, and holds the inventory alone meanwhile. */
  exclusive<T>(run: () => T | Promise<T>, options: { readonly signal?: AbortSignal } = {}): Promise<T> {
    return this.#lock.run('exclusive', async () => run(), options);
  }

  async #catchUp(signal: AbortSignal | undefined): Promise<Version> {
    if (this.#failure !== undefined) throw this.#failure;
    await this.#resolveUnanswered();
    const options = signal === undefined ? {} : { signal };
    const followed = await this.#store.follow(this.#version, options);
    if (followed.kind === 'too-old') return this.#reload(signal);
    try {
      for await (const committed of followed.changes) {
        throwIfAborted('following the log', signal);
        const { commit, state } = await redoCommitted(this.#state, this.#version, committed);
        this.#advance(commit, { version: committed.version, cycle: null }, state);
      }
    } catch (error) {
      // The log was cut while it was read.
      if (isDynamoError(error, 'too-old')) return this.#reload(signal);
      throw error;
    }
    return this.#version;
  }

  async #reload(signal: AbortSignal | undefined): Promise<Version> {
    const { head, commit, records, compact } = await this.#store.load(signal === undefined ? {} : { signal });
    const state = await loadState(compact ?? records, signal);
    state.counters = head.counters;
    this.#state = state;
    this.#version = head.version;
    this.#headCommit = commit;
    this.#history.clear();
    return this.#version;
  }

  async #limitsAt(now: number): Promise<DeletionLimits> {
    using view = this.view({ name: 'deletion limits' });
    return await this.#deletionLimits(view, now);
  }

  async #update<T>(
    author: Author,
    write: Write<T>,
    signal: AbortSignal | undefined,
    isApproved = false,
  ): Promise<Updated<T>> {
    if (this.#failure === undefined) await this.#resolveUnanswered();
    const present = { state: this.#state, version: this.#version };
    const judge: Judge = async (draft, intents, limits) => {
      const options = { rules: this.#rules, limits: await limits(), base: this.#state, now: draft.now, isApproved };
      return guardDraft(draft, intents, options).then(() => true);
    };
    const { result, commit, state } = await this.#prepare({ author, write, signal }, present, judge);
    if (commit === null) return { result, version: this.#version, cycle: null, changes: EMPTY_CHANGE_SET };
    const [receipt] = (await this.#commitAll([{ commit, state }])) as [CommitReceipt];
    return { result, version: receipt.version, cycle: receipt.cycle, changes: commit.changes };
  }

  /** Lends a draft, and takes it back; a deletion that `judge` is false of is not to be committed. */
  async #prepare<T>(
    { author, write, signal }: Drafting<T>,
    base: DraftBase,
    judge: Judge,
  ): Promise<Prepared<T> & { readonly isJudged: boolean }> {
    throwIfAborted(`the update by ${author.application}`, signal);
    if (this.#failure !== undefined) throw this.#failure;
    const authorship: Authorship = { ...author, time: this.#clock.nowSeconds() };
    const state = base.state.fork();
    const draft = new StateDraft(state, base.version, authorship.time);
    try {
      // Asked for once, and only by what deletes: it may have to read the log.
      let asked: Promise<DeletionLimits> | undefined;
      const limits: LimitsOfCommit = () => {
        asked ??= this.#limitsAt(authorship.time);
        return asked;
      };
      const result = await write(draft, limits);
      throwIfAborted(`the update by ${author.application}`, signal);
      const { intents, ...rest } = await draft.finish();
      const isJudged = intents.length === 0 || (await judge(draft, intents, limits));
      const commit = isNothing(rest) ? null : { id: randomUUID(), base: base.version, authorship, ...rest };
      return { result, state, commit, isJudged };
    } finally {
      draft.close();
    }
  }

  /** To the store, all or none, and to memory after. */
  async #commitAll(made: readonly MadeCommit[]): Promise<readonly CommitReceipt[]> {
    const commits = made.map(({ commit }) => commit);
    const [first, ...others] = commits as [Commit, ...Commit[]];
    let receipts: readonly CommitReceipt[];
    try {
      if (others.length === 0) receipts = [await this.#store.commit(first)];
      else {
        assert(this.#store.commitAll !== undefined, 'writers are grouped only for a store that takes several commits');
        receipts = await this.#store.commitAll(commits);
      }
      this.#unanswered = [];
    } catch (error) {
      if (!isAnswered(error)) this.#unanswered = commits;
      // An earlier one may have happened after all, and be what this one met; the next update asks again otherwise.
      else if (isDynamoError(error, 'conflict')) await this.#resolveUnanswered().catch(() => undefined);
      throw error;
    }
    for (const [i, { commit, state }] of made.entries()) this.#advance(commit, receipts[i] as CommitReceipt, state);
    return receipts;
  }

  /** Where the commits without an answer have happened, which they have together, memory goes along. */
  async #resolveUnanswered(): Promise<void> {
    const commits = this.#unanswered;
    const [first] = commits;
    if (first === undefined) return;
    // They may still be on their way: they are asked for again until something else has been committed.
    if ((await findInLog(this.#store, first)) === null) return;
    const redone = await redoAll(this.#state, commits);
    this.#unanswered = [];
    for (const { commit, state } of redone) {
      this.#advance(commit, { version: (commit.base + 1) as Version, cycle: null }, state);
    }
  }

  #advance(commit: Commit, receipt: CommitReceipt, state: InventoryState): void {
    const { id, authorship, changes, counters, operations } = commit;
    if (receipt.version !== commit.base + 1) {
      this.#failure = new DynamoError(
        'conflict',
        `the store is at version ${receipt.version} and memory at ${commit.base}: another writer was there; reload`,
      );
      throw this.#failure;
    }
    this.#state = state;
    this.#version = receipt.version;
    this.#headCommit = id;
    for (const ended of this.#views.advance(state.copiedBytes)) this.#events.emit('viewEnded', ended);
    const committed: CommittedChange = { version: receipt.version, id, authorship, changes, counters };
    this.#history.add(committed);
    this.#events.emit('committed', { ...committed, operations });
    // Beside whatever goes on: the next commit is quicker for it, and right without it.
    void this.#history.pack().then(() => state.makeReady());
  }
}
