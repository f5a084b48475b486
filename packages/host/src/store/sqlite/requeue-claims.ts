import type { Session } from '../bulk.ts';

/**
 * Gives back the claims of all who claimed before. Only the one process that may write can claim here, and whoever did
 * has died or closed the store: nothing that it began is still at work, so that nobody needs to wait for its deadlines.
 */
export async function requeueClaims({ db }: Session): Promise<void> {
  await db
    .updateTable('operations')
    .set({ state: 'queued', claim_owner: null, deadline: 0 })
    .where('state', '=', 'claimed')
    .execute();
}
