// The prediction that the figure shows: the newest of the live drawing, or another that somebody wants to be seen
// there instead, such as an experiment's.
//
// Whoever paints the figure listens on `figure`: "shown", detail the prediction. Trouble with the live drawing is told
// by prediction.js.

import { newest, predictions } from "./prediction.js";

/** @type {Channel<{ shown: Prediction }>} */
export const figure = /** @type {any} */ (new EventTarget());

/** @type {Prediction | null} */
let instead = null;

/** What the figure shows; null before the first answer. */
export const shown = () => instead ?? newest;

/**
 * Shows another prediction than the live drawing's; null ends that.
 * @param {Prediction | null} prediction
 */
export function showInstead(prediction) {
  instead = prediction;
  send();
}

function send() {
  if (shown()) figure.dispatchEvent(new CustomEvent("shown", { detail: shown() }));
}

predictions.addEventListener("prediction", () => instead ?? send());
