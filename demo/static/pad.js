// The page's pad, for scripts that set its drawing; sketchpad.js tells what its events mean.

const element = () => document.querySelector("#pad .sketchpad:has(> .paper)");

// Puts a drawing on the pad: as one undo step, or only shown, as during a replay.
export function setDrawing(strokes, { keep = true, penWidth } = {}) {
  element()?.dispatchEvent(new CustomEvent("strokes-set", { detail: { strokes, keep, penWidth } }));
}

// The newest drawing, { strokes, penWidth, penDown }.
export let drawing = { strokes: [], penWidth: 20, penDown: false };

document.addEventListener("strokes", (event) => (drawing = event.detail));
element()?.dispatchEvent(new CustomEvent("strokes-wanted"));
