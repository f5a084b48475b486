import type { OperationId, OperationRecord } from '../model/operation.ts';
import type { Claim, OperationStatus, OperationStore } from '../seams/operation-store.ts';
import type { MemoryOperation, MemoryState } from './memory-state.ts';

/** An operation as it is when it has been opened. */
export function queuedOperation(operation: OperationRecord, notBefore: number): MemoryOperation {
  const status: OperationStatus = { ...operation, state: 'queued', attempts: 0, notBefore, lastError: '' };
  return { status, claims: 0, deadline: 0, closed: null, end: null };
}

export function memoryOperationStore(state: MemoryState): OperationStore {
  return {
    async claim({ limit, now, leaseSeconds, kinds }) {
      const claims: Claim[] = [];
      for (const operation of open(state)) {
        if (claims.length >= limit) break;
        const { status } = operation;
        if (kinds !== undefined && !kinds.includes(status.target.kind)) continue;
        const due = status.state === 'queued' && status.notBefore <= now;
        const expired = status.state === 'claimed' && operation.deadline <= now;
        if (!due && !expired) continue;
        operation.claims += 1;
        operation.status = { ...status, state: 'claimed' };
        operation.deadline = now + leaseSeconds;
        claims.push(claimOf(operation));
      }
      return claims;
    },

    async renew(tokens, now, leaseSeconds) {
      const wanted = new Set(tokens);
      const held = open(state).filter((operation) => isClaimedBy(operation, wanted));
      for (const operation of held) operation.deadline = now + leaseSeconds;
      return held.map(claimOf);
    },

    async settle(attempts, ends) {
      state.attempts.push(...attempts);
      for (const { token, operation: id, to } of ends) {
        const operation = state.operations.get(id);
        if (operation === undefined || operation.closed !== null) continue;
        if (!isClaimedBy(operation, new Set([token]))) continue;
        const { status } = operation;
        const tried = to.error !== '';
        operation.status = {
          ...status,
          state: to.state,
          attempts: status.attempts + (tried ? 1 : 0),
          notBefore: to.state === 'queued' ? to.notBefore : status.notBefore,
          lastError: tried ? to.error : status.lastError,
        };
      }
    },

    async attempts(id: OperationId) {
      return state.attempts.filter((attempt) => attempt.operation === id);
    },

    async list({ state: wanted, site, dataset, after, limit } = {}) {
      return open(state)
        .map(({ status }) => status)
        .filter((status) => wanted === undefined || status.state === wanted)
        .filter(({ target }) => site === undefined || target.site === site)
        .filter(({ target }) => dataset === undefined || (target.kind !== 'delete-path' && target.dataset === dataset))
        .filter(({ id }) => after === undefined || id > after)
        .slice(0, limit);
    },

    async counts() {
      const counts = { queued: 0, claimed: 0, held: 0 };
      for (const { status } of open(state)) counts[status.state] += 1;
      return counts;
    },

    async past({ dataset, block, site, limit }) {
      return [...state.operations.values()]
        .map(({ status: { id, target, openedAt, reason }, end }) => ({ id, target, openedAt, reason, end }))
        .filter(({ target }) => target.kind !== 'delete-path' && target.dataset === dataset)
        .filter(({ target }) => block === undefined || ('block' in target && target.block === block))
        .filter(({ target }) => site === undefined || target.site === site)
        .sort((a, b) => b.id - a.id)
        .slice(0, limit);
    },

    async release(ids) {
      const released = open(state).filter(({ status }) => ids.includes(status.id) && status.state !== 'claimed');
      for (const operation of released) operation.status = { ...operation.status, state: 'queued', notBefore: 0 };
      return released.length;
    },
  };
}

function open(state: MemoryState): readonly MemoryOperation[] {
  return [...state.operations.values()]
    .filter(({ closed }) => closed === null)
    .sort((a, b) => a.status.id - b.status.id);
}

function tokenOf({ status, claims }: MemoryOperation): string {
  return `${status.id}.${claims}`;
}

function isClaimedBy(operation: MemoryOperation, tokens: ReadonlySet<string>): boolean {
  return operation.status.state === 'claimed' && tokens.has(tokenOf(operation));
}

function claimOf(operation: MemoryOperation): Claim {
  return { operation: operation.status, token: tokenOf(operation), deadline: operation.deadline };
}
