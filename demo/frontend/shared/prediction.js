// Asks the server what the network makes of the drawing: one update at a time, then the newest drawing.
//
// Whoever wants to know listens on `predictions`:
//   "prediction"   detail { digit, arrays, drawing }: the answer to a drawing, { strokes, penWidth, penDown }
//   "trouble"   detail { sentence }: there is no answer for now; the drawing is kept

import { TITLES } from "./geometry.js";
import { unpack } from "./message.js";
import { drawing as drawn } from "./pad.js";
import { ask, latest } from "./server.js";

/** @type {Channel<{ prediction: Prediction, trouble: { sentence: string } }>} */
export const predictions = /** @type {any} */ (new EventTarget());

// The newest prediction, for those who come later; null before the first.
/** @type {Prediction | null} */
export let newest = null;

// The drawing as the server's routes want it.
/** @param {Drawing} drawing */
export const asBody = ({ strokes, penWidth }) => ({ strokes, pen_width: penWidth });

// Whether the network would rather not call it a digit.
/** @param {Prediction} prediction */
export const doubted = ({ arrays }) => arrays.is_digit.values[0] < 0.5;

const NEEDED = ["probabilities", "is_digit", "placement", "fitted", ...Object.keys(TITLES)]; // of an update

const read = (drawing) => ask("predict", (bytes) => unpack(bytes, NEEDED), asBody(drawing));
const askFor = latest(read, show, (sentence) => sentence && send("trouble", { sentence }));
document.addEventListener("strokes", () => askFor(drawn)); // which pad.js has heard before
askFor(drawn); // the pad may have been there first

function show(prediction, drawing) {
  if (drawn !== drawing && drawn.strokes.length === 0) return; // it would stand under an empty pad
  newest = { ...prediction, drawing };
  send("prediction", newest);
}

function send(type, detail) {
  predictions.dispatchEvent(new CustomEvent(type, { detail }));
}
