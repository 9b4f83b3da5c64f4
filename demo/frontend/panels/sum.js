// The panel with the arithmetic of the chosen unit, the readout of the unit pointed at, and the kernel's walk over
// the map, step by step or played.

import { arithmetic, largestTerm } from "./arithmetic.js";
import { onEscape } from "../shared/escape.js";
import { choose, current, focus, getChosen, point, same } from "../shared/focus.js";
import { layerOf, place, unitAt, unitNamed, words } from "../shared/geometry.js";
import { latest } from "../shared/latest.js";
import { number, orLess } from "../shared/numbers.js";
import { hasKeyboard, only, onOnly, problem, uncover } from "./panel.js";
import { asBody, newest, predictions } from "../shared/prediction.js";
import { ask, parse } from "../shared/server.js";
import { register } from "../shared/view.js";

const PACE = 450; // ms between two steps of the walking kernel

/**
 * @typedef {import("./arithmetic.js").Sum} Sum
 * @typedef {{ text: string, target: Unit, sum: Sum, prediction: Prediction }} Shown
 */

// Of a map that is switched off, what is passed on instead.
/** @param {Sum} sum @param {Unit} of */
const inWords = ({ value, instead }, { name, unit }) =>
  `${words(name, unit)}: ${name === "softmax" ? orLess(value) : number(instead ?? value)}${
    instead === undefined ? "" : ", switched off"
  }`;

// `blank` and `ink` are what C1 reads for a cell without and full of ink.
/** @param {Mounted} element @param {{ blank: number, ink: number }} props */
export function mountSum(element, { blank, ink }) {
  const title = element.querySelector("h2");
  const body = element.querySelector(".arithmetic");
  const told = /** @type {HTMLElement} */ (document.querySelector("#layers .told"));
  const readout = /** @type {HTMLElement} */ (document.querySelector(".readout"));
  const walk = element.querySelector(".walk");
  const play = walk.querySelector("[data-do=play]");
  /** @type {{ holder: HTMLElement, unit: Unit }} */
  let opener; // where the keyboard was when a unit was chosen, and which unit it was at
  let walking = false;
  /** @type {number | undefined} */
  let timer; // until the walk's next step
  /** @type {Shown | null} */
  let shown = null; // in the panel
  let height = 0; // of the panel when the chosen unit was last scrolled out from under it
  /** @type {number | null} */
  let open = null; // the number of the term that is shown cell by cell

  // Two, so that neither's question takes the other's place: a pointer may rest on a map while the kernel walks.
  const askForPanel = latest(
    /** @param {Unit} target @param {Prediction} prediction @returns {Promise<[string, Sum, string]>} */
    (target, prediction) =>
      askUnit(target, prediction, (sum) => [inWords(sum, target), sum, arithmetic(sum, target, prediction)]),
    ([text, sum], target, prediction) => same(target, getChosen()) && show({ text, sum, target, prediction }),
    problem(element, "sum"),
  );
  const askForReadout = latest(
    (/** @type {Unit} */ target, /** @type {Prediction} */ prediction) =>
      askUnit(target, prediction, (sum) => inWords(sum, target)),
    (text, target) => same(target, current()) && tell(text),
  );

  // What `read` makes of the unit's sum.
  /** @template Answer @param {Unit} of @param {Prediction} prediction @param {(sum: Sum) => Answer} read */
  function askUnit({ name, unit }, { drawing }, read) {
    return ask("unit", (bytes) => read(parse(bytes)), { ...asBody(drawing), layer: name, unit });
  }

  function refreshPanel() {
    if (getChosen() && newest) askForPanel(/** @type {Unit} */ (getChosen()), newest);
  }

  function refreshReadout() {
    const target = current();
    if (!target) readout.textContent = "";
    if (!target || !newest) return;
    if (target.name === "input") tellInk(target, newest);
    else if (!same(target, getChosen())) askForReadout(target, newest);
    else if (shown && same(target, shown.target)) tell(shown.text); // else the panel's answer will
  }

  focus.addEventListener("current", refreshReadout);
  focus.addEventListener("chosen", ({ detail: target }) => {
    if (!target) return close();
    only("sum");
    element.dataset.of = target.name;
    const holder = /** @type {HTMLElement} */ (document.activeElement);
    if (element.hidden || isHolder(holder)) opener = { holder, unit: target };
    else if (target.name === opener.unit.name) opener.unit = target;
    if (element.hidden) {
      title.textContent = words(target.name, target.unit);
      body.replaceChildren();
      element.hidden = false;
    }
    walk.hidden = !layerOf(target.name).rows;
    if (walk.hidden) stop();
    refreshPanel();
  });
  predictions.addEventListener("prediction", () => {
    refreshPanel();
    refreshReadout();
  });
  onOnly("sum", () => choose(null));
  onEscape("panel", () => {
    if (element.hidden) return false;
    choose(null);
    return true;
  });
  register("unit", {
    told() {
      const chosen = getChosen();
      return chosen && [chosen.name, ...chosen.unit].join(".");
    },
    open: (text) => choose(text === null ? null : unitNamed(text)),
  });

  // --- what is shown -------------------------------------------------------------------------------

  /** @param {Shown} answer */
  function show({ text, sum, target, prediction }) {
    const held = body.contains(document.activeElement);
    const before = shown?.target;
    if (before?.name !== target.name || before.unit.length === 1 || before.unit[0] !== target.unit[0]) {
      open = null;
    }
    open ??= largestTerm(sum);
    // Title and arithmetic together: nobody shall read one unit's sum under another's name.
    title.textContent = words(target.name, target.unit);
    body.innerHTML = arithmetic(sum, target, prediction, open);
    if (held) (body.querySelector("button") ?? title).focus({ preventScroll: true });
    // Of the same unit a new sum moves nothing: the pen may be down.
    if (!same(target, before) && (target.name !== before?.name || element.offsetHeight > height)) {
      uncover(element, partOf(target.name), partOf(layerOf(target.name).reads));
      height = element.offsetHeight;
    }
    shown = { text, target, sum, prediction };
    if (same(target, current())) tell(text);
    if (walking) timer ??= setTimeout(walkOn, PACE);
  }

  /** @param {number} term */
  function pick(term) {
    open = term;
    const { sum, target, prediction } = /** @type {Shown} */ (shown);
    body.innerHTML = arithmetic(sum, target, prediction, open);
    body.querySelector(`[data-term="${term}"]`)?.focus({ preventScroll: true });
  }

  /** @param {string} text */
  function tell(text) {
    if (readout.textContent !== text) readout.textContent = told.textContent = text;
  }

  /** @param {Unit} cell @param {Prediction} prediction */
  function tellInk({ unit }, { arrays }) {
    const grey = arrays.input.values[32 * unit[1] + unit[2]];
    const value = blank + ((ink - blank) * grey) / 255;
    const meaning = /** @type {Record<number, string>} */ ({ 0: "blank", 255: "full ink" })[grey] ??
      "partly ink";
    readout.textContent = `${words("input", unit)}: ${number(value, 3)}, ${meaning}`;
  }

  function close() {
    stop();
    if (hasKeyboard(element)) giveKeyboardBack();
    element.hidden = true;
    shown = open = null;
  }

  // To the unit that was chosen, not to the middle of the layer's first map.
  function giveKeyboardBack() {
    const { holder, unit } = opener;
    if (isHolder(holder)) point(unit);
    holder.focus({ preventScroll: true });
    if (!holder.matches(":focus-visible")) point(null);
  }

  /** @param {Element} part */
  const isHolder = (part) => part.matches(".maps, .bars");
  /** @param {string} name */
  const partOf = (name) =>
    document.querySelector(`[data-layer="${name}"] .maps`) ??
      /** @type {Element} */ (document.querySelector(".bars"));

  // --- the kernel's walk ---------------------------------------------------------------------------

  /** @param {number} by */
  function step(by) {
    const { name, unit } = /** @type {Unit} */ (getChosen());
    const { rows, columns } = /** @type {Layer & OfMaps} */ (layerOf(name));
    const { map, row, column } = place(name, unit);
    const cell = (row * columns + column + by + rows * columns) % (rows * columns);
    choose({ name, unit: unitAt(name, { map, row: Math.floor(cell / columns), column: cell % columns }) });
  }

  // The next step follows when this one's sum is shown: a slow connection slows the walk down, and stops nothing.
  function walkOn() {
    timer = undefined;
    step(1);
  }

  function stop() {
    clearTimeout(timer);
    timer = undefined;
    walking = false;
    play.textContent = "▶ Play";
  }

  /** @type {Record<string, () => void>} */
  const actions = {
    back: () => step(-1),
    forward: () => step(1),
    play: () => {
      if (walking) return stop();
      walking = true;
      play.textContent = "❚❚ Pause";
      step(1);
    },
    close: () => choose(null),
  };
  element.addEventListener("click", ({ target }) => {
    /** @type {HTMLElement | null} */
    const button = /** @type {Element} */ (target).closest("button:not(.excites *)");
    if (button?.dataset.term) pick(Number(button.dataset.term));
    else if (button?.dataset.logit) choose({ name: "output", unit: [Number(button.dataset.logit)] });
    else if (button) actions[/** @type {string} */ (button.dataset.do)]();
  });
}
