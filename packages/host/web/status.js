// The status page. It asks the interface as anybody does, and puts what it is told on the page as text, never as markup.

const EVERY_MS = 5000;
const DECISIONS_SHOWN = 200;
const TOKEN_KEY = 'dynamo-token';

const byId = (id) => document.getElementById(id);
const session = { token: takeToken(), timer: 0, shownCycle: null };

byId('login').addEventListener('submit', (event) => {
  event.preventDefault();
  session.token = byId('token').value.trim();
  byId('token').value = '';
  void refresh();
});
void refresh();

/** From the address after `#`, which no server is sent, or as it was before in this tab. */
function takeToken() {
  const given = /^#token=([\w-]+)$/.exec(location.hash)?.[1];
  if (given !== undefined) {
    sessionStorage.setItem(TOKEN_KEY, given);
    history.replaceState(null, '', location.pathname);
  }
  return given ?? sessionStorage.getItem(TOKEN_KEY);
}

async function refresh() {
  clearTimeout(session.timer);
  if (session.token === null) return logIn('');
  try {
    // From memory, whatever the database does.
    const health = await ask('/api/health');
    byId('login').hidden = true;
    byId('report').hidden = false;
    showHealth(health);
    const [status, requests, held, cycles] = await Promise.all([
      ask('/api/status'),
      ask('/api/requests?state=active&limit=100'),
      ask('/api/operations?state=held&limit=100'),
      ask('/api/cycles?limit=20'),
    ]);
    sessionStorage.setItem(TOKEN_KEY, session.token);
    showSummary(health, status);
    showSites(status);
    showRequests(requests);
    showHeld(held);
    showHistory(cycles);
  } catch (error) {
    if (error.status === 401) return logIn(error.message);
    byId('summary').textContent = `The server does not answer: ${error.message}`;
  }
  session.timer = setTimeout(refresh, EVERY_MS);
}

function logIn(why) {
  session.token = null;
  sessionStorage.removeItem(TOKEN_KEY);
  byId('login').hidden = false;
  byId('report').hidden = true;
  byId('summary').textContent = '';
  byId('refusal').textContent = why;
}

async function ask(path, method = 'GET') {
  const body = method === 'GET' ? {} : { body: '{}' };
  const type = method === 'GET' ? {} : { 'content-type': 'application/json' };
  const headers = { authorization: `Bearer ${session.token}`, ...type };
  const response = await fetch(path, { method, headers, cache: 'no-store', ...body });
  const answer = await response.json();
  // A server that is not well says so with 503, and with a report all the same.
  if (response.ok || (path === '/api/health' && answer.error === undefined)) return answer;
  throw Object.assign(new Error(answer.error?.message ?? `status ${response.status}`), { status: response.status });
}

function showSummary(health, status) {
  const { datasets, blockReplicas } = status.counts;
  const { queued, claimed, held } = status.operations;
  byId('summary').textContent = [
    `${health.status}${roleText(health.several)}, version ${status.version}, since ${timeText(health.startedAt)}`,
    `${count(datasets)} datasets, ${count(blockReplicas)} block replicas`,
    `operations: ${count(queued)} waiting, ${count(claimed)} at work, ${count(held)} held`,
    `requests: ${count(status.requests.new)} new, ${count(status.requests.active)} active`,
  ].join(' · ');
  document.title = health.status === 'ok' ? 'Dynamo' : `Dynamo: ${health.status}`;
}

/** Of one of several servers on one database. */
function roleText(several) {
  if (several === null) return '';
  if (several.role === 'leader') return `, leading (epoch ${several.epoch}, ${several.servers.length} servers)`;
  const behind = several.behindSeconds === null ? 'no log yet' : `${several.behindSeconds} s behind`;
  return `, following ${several.leader ?? 'nobody'} (epoch ${several.epoch}, ${behind})`;
}

function showHealth(health) {
  fill(
    'faults',
    health.faults.map((fault) => element('li', {}, fault)),
  );
  const rows = health.cycles.map((cycle) => [
    cycle.name,
    cycle.running ? 'running' : cycle.nextAt === null ? 'stopped' : `next ${timeText(cycle.nextAt)}`,
    cycle.last === null ? '' : `${timeText(cycle.last.startedAt)}, ${cycle.last.seconds.toFixed(1)} s`,
    element('span', cycle.last?.outcome === 'failed' ? { class: 'fault' } : {}, cycle.last?.summary ?? ''),
    figure(count(cycle.runs)),
    figure(count(cycle.failures)),
  ]);
  fillTable('cycles-at-work', rows, 'no cycles are configured');
}

function showSites(status) {
  const sites = status.sites.map((site) => {
    const partitions = status.sitePartitions.filter((row) => row.site === site.site);
    const notes = [site.storage, site.status, site.verified ? '' : 'unverified'].filter((note) => note !== '');
    return element(
      'div',
      { class: 'site' },
      element('div', {}, element('h3', {}, site.site), element('span', { class: 'faint' }, notes.join(', '))),
      element('div', {}, ...(partitions.length === 0 ? ['nothing'] : partitions.map(partitionBar))),
    );
  });
  fill('sites', sites.length === 0 ? [element('p', {}, 'there are no sites yet')] : sites);
}

function partitionBar({ partition, quota, physical, projected, occupancy }) {
  const share = quota === null || quota <= 0 ? null : projected / quota;
  const words =
    quota === null
      ? `${bytes(physical)}, no quota`
      : quota < 0
        ? `${bytes(physical)}, unlimited`
        : `${occupancy === null ? 'full' : percent(occupancy)}: ${bytes(physical)} of ${bytes(quota)}`;
  return element(
    'div',
    { class: 'partition' },
    element('span', {}, partition),
    bar(quota !== null && quota < 0 ? 0 : (occupancy ?? 1), share ?? 0, `${partition}: ${words}`),
    element('span', { class: 'figure' }, words),
  );
}

function bar(share, projected, label) {
  const width = (part) => String(Math.min(100, Math.max(0, part * 100)));
  const tone = share > 0.95 ? 'held full' : share > 0.85 ? 'held high' : 'held';
  return element(
    'svg',
    { class: 'bar', viewBox: '0 0 100 10', preserveAspectRatio: 'none', role: 'img', 'aria-label': label },
    element('rect', { class: 'whole', width: '100', height: '10' }),
    element('rect', { class: tone, width: width(share), height: '7.5' }),
    element('rect', { class: 'projected', y: '8.5', width: width(projected), height: '1.5' }),
  );
}

function showRequests(requests) {
  const rows = requests.map((request) => {
    const { progress } = request;
    const isStuck = progress?.state === 'stuck';
    return [
      figure(String(request.id)),
      wantedText(request),
      request.user,
      element('span', isStuck ? { class: 'fault' } : {}, progress?.state ?? request.state),
      figure(
        progress === undefined || progress === null ? '' : `${count(progress.there)} of ${count(progress.copies)}`,
      ),
      isStuck ? `${progress.why ?? ''}: ${progress.remedy ?? ''}` : request.reason,
    ];
  });
  fillTable('requests', rows, 'none');
}

function wantedText({ kind, datasets, sites, copies, until }) {
  const words = { copy: 'copy', delete: 'delete', rule: 'keep' };
  const what = copies === null || copies === undefined ? words[kind] : `${words[kind]} ${copies} of`;
  const end = until === null || until === undefined ? '' : `, until ${timeText(until)}`;
  return `${what} ${datasets.join(', ')} at ${sites.join(', ')}${end}`;
}

function showHeld(held) {
  const rows = held.map((operation) => [
    figure(String(operation.id)),
    targetText(operation.target),
    `${operation.reason.source}: ${operation.reason.text}`,
    figure(String(operation.attempts)),
    operation.lastError,
    button('release', async () => {
      await ask(`/api/operations/${operation.id}/release`, 'POST');
      await refresh();
    }),
  ]);
  fillTable('held', rows, 'none: nothing waits for a person');
}

function targetText(target) {
  if (target.kind === 'delete-path') return `delete ${target.path} at ${target.site}`;
  return `${target.kind} ${target.dataset} block ${target.block} at ${target.site}`;
}

function showHistory(cycles) {
  const rows = cycles.map((cycle) => [
    figure(String(cycle.cycle)),
    cycle.planner,
    button(cycle.title, () => showCycle(cycle.cycle)),
    timeText(cycle.time),
    figure(String(cycle.version)),
  ]);
  fillTable('history', rows, 'none yet');
}

/** What a cycle decided, and why. Planners have formats of their own: what is not known is shown as it is. */
async function showCycle(cycle) {
  const { planner, title, document: report } = await ask(`/api/cycles/${cycle}`);
  const plan = report?.plan ?? report;
  const decisions = plan?.decisions;
  const dropped = report?.dropped ?? [];
  const heading = element('h2', {}, `Cycle ${cycle}: ${planner}, ${title}`);
  if (!Array.isArray(decisions)) {
    const text = JSON.stringify(report, null, 2).slice(0, 100_000);
    return fill('decisions', [heading, element('pre', {}, text)]);
  }
  const lines = new Map((plan.lines ?? []).map((line) => [line.line, line.text]));
  const rows = decisions.slice(0, DECISIONS_SHOWN).map((decision) => {
    const why = decision.rule ?? decision.reason ?? lines.get(decision.line) ?? `line ${decision.line}`;
    return row([
      decision.decision ?? decision.kind ?? '',
      decision.dataset,
      decision.site,
      String(why),
      figure(bytes(decision.size ?? 0)),
    ]);
  });
  const more = decisions.length - rows.length;
  const headings = ['Decision', 'Dataset', 'Site', 'Why'].map((text) => element('th', {}, text));
  const head = element('tr', {}, ...headings, element('th', { class: 'figure' }, 'Size'));
  fill('decisions', [
    heading,
    element('table', {}, element('thead', {}, head), element('tbody', {}, ...rows)),
    element('p', { class: 'faint' }, more > 0 ? `and ${count(more)} more` : ''),
    ...dropped.map(({ dataset, site, why }) =>
      element('p', { class: 'fault' }, `dropped: ${dataset} at ${site}: ${why}`),
    ),
  ]);
}

function fillTable(id, rows, none) {
  fill(
    id,
    rows.length === 0 ? [element('tr', {}, element('td', { colspan: '6', class: 'faint' }, none))] : rows.map(row),
  );
}

function row(cells) {
  return element('tr', {}, ...cells.map((cell) => (cell?.localName === 'td' ? cell : element('td', {}, cell))));
}

function figure(text) {
  return element('td', { class: 'figure' }, text);
}

function button(text, act) {
  const made = element('button', { type: 'button', class: 'link' }, text);
  made.addEventListener('click', () => {
    act().catch((error) => {
      byId('summary').textContent = error.message;
    });
  });
  return made;
}

/** The only way anything comes onto the page. Strings become text nodes. */
function element(name, attributes, ...children) {
  const isDrawing = name === 'svg' || name === 'rect';
  const made = isDrawing ? document.createElementNS('http://www.w3.org/2000/svg', name) : document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...children);
  return made;
}

function fill(id, children) {
  byId(id).replaceChildren(...children);
}

/** Decimal units, as storage is sold and quotas are agreed. */
function bytes(value) {
  const units = ['B', 'kB', 'MB', 'GB', 'TB', 'PB', 'EB'];
  const step = value < 1000 ? 0 : Math.min(units.length - 1, Math.floor(Math.log10(value) / 3));
  return `${step === 0 ? value : (value / 1000 ** step).toFixed(1)} ${units[step]}`;
}

function percent(share) {
  return `${(share * 100).toFixed(1)}%`;
}

function count(value) {
  return value.toLocaleString('en-US');
}

function timeText(seconds) {
  return new Date(seconds * 1000).toISOString().replace('T', ' ').slice(0, 19);
}
