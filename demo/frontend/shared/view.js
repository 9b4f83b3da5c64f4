// What of the page is open, as a link tells it: unit=c3.5.2.7, table=5.1, why=8, kernels=c1, lesson=3, step=385; and how it is shown, hide=why, projector.
//
// Each part that can be open registers under its name in links, maybe later than the link was read.

const parts = new Map(); // name -> { told, open }
let wanted = new URLSearchParams();
let damaged; // called where a part does not know what the link wants of it

// `told()` is what a link says of the part now, null while it is closed. `open(text)` opens it so, and closes it
// for null; it throws a RangeError for a text that it never told.
export function register(name, part) {
  parts.set(name, part);
  if (wanted.has(name)) open(name);
}

// Opens what a link wants, and closes the rest.
export function openLinked(link, onDamage) {
  [wanted, damaged] = [link, onDamage];
  for (const name of parts.keys()) open(name);
}

function open(name) {
  try {
    parts.get(name).open(wanted.get(name));
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    damaged();
  }
}

// Opens one part as a link would, or closes it for null; one that comes later, when it comes. Called while a link is
// opened, it adds to what the link wants.
export function openPart(name, text) {
  if (text !== null && !wanted.has(name)) wanted.set(name, text);
  parts.get(name)?.open(text);
}

// What a link says of one part now; null while it is closed.
export const toldOf = (name) => parts.get(name)?.told() ?? null;

// [name, text] of each part that is open, for a link.
export const opened = () =>
  [...parts].map(([name, { told }]) => [name, told()]).filter(([, text]) => text !== null);
