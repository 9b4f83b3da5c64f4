// What the two panels have in common: the sum of a unit, and why this digit.

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

// Scrolls to the layer, or the answer, that somebody has just chosen a unit of, where the panel lies on it.
export function uncover(panel, name) {
  const part = document.querySelector(`[data-layer="${name}"]`) ?? document.querySelector("#answer");
  const [upper, lower] = [panel, part].map((element) => element.getBoundingClientRect());
  const beside = upper.right <= lower.left || lower.right <= upper.left;
  if (!beside && upper.top < lower.bottom && lower.top < upper.bottom) part.scrollIntoView({ block: "nearest" });
}
