import fc from 'fast-check';
import { expect, it } from 'vitest';
import { findCycles } from './cycles.ts';

const nodes = ['a', 'b', 'c', 'd', 'e', 'f'] as const;
const graphs = fc
  .array(fc.tuple(fc.constantFrom(...nodes), fc.constantFrom(...nodes)), { maxLength: 12 })
  .map((edges) => new Map(nodes.map((node) => [node, edges.filter(([from]) => from === node).map(([, to]) => to)])));

it('reports real cycles, one for each set of nodes that reach one another', () => {
  fc.assert(
    fc.property(graphs, (graph) => {
      const cycles = findCycles(graph);
      for (const cycle of cycles) {
        const steps = cycle.map((node, n) => [node, cycle[(n + 1) % cycle.length] ?? ''] as const);
        for (const [from, to] of steps) expect(reachable(graph, from, 1)).toContain(to);
      }
      const loops = nodes.filter((node) => reachable(graph, node).has(node));
      const representatives = loops.filter((node) =>
        loops.every(
          (other) => other >= node || !(reachable(graph, node).has(other) && reachable(graph, other).has(node)),
        ),
      );
      expect(cycles.map(([first]) => first).sort()).toEqual(representatives);
    }),
  );
});

/** What can be reached in at least one step, by following every edge until nothing new comes. */
function reachable(graph: ReadonlyMap<string, readonly string[]>, start: string, steps = 6): Set<string> {
  let found = new Set(graph.get(start));
  for (let step = 1; step < steps; step += 1) {
    found = new Set([...found, ...[...found].flatMap((node) => graph.get(node) ?? [])]);
  }
  return found;
}
