// The drawing survives a reload: in this tab's sessionStorage, which goes with the tab. School computers
// are shared, so nothing is kept longer.

import { setDrawing } from "./pad.js";

const KEY = "lenet5-drawing";

// Brings the drawing back, unless a link brought one (`linked`), and keeps it from now on.
export function mountSession(linked) {
  try {
    const kept = JSON.parse(sessionStorage.getItem(KEY));
    if (!linked && kept?.strokes.length) setDrawing(kept.strokes, { penWidth: kept.penWidth });
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
