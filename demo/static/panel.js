// What the parts that open have in common: kernels, Table I, the sum of a unit, and why this digit.

const GAP = 8; // px between the panel and what it leaves in sight, or between that and the window's edge

// Says in the element's own line what keeps it from showing `of`; the line is read aloud, and empty otherwise.
export function problem(element, of) {
  const line = element.querySelector(`.problem[data-of=${of}]`);
  return (sentence) => {
    if (line.textContent !== sentence) line.textContent = sentence;
  };
}

// Whether the keyboard would be lost with the panel: it is in it, or nowhere, because what it was on has gone.
export function hasKeyboard(panel) {
  return panel.contains(document.activeElement) || document.activeElement === document.body;
}

// Scrolls what the panel is about out from under it. Not with scrollIntoView: in a frame that would scroll the page
// around it, too. A panel that is laid out to lie on something (compact.css) would only scroll with it.
export function uncover(panel, part) {
  if (getComputedStyle(panel).position === "absolute") return;
  const [upper, lower] = [panel, part].map((element) => element.getBoundingClientRect());
  const beside = upper.right <= lower.left || lower.right <= upper.left;
  if (beside || lower.bottom <= upper.top || upper.bottom <= lower.top) return;
  scrollBy(0, Math.min(lower.bottom - upper.top + GAP, lower.top - GAP));
}
