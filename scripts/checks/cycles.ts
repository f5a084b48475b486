/** The cycles of a graph, one for each strongly connected component, each as a shortest path back to its first node. */
export function findCycles(graph: ReadonlyMap<string, readonly string[]>): string[][] {
  const cycles: string[][] = [];
  for (const component of components(graph)) {
    const [first] = component;
    if (first === undefined) continue;
    const inside = new Set(component);
    const isLoop = component.length > 1 || (graph.get(first) ?? []).includes(first);
    if (isLoop) cycles.push(shortestLoop(graph, first, inside));
  }
  return cycles;
}

/** Tarjan's algorithm; each component is sorted, so that a report does not change with the order of the files. */
function components(graph: ReadonlyMap<string, readonly string[]>): string[][] {
  const found: string[][] = [];
  const index = new Map<string, number>();
  const low = new Map<string, number>();
  const stack: string[] = [];
  const onStack = new Set<string>();
  const visit = (node: string): number => {
    const own = index.size;
    index.set(node, own);
    low.set(node, own);
    stack.push(node);
    onStack.add(node);
    for (const next of graph.get(node) ?? []) {
      const reached = index.get(next);
      if (reached === undefined) low.set(node, Math.min(low.get(node) ?? own, visit(next)));
      else if (onStack.has(next)) low.set(node, Math.min(low.get(node) ?? own, reached));
    }
    const lowest = low.get(node) ?? own;
    if (lowest === own) {
      const component = stack.splice(stack.indexOf(node));
      for (const member of component) onStack.delete(member);
      found.push(component.sort());
    }
    return lowest;
  };
  for (const node of graph.keys()) if (!index.has(node)) visit(node);
  return found;
}

function shortestLoop(
  graph: ReadonlyMap<string, readonly string[]>,
  start: string,
  inside: ReadonlySet<string>,
): string[] {
  const paths: string[][] = [[start]];
  const seen = new Set<string>();
  for (const path of paths) {
    for (const next of graph.get(path.at(-1) ?? start) ?? []) {
      if (next === start) return path;
      if (!inside.has(next) || seen.has(next)) continue;
      seen.add(next);
      paths.push([...path, next]);
    }
  }
  return [start];
}
