// "Why a 7 and not a 1?": which parts of the drawing speak for one digit rather than the other, shown on
// the drawing itself. Python computes it (lenet.explain.contributions); the shown numbers add up.

import { onTheme } from "../shared/colours.js";
import { onEscape } from "../shared/escape.js";
import { lay } from "../shared/geometry.js";
import { latest } from "../shared/latest.js";
import { unpack } from "../shared/message.js";
import { chain, number } from "../shared/numbers.js";
import { drawing } from "../shared/pad.js";
import { largest, paintSigned } from "../shared/paint.js";
import { onPad, placement } from "../shared/placement.js";
import { hasKeyboard, only, onOnly, problem, uncover } from "./panel.js";
import { asBody, newest, predictions } from "../shared/prediction.js";
import { ask } from "../shared/server.js";
import { register } from "../shared/view.js";

/** @param {Mounted} element @param {HTMLElement} button */
export function mountContributions(element, button) {
  const select = element.querySelector("select");
  const verdict = element.querySelector(".verdict");
  const legend = element.querySelector(".speaks-legend");
  const overlay = document.createElement("canvas");
  Object.assign(overlay, { width: 32, height: 32, className: "speaks", hidden: true, ariaHidden: "true" });
  document.querySelector(".sketchpad .paper")?.append(overlay);
  /** @type {string | null} */
  let linked = null; // the other digit, wanted by a link
  /** @type {{ digit: number, other: number } | null} */
  let asked = null; // while the panel is open
  /** @type {Numbers | null} */
  let shown = null; // what the overlay was painted from, for a change of theme

  for (let digit = 0; digit < 10; digit++) select.add(new Option(String(digit)));

  const fetchContributions = latest(
    /** @param {Prediction} prediction @param {number} digit @param {number} other */
    ({ drawing }, digit, other) =>
      ask("contributions", (bytes) => unpack(bytes, ["cells", "logits"]).arrays, {
        ...asBody(drawing),
        digit,
        other,
      }),
    (found, prediction, digit, other) => {
      if (digit === asked?.digit && other === asked.other) show(found, prediction, digit, other);
    },
    problem(element, "contributions"),
  );

  function refresh() {
    button.hidden = newest?.digit == null;
    if (linked !== null && newest?.drawing.strokes === drawing.strokes) return openLinked();
    if (element.hidden) return;
    if (newest?.digit == null) return newest?.drawing.strokes.length ? conceal() : close(); // a dot may become one
    const { digit } = newest;
    for (const option of select.options) option.disabled = option.value === String(digit);
    if (select.selectedOptions[0].disabled || !select.dataset.own) select.value = String(runnerUp(newest));
    const other = Number(select.value);
    element.querySelector(".digit").textContent = String(digit);
    if (digit !== asked?.digit || other !== asked.other) conceal(); // what was found for two other digits
    asked = { digit, other };
    fetchContributions(newest, digit, other);
  }

  /** @param {Prediction} prediction */
  function runnerUp(prediction) {
    const { values } = prediction.arrays.probabilities;
    return [...values.keys()].filter((i) => i !== prediction.digit).sort((a, b) => values[b] - values[a])[0];
  }

  /** @param {Arrays} found @param {Prediction} prediction @param {number} digit @param {number} other */
  function show({ cells, logits }, prediction, digit, other) {
    const [empty, drawn] = [...logits.values].map((value) => Math.round(value * 100) / 100);
    const speaks = number(drawn - empty, 2);
    const [first, second] = drawn < 0 ? [other, digit] : [digit, other];
    verdict.querySelector(".lead").textContent = `The ${first} leads the ${second} by ${
      number(Math.abs(drawn), 2)
    } points.`;
    verdict.querySelector(".rest").textContent =
      `A point is one of the logit, from which the percent is computed. All parts together give ${speaks}; an empty ` +
      `pad already gives ${number(empty, 2)}: ${chain([drawn - empty, empty], 2)} = ${number(drawn, 2)}.`;
    legend.querySelector(".for").textContent = `speaks for ${digit}`;
    legend.querySelector(".against").textContent = `speaks for ${other}`;
    verdict.style.visibility = "visible";
    // once: nothing may move under the pen
    if (!shown) uncover(element, /** @type {HTMLElement} */ (overlay.parentElement));
    shown = cells.values;
    paint();
    const placing = placement(prediction);
    if (!placing) return;
    lay(overlay, onPad(placing, { top: 0, left: 0, height: 32, width: 32 }), prediction.drawing.side);
    overlay.hidden = false;
  }

  function conceal() {
    overlay.hidden = true;
    verdict.style.visibility = "hidden"; // it keeps its room
  }

  function paint() {
    if (!shown) return;
    const limit = largest(shown) || 1;
    paintSigned(overlay, shown, limit, (value) => Math.sqrt(Math.abs(value) / limit));
  }

  function close() {
    conceal();
    element.hidden = true;
    asked = shown = null;
    delete select.dataset.own;
    button.ariaExpanded = "false";
  }

  function open() {
    only("why");
    element.hidden = false;
    button.ariaExpanded = "true";
    refresh();
  }

  // A link's question waits until its drawing is read.
  function openLinked() {
    [select.value, select.dataset.own, linked] = [/** @type {string} */ (linked), "yes", null];
    open();
  }
  register("why", {
    told: () => (element.hidden ? null : select.value),
    open(text) {
      if (text !== null && !/^\d$/.test(text)) throw new RangeError(text);
      if (text === null) close();
      linked = text;
      refresh();
    },
  });

  button.addEventListener("click", () => (element.hidden ? open() : close()));
  select.addEventListener("change", () => {
    select.dataset.own = "yes"; // somebody's own choice stays while they draw on
    refresh();
  });
  function closeByHand() {
    if (hasKeyboard(element)) button.focus({ preventScroll: true });
    close();
  }
  element.querySelector("[data-do=close]").addEventListener("click", closeByHand);
  onEscape("panel", () => {
    if (element.hidden) return false;
    closeByHand();
    return true;
  });
  onOnly("why", () => element.hidden || close());
  predictions.addEventListener("prediction", refresh);
  predictions.addEventListener("trouble", () => (button.hidden = true));
  onTheme(paint);
  refresh();
}
