// The page's pad, for scripts that set its drawing; sketchpad.js tells what its events mean.

const element = () => document.querySelector("#pad .sketchpad:has(> .paper)");

// Puts a drawing on the pad: as one undo step, or only shown, as during a replay.
/**
 * @param {Stroke[]} strokes
 * @param {{ keep?: boolean, penWidth?: number }} options
 */
export function setDrawing(strokes, { keep = true, penWidth } = {}) {
  element()?.dispatchEvent(new CustomEvent("strokes-set", { detail: { strokes, keep, penWidth } }));
}

/** @param {unknown} point */
const isPoint = (point) => Array.isArray(point) && point.length === 2 && point.every(Number.isFinite);

// Whether something that another page may have made is { strokes, penWidth }, as the pad can show it.
/** @param {{ strokes: unknown[][], penWidth: number }} kept */
export function isDrawing({ strokes, penWidth }) {
  return penWidth > 0 && Number.isFinite(penWidth) &&
    strokes.every((points) => points.length > 0 && points.every(isPoint));
}

// The newest drawing, the one copy that the page's scripts have.
/** @type {Drawing} */
export let drawing = { strokes: [], penWidth: 20, penDown: false, side: 280 };

document.addEventListener("strokes", (event) => (drawing = event.detail));
element()?.dispatchEvent(new CustomEvent("strokes-wanted"));
