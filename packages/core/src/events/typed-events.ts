import { EventEmitter } from 'eventemitter3';

/** Called with what a listener threw or rejected with. It must not throw itself. */
export type ListenerErrorHandler = (error: unknown, eventName: string) => void;

export interface TypedEventsOptions {
  readonly onListenerError: ListenerErrorHandler;
}

/** The half of an emitter that its owner may hand out: who can listen cannot emit. */
export interface EventSource<EventMap extends object> {
  /**
   * Calls the listener for every event emitted from now on, until the returned function is called. A listener that throws,
   * or whose promise rejects, disturbs neither the emitter nor other listeners: it is reported to the emitter's owner.
   */
  on<Name extends keyof EventMap & string>(name: Name, listener: (event: EventMap[Name]) => unknown): () => void;
}

/**
 * Events after the fact. Emission is deferred by a turn of the event loop, so that whoever emits, and whoever waits for
 * it, goes on first: listeners can neither break nor delay what they hear of. The order of emission is kept.
 */
export class TypedEvents<EventMap extends object> implements EventSource<EventMap> {
  readonly #emitter = new EventEmitter<string>();
  readonly #onListenerError: ListenerErrorHandler;

  constructor({ onListenerError }: TypedEventsOptions) {
    this.#onListenerError = onListenerError;
  }

  on<Name extends keyof EventMap & string>(name: Name, listener: (event: EventMap[Name]) => unknown): () => void {
    let isListening = true;
    const guarded = async (event: EventMap[Name]): Promise<void> => {
      if (!isListening) return;
      try {
        await listener(event);
      } catch (error) {
        this.#onListenerError(error, name);
      }
    };
    this.#emitter.on(name, guarded);
    return () => {
      isListening = false;
      this.#emitter.off(name, guarded);
    };
  }

  /** Returns at once. Those hear of it who listen now, unless they have stopped listening when it is delivered. */
  emit<Name extends keyof EventMap & string>(name: Name, event: EventMap[Name]): void {
    const listeners = this.#emitter.listeners(name);
    if (listeners.length === 0) return;
    setImmediate(() => {
      for (const listener of listeners) listener(event);
    });
  }

  listenerCount(name: keyof EventMap & string): number {
    return this.#emitter.listenerCount(name);
  }
}
