/** Asks a server over plain sockets: Node's own client would cost more than the server that it measures. */
import { once } from 'node:events';
import { connect } from 'node:net';

export interface PointQueries {
  readonly port: number;
  readonly path: string;
  readonly token: string;
  readonly seconds: number;
  readonly connections: number;
}

/** The delay of each answer in ms; every connection asks one question after the other. */
export async function pointQueries(queries: PointQueries): Promise<readonly number[]> {
  const end = performance.now() + queries.seconds * 1000;
  const delays: number[] = [];
  await Promise.all(Array.from({ length: queries.connections }, () => askUntil(end, queries, delays)));
  return delays;
}

async function askUntil(end: number, { port, path, token }: PointQueries, delays: number[]): Promise<void> {
  const socket = connect({ port, host: '127.0.0.1', noDelay: true });
  await once(socket, 'connect');
  const question = `GET ${path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ${token}\r\n\r\n`;
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  let [answer, started] = ['', 0];
  const ask = (): void => {
    started = performance.now();
    socket.write(question);
  };
  socket.setEncoding('latin1');
  socket.on('data', (chunk: string) => {
    answer += chunk;
    if (!isWhole(answer)) return;
    if (!answer.startsWith('HTTP/1.1 200 ')) return reject(new Error(`${path}: ${answer}`));
    answer = '';
    delays.push(performance.now() - started);
    if (performance.now() < end) ask();
    else resolve();
  });
  socket.once('error', reject);
  ask();
  await promise.finally(() => socket.destroy());
}

function isWhole(answer: string): boolean {
  const head = answer.indexOf('\r\n\r\n');
  if (head < 0) return false;
  const length = /\r\ncontent-length: (\d+)/i.exec(answer.slice(0, head))?.[1];
  return length === undefined ? answer.endsWith('0\r\n\r\n') : answer.length >= head + 4 + Number(length);
}
