// Asks the server what the network makes of the drawing, again and again while it is drawn.
//
// Whoever wants to know listens on `predictions`:
//   "prediction"   detail { digit, arrays, drawing }: the answer to a drawing, { strokes, penWidth, penDown }
//   "trouble"   detail { sentence }: there is no answer for now; the drawing is kept

import { TITLES } from "./geometry.js";
import { latest } from "./latest.js";
import { unpack } from "./message.js";
import { measured, pace } from "./pace.js";
import { drawing } from "./pad.js";
import { ask } from "./server.js";

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

const read = (wanted) => ask("predict", (bytes) => unpack(bytes, NEEDED), asBody(wanted), measured);
const askFor = latest(read, show, (sentence) => sentence && send("trouble", { sentence }), pace);
document.addEventListener("strokes", () => askFor(drawing)); // which pad.js has heard before
askFor(drawing); // the pad may have been there first

function show(prediction, of) {
  if (drawing !== of && drawing.strokes.length === 0) return; // it would stand under an empty pad
  newest = { ...prediction, drawing: of };
  send("prediction", newest);
}

function send(type, detail) {
  predictions.dispatchEvent(new CustomEvent(type, { detail }));
}
