// What of the page is open, as a link tells it: unit=c3.5.2.7, table=5.1, why=8, kernels=c1, lesson=3, step=385; and how it is shown, hide=why, projector.
//
// Each part that can be open registers under its name in links, maybe later than the link was read.

/** @type {Map<string, Part>} */
const parts = new Map();
let wanted = new URLSearchParams();
/** @type {() => void} */
let damaged; // called where a part does not know what the link wants of it

// `told()` is what a link says of the part now, null while it is closed. `open(text)` opens it so, and closes it
// for null; it throws a RangeError for a text that it never told.
/** @param {string} name @param {Part} part */
export function register(name, part) {
  parts.set(name, part);
  if (wanted.has(name)) open(name);
}

// Opens what a link wants, and closes the rest.
/** @param {URLSearchParams} link @param {() => void} onDamage */
export function openLinked(link, onDamage) {
  [wanted, damaged] = [link, onDamage];
  for (const name of parts.keys()) open(name);
}

/** @param {string} name */
function open(name) {
  try {
    /** @type {Part} */ (parts.get(name)).open(wanted.get(name));
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    damaged();
  }
}

// Opens one part as a link would, or closes it for null; one that comes later, when it comes. Called while a link is
// opened, it adds to what the link wants.
/** @param {string} name @param {string | null} text */
export function openPart(name, text) {
  if (text !== null && !wanted.has(name)) wanted.set(name, text);
  parts.get(name)?.open(text);
}

// What a link says of one part now; null while it is closed.
/** @param {string} name */
export const toldOf = (name) => parts.get(name)?.told() ?? null;

// [name, text] of each part that is open, for a link.
export const opened = () => {
  const all = [...parts].map(([name, { told }]) => [name, told()]);
  return /** @type {string[][]} */ (all.filter(([, text]) => text !== null));
};
