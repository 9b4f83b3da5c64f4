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
import { tabs } from "./tabs.js";

export const predictions =
  /** @type {Channel<{ prediction: Prediction, trouble: { sentence: string } }>} */ (new EventTarget());

// The newest prediction, for those who come later; null before the first.
/** @type {Prediction | null} */
export let newest = null;

// The drawing as the server's routes want it.
/** @param {Drawing} drawing */
export const asBody = ({ strokes, penWidth, experiment }) => ({
  strokes,
  pen_width: penWidth,
  ...experiment,
});

// Whether the network would rather not call it a digit.
/** @param {Prediction} prediction */
export const doubted = ({ arrays }) => arrays.is_digit.values[0] < 0.5;

const NEEDED = ["probabilities", "is_digit", "placement", "fitted", ...Object.keys(TITLES)]; // of an update

/** @param {Drawing} wanted @param {Experiment | null} experiment */
const read = (wanted, experiment) =>
  ask("predict", (bytes) => unpack(bytes, NEEDED), asBody({ ...wanted, experiment }), { measured });
const askFor = latest(read, show, (sentence) => sentence && send("trouble", { sentence }), pace);
/** @type {Experiment | null} */
let experiment = null; // what is done to the drawing first
document.addEventListener("strokes", update); // which pad.js has heard before
update(); // the pad may have been there first

// From now on the network reads the drawing so changed, or as the network of another moment; null: as it is.
/** @param {Experiment | null} wanted */
export function tryOut(wanted) {
  if (JSON.stringify(wanted) === JSON.stringify(experiment)) return;
  experiment = wanted;
  update();
}

tabs.addEventListener("tab", ({ detail }) => detail === "look" && tryOut(null));

function update() {
  askFor(drawing, experiment);
}

/** @param {Reply} prediction @param {Drawing} of @param {Experiment | null} experiment */
function show(prediction, of, experiment) {
  if (drawing !== of && drawing.strokes.length === 0) return; // it would stand under an empty pad
  newest = { ...prediction, drawing: experiment ? { ...of, experiment } : of };
  send("prediction", newest);
}

/** @param {string} type @param {object} detail */
function send(type, detail) {
  predictions.dispatchEvent(new CustomEvent(type, { detail }));
}
