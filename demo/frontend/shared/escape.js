// Escape ends one thing at a time. The pad comes first, where the keyboard's pen is lifted, then an open menu, which
// the browser closes; then what was registered here, in this order.

const ORDER = ["replay", "play", "lesson", "panel"];
/** @type {Record<string, (() => boolean)[]>} */
const ends = Object.fromEntries(ORDER.map((kind) => [kind, []]));

// `end` ends what it is for, if there is anything to end, and returns whether there was.
/** @param {string} kind @param {() => boolean} end */
export function onEscape(kind, end) {
  ends[kind].push(end);
}

addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || event.defaultPrevented) return;
  if (document.querySelector("#header [popover]:not([popover=manual]):popover-open")) return;
  ORDER.flatMap((kind) => ends[kind]).some((end) => end());
});
