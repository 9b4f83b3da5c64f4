// The answer in words, the same on the page and in the saved picture.

import { perCent } from "../shared/numbers.js";
import { doubted } from "../shared/prediction.js";

// { digit, words } of a prediction: the digit to be shown large, and what is said beside it. Nothing is shown large
// that is no digit, is doubted, or has less than half of the probability; then the words name the closest.
/** @param {Prediction} prediction */
export function verdict(prediction) {
  const { digit, words, arrays, drawing } = prediction;
  if (digit === null) return { digit, words: "Draw a digit" };
  const { values } = arrays.probabilities;
  const [first, second] = [...values.keys()].sort((a, b) => values[b] - values[a]);
  const unsure = values[first] < 0.5;
  const named = (/** @type {number} */ one) => `${one}, ${perCent(values[one])}`;
  // Half of a digit is no digit yet: doubt is told at rest only.
  if (!drawing.penDown && doubted(prediction)) {
    const must = unsure ? `${first} or ${second}` : first;
    return { digit: null, words: words ?? `Probably not a digit. If it must be one: ${must}` };
  }
  if (unsure) return { digit: null, words: `Closest: ${named(first)}, and ${named(second)}` };
  return { digit, words: perCent(values[digit]) };
}
