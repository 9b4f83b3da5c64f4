// The unit that somebody looks at: pointed at by mouse or arrow keys, and chosen by click, tap or Enter.
//
// A chosen unit stays until another is chosen or it is let go; the pointed one is what the eye follows meanwhile.
// `focus` sends "chosen" with detail { name, unit } or null, and "current": the pointed unit, else the chosen one.

export const focus =
  /** @type {Channel<{ current: Unit | null, chosen: Unit | null }>} */ (new EventTarget());

/** @type {Unit | null} */
let pointed = null;
/** @type {Unit | null} */
let chosen = null;

export const current = () => pointed ?? chosen;
export const getChosen = () => chosen;

/** @param {Unit | null | undefined} a @param {Unit | null | undefined} b */
export const same = (a, b) => a === b || (a && b && a.name === b.name && a.unit.join() === b.unit.join());

/** @param {Unit | null} target */
export function point(target) {
  if (same(pointed, target)) return;
  pointed = target;
  focus.dispatchEvent(new CustomEvent("current", { detail: current() }));
}

/** @param {Unit | null} target */
export function choose(target) {
  if (same(chosen, target)) return;
  chosen = target;
  focus.dispatchEvent(new CustomEvent("chosen", { detail: chosen }));
  focus.dispatchEvent(new CustomEvent("current", { detail: current() }));
}
