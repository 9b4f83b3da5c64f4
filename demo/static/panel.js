// What the two panels have in common: the sum of a unit, and why this digit.

const GAP = 8; // px between panel and layer, or layer and window

// Escape closes an open panel, wherever the keyboard is; but first a menu, and first it lifts the keyboard's pen.
export function closesOnEscape(panel, close) {
  addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || event.defaultPrevented || panel.hidden) return;
    if (!document.querySelector("#header [popover]:not([popover=manual]):popover-open")) close();
  });
}

// Whether the keyboard would be lost with the panel: it is in it, or nowhere, because what it was on has gone.
export function hasKeyboard(panel) {
  return panel.contains(document.activeElement) || document.activeElement === document.body;
}

// Scrolls the layer, or the answer, that somebody has just chosen a unit of out from under the panel. Not with
// scrollIntoView: in a frame that would scroll the page around it, too.
export function uncover(panel, name) {
  const part = document.querySelector(`[data-layer="${name}"]`) ?? document.querySelector("#answer");
  const [upper, lower] = [panel, part].map((element) => element.getBoundingClientRect());
  const beside = upper.right <= lower.left || lower.right <= upper.left;
  if (beside || lower.bottom <= upper.top || upper.bottom <= lower.top) return;
  scrollBy(0, Math.min(lower.bottom - upper.top + GAP, lower.top - GAP));
}
