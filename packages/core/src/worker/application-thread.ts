/** The worker thread: receives pages, runs one application at a time on the view that they make. */
import { parentPort } from 'node:worker_threads';
import { InventoryState } from '../inventory/inventory-state.ts';
import { StateDraft } from '../inventory/state-draft.ts';
import { StateView } from '../inventory/state-view.ts';
import type { Version } from '../seams/commit.ts';
import type { Answer, ApplicationRun, FromWorker, ToWorker } from './application.ts';
import { ImageReceiver } from './image-transfer.ts';
import { PieceCollector, takeApart } from './in-pieces.ts';

/** Called by the module that is the worker's entry point. */
export function serveApplications(): void {
  const port = parentPort;
  if (port === null) throw new Error('this module is the entry point of a worker thread');
  const receiver = new ImageReceiver();
  const given = new PieceCollector();
  let running: AbortController | undefined;
  let next = (): void => {};
  const main: MainThread = {
    post: (message) => port.postMessage(message),
    nextPiece: () =>
      new Promise((resolve) => {
        next = resolve;
      }),
  };
  port.on('message', (message: ToWorker) => {
    if (message.kind === 'pages') receiver.take(message.delivery);
    else if (message.kind === 'abort') running?.abort(new Error(message.reason));
    else if (message.kind === 'next') next();
    else if (message.kind === 'piece') given.take(message.piece);
    else {
      running = new AbortController();
      const request = { ...message, arguments: given.finish(message.arguments) };
      void runApplication(request, receiver, running.signal, main);
    }
  });
}

interface MainThread {
  post(message: FromWorker): void;
  /** Resolves when it wants the next piece of an answer. */
  nextPiece(): Promise<void>;
}

async function runApplication(
  request: Omit<Extract<ToWorker, { kind: 'run' }>, 'arguments'> & { readonly arguments: unknown },
  receiver: ImageReceiver,
  signal: AbortSignal,
  main: MainThread,
): Promise<void> {
  const { post } = main;
  try {
    const state = InventoryState.read(receiver.resolve(request.image));
    const version = request.version as Version;
    const draft = request.writesAt === null ? null : new StateDraft(state.fork(), version, request.writesAt);
    using view = draft ?? new StateView(state, version);
    const { run } = (await import(request.module)) as { readonly run?: ApplicationRun };
    if (typeof run !== 'function') throw new Error(`${request.module} exports no function run`);
    const log = (message: string): void => post({ kind: 'log', message });
    const result = await run({ draft, view, arguments: request.arguments, signal, log });
    await sendAnswer({ result, outcome: draft === null ? null : await draft.finish() }, main);
  } catch (error) {
    const { message, stack, code } =
      error instanceof Error
        ? (error as Error & { code?: string })
        : (new Error(String(error)) as Error & { code?: string });
    post({ kind: 'error', message, stack, code });
  }
}

async function sendAnswer(answer: Answer, { post, nextPiece }: MainThread): Promise<void> {
  const { frame, pieces } = takeApart(answer);
  for (const piece of pieces) {
    post({ kind: 'piece', piece });
    await nextPiece();
  }
  post({ kind: 'result', frame });
}
