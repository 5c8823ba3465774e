/** From this size on a byte array is the part's flash, which no program here writes. */
const constantBytes = 0x20000;

type Bytes = Uint8Array | Uint16Array;

/**
 * Remembers the state of everything reachable from `roots` and returns a function that puts it back, as often as it is called.
 * Objects keep their identity, so closures that wait in an event queue stay good: they must hold no variable of their own that changes.
 * Only fields, arrays, sets, maps and byte arrays are known; that is all the emulated part is made of.
 */
export function checkpoint(roots: readonly object[]): () => void {
  const undo: (() => void)[] = [];
  const seen = new Set<unknown>(roots);
  const waiting: object[] = [...roots];
  const visit = (value: unknown): void => {
    if (typeof value !== 'object' || value === null || seen.has(value)) return;
    seen.add(value);
    waiting.push(value);
  };
  for (let found = waiting.pop(); found !== undefined; found = waiting.pop()) {
    const object = found;
    if (object instanceof Uint8Array || object instanceof Uint16Array) rememberBytes(object, undo);
    else if (object instanceof Set) rememberSet(object, undo, visit);
    else if (object instanceof Map) rememberMap(object, undo, visit);
    else if (!ArrayBuffer.isView(object)) rememberFields(object, undo, visit);
  }
  return () => {
    for (const put of undo) put();
  };
}

function rememberBytes(bytes: Bytes, undo: (() => void)[]): void {
  if (bytes.byteLength >= constantBytes) return;
  const copy = bytes.slice();
  undo.push(() => bytes.set(copy));
}

function rememberSet(set: Set<unknown>, undo: (() => void)[], visit: (value: unknown) => void): void {
  const copy = [...set];
  copy.forEach(visit);
  undo.push(() => {
    set.clear();
    for (const value of copy) set.add(value);
  });
}

function rememberMap(map: Map<unknown, unknown>, undo: (() => void)[], visit: (value: unknown) => void): void {
  const copy = [...map];
  for (const [key, value] of copy) {
    visit(key);
    visit(value);
  }
  undo.push(() => {
    map.clear();
    for (const [key, value] of copy) map.set(key, value);
  });
}

/** Fields of objects and elements of arrays. Functions and getters have no state of their own. */
function rememberFields(object: object, undo: (() => void)[], visit: (value: unknown) => void): void {
  if (Array.isArray(object)) {
    const copy: unknown[] = object.slice();
    copy.forEach(visit);
    if (copy.length > 0 && copy.every((value) => typeof value === 'function')) return;
    undo.push(() => {
      object.length = copy.length;
      for (let index = 0; index < copy.length; index += 1) object[index] = copy[index];
    });
    return;
  }
  if (Object.isFrozen(object)) return;
  const copy: Record<string, unknown> = {};
  let holdsState = false;
  for (const [key, value] of Object.entries(object)) {
    if (typeof value === 'function') continue;
    copy[key] = value;
    holdsState = true;
    visit(value);
  }
  if (holdsState) undo.push(() => Object.assign(object, copy));
}
