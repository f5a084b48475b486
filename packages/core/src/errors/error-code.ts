/**
 * Every kind of failure that a caller may want to tell from another. Add a code here when a caller would act
 * differently on it; what merely reads differently belongs in the message.
 */
export type ErrorCode =
  /** What a person or another program gave us is wrong; the message names the place. */
  | 'invalid-input'
  | 'not-found'
  /** The facts changed under the caller: read again and retry. */
  | 'conflict'
  /** A rule forbids it: retrying changes nothing. */
  | 'refused'
  | 'closed'
  | 'aborted'
  | 'deadline'
  | 'queue-full'
  /** The bounded history no longer reaches back to what was asked for. */
  | 'too-old'
  /** Stored data contradicts itself or its checksum. */
  | 'corrupt'
  /** Something outside cannot be reached now: retrying later may help. */
  | 'unavailable'
  /** Another server holds the writer's lease. */
  | 'lost-lease'
  /** Our own bug. */
  | 'internal';
