// The drawing survives a reload: in this tab's sessionStorage, which goes with the tab. School computers
// are shared, so nothing is kept longer.

import { isDrawing, setDrawing } from "../shared/pad.js";

// Pads in frames of one page share that storage: each keeps its drawing under its own place in the page.
function place() {
  /** @type {number[]} */
  const places = [];
  for (let frame = /** @type {Window} */ (window); frame !== frame.parent; frame = frame.parent) {
    const siblings = Array.from({ length: frame.parent.length }, (_, number) => frame.parent[number]);
    places.unshift(siblings.indexOf(frame));
  }
  return places.join(".");
}

const KEY = `lenet5-drawing${place()}`;

// Brings the drawing back, unless a link brought one (`linked`), and keeps it from now on.
/** @param {boolean} linked */
export function mountSession(linked) {
  try {
    const kept = JSON.parse(sessionStorage.getItem(KEY) ?? "null");
    if (!linked && isDrawing(kept) && kept.strokes.length) {
      setDrawing(kept.strokes, { penWidth: kept.penWidth });
    }
  } catch {
    // Storage is closed in some iframes, and what lies there may be somebody else's: the pad is empty then.
  }
  document.addEventListener("strokes", ({ detail: { strokes, penWidth, penDown } }) => {
    if (penDown) return; // a stroke counts when it is finished
    try {
      sessionStorage.setItem(KEY, JSON.stringify({ strokes, penWidth }));
    } catch {
      // Full or closed: the drawing is still on the pad.
    }
  });
}
