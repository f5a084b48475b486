/**
 * Who may ask. The server listens on loopback, which is no authentication: any program and any web page on the machine
 * can reach it. So: the names it is called by are known (a page that rebinds its own name to 127.0.0.1 is not), pages of
 * other origins are refused, and everything that says or changes something needs the token. Whoever has
 * one of their own is known by it, and nobody else may take that name.
 */
import { timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { RestError } from '../rest-error.ts';
import { NOBODY, type People, tokenDigest } from './people-file.ts';

export interface CallerCheck {
  /** Throws unless the Host header is one of ours. */
  checkHost(headers: IncomingHttpHeaders): void;
  /** Throws if another site's page is asking, or the token is not there. The person whose token it is; null: the server's own. */
  checkCaller(headers: IncomingHttpHeaders): string | null;
}

/** `hosts`: the names, without a port, that the server may be called by. */
export function callerCheck(token: string, hosts: readonly string[], people: People = NOBODY): CallerCheck {
  const withTokens = new Set(people.values());
  const known = new Set(hosts.map((host) => host.toLowerCase()));
  const expected = Buffer.from(token);
  return {
    checkHost({ host = '' }) {
      if (known.has(hostName(host))) return;
      const message = `this server is not called ${JSON.stringify(host)}: use ${hosts.join(' or ')}`;
      throw new RestError(421, 'refused', message, { header: 'host' });
    },
    checkCaller({ host = '', origin, authorization = '', 'sec-fetch-site': fetchSite, 'dynamo-user': user }) {
      const isForeign =
        origin !== undefined && origin.replace(/^https?:\/\//i, '').toLowerCase() !== host.toLowerCase();
      if (isForeign || fetchSite === 'cross-site' || fetchSite === 'same-site') {
        throw new RestError(403, 'refused', "pages of other sites may not use this server's interface", {
          header: isForeign ? 'origin' : 'sec-fetch-site',
        });
      }
      const given = /^Bearer ([\w-]+)$/i.exec(authorization)?.[1];
      const person = given === undefined ? undefined : people.get(tokenDigest(given));
      if (person !== undefined) {
        if (user === undefined || user === person) return person;
        throw new RestError(403, 'refused', `the token is ${person}'s: dynamo-user may not be another`, {
          header: 'dynamo-user',
        });
      }
      if (given !== undefined && isSame(Buffer.from(given), expected)) {
        if (typeof user !== 'string' || !withTokens.has(user)) return null;
        throw new RestError(403, 'refused', `${user} has a token: the server's own may not be used in that name`, {
          header: 'dynamo-user',
        });
      }
      const message =
        authorization === ''
          ? "the header authorization is missing: send 'Bearer ' and the token of the server's token file"
          : "the token is not this server's: read it from the server's token file";
      throw new RestError(401, 'refused', message, { header: 'authorization' });
    },
  };
}

/** Without the port; an IPv6 address keeps its brackets. */
function hostName(host: string): string {
  return host.toLowerCase().replace(/:\d+$/, '');
}

/** In a time that says nothing about the token but its length, which is no secret. */
function isSame(given: Buffer, expected: Buffer): boolean {
  return given.length === expected.length && timingSafeEqual(given, expected);
}
