// What the parts that open have in common: kernels, Table I, the sum of a unit, and why this digit.

const GAP = 8; // px between the panel and what it leaves in sight, or between that and the window's edge

// Says in the element's own line what keeps it from showing `of`; the line is read aloud, and empty otherwise.
/** @param {Mounted} element @param {string} of @returns {Tell} */
export function problem(element, of) {
  const line = element.querySelector(`.problem[data-of=${of}]`);
  return (sentence) => {
    if (line.textContent !== sentence) line.textContent = sentence;
  };
}

// Whether the keyboard would be lost with the panel: it is in it, or nowhere, because what it was on has gone.
/** @param {HTMLElement} panel */
export function hasKeyboard(panel) {
  return panel.contains(document.activeElement) || document.activeElement === document.body;
}

// One panel at a time: each registers how it closes, and closes the others when it opens.
/** @type {Map<string, () => void>} */
const closers = new Map();

/** @param {string} name @param {() => void} close */
export const onOnly = (name, close) => closers.set(name, close);

/** @param {string} name */
export function only(name) {
  for (const [other, close] of closers) if (other !== name) close();
}

// Where the panel lies at the window's lower end, on what was chosen: scrolls that out from under it, and what it
// reads too if there is room. On a wide page panels lie beside what they are about (figure.css).
// Not with scrollIntoView: in a frame that would scroll the page around it, too.
/** @param {HTMLElement} panel @param {Element[]} parts */
export function uncover(panel, ...parts) {
  if (getComputedStyle(panel).position !== "fixed") return;
  const end = panel.getBoundingClientRect().top - GAP;
  const [chosen, read = chosen] = parts.map((part) => part.getBoundingClientRect());
  const least = chosen.bottom - end;
  const glance = document.querySelector(".glance");
  const covered = glance ? parseFloat(getComputedStyle(glance).getPropertyValue("--covers")) || 0 : 0;
  const most = Math.min(chosen.top, read.top) - GAP - covered;
  scrollBy(0, Math.max(least, Math.min(0, most)));
}
