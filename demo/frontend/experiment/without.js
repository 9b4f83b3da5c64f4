// Maps switched off, alone or several: what reads one gets what it is on average over the training digits. The figure
// follows, the bars show both answers, and beside each map stands what its loss costs on the test digits.

import { onTheme, signed } from "../shared/colours.js";
import { mountExciting } from "../shared/exciting.js";
import { layerOf } from "../shared/geometry.js";
import { perCent } from "../shared/numbers.js";
import { drawing } from "../shared/pad.js";
import { paint } from "../shared/paint.js";
import { doubted, newest, predictions, tryOut } from "../shared/prediction.js";
import { tab } from "../shared/tabs.js";

const LAYERS = ["c1", "c3"];
const shape = /** @type {(name: string) => OfMaps} */ (layerOf);
/** @type {Record<string, number>} */
const COLUMNS = { c1: 6, c3: 8 }; // as experiment.css sets them
const WAITS = "Draw a digit, then switch a map off.";
const NOTE =
  "Under each map: % of MNIST's test digits misread without it. Off, a map passes on what it is on average " +
  "over the training digits. Dashed bars: with all maps.";

/** @param {number} error */
const rounded = (error) => error.toFixed(error < 10 ? 2 : 1); // per cent
/** @param {{ layer: string, map: number }} one */
const called = ({ layer, map }) => `${layer.toUpperCase()} map ${map}`;

/**
 * @typedef {{ layer: string, map: number, button: HTMLButtonElement, canvas: HTMLCanvasElement }} Switch
 * @param {Mounted} element
 * @param {Record<string, Record<string, number[]>>} errors by test set and layer, without each map; "all" has it with all
 * @returns {import("./experiment.js").Tried}
 */
export function mountWithout(element, errors) {
  /** @type {Find} */
  const find = (name) => element.querySelector(`.${name}`);
  const [words, about] = ["words", "about"].map(find);
  /** @type {HTMLButtonElement} */
  const all = find("all");
  const showNine = mountExciting(find("nine"), (sentence) => (find("problem").textContent = sentence));
  const switches = LAYERS.flatMap((layer) => {
    const holder = element.querySelector(`[data-maps=${layer}]`);
    const made = Array.from({ length: shape(layer).maps }, (_, map) => makeSwitch(layer, map));
    holder.append(...made.map(({ button }) => button));
    return made;
  });
  /** @type {Switch} */
  let looked; // the map that the lines below are about

  /** @param {string} layer @param {number} map */
  function makeSwitch(layer, map) {
    const button = document.createElement("button");
    const canvas = document.createElement("canvas");
    canvas.width = canvas.height = shape(layer).rows;
    const share = document.createElement("span");
    share.textContent = rounded(errors.mnist[layer][map]);
    Object.assign(button, { type: "button", role: "switch", ariaChecked: "true" });
    button.ariaLabel = `Map ${map} of ${layer.toUpperCase()}; ${share.textContent} % misread without it`;
    button.append(canvas, share);
    /** @type {Switch} */
    const one = { layer, map, button, canvas };
    button.addEventListener("click", () => {
      set(one, !isOff(one));
      look(one);
      show();
    });
    button.addEventListener("focus", () => look(one));
    button.addEventListener("pointerenter", ({ pointerType }) => pointerType === "mouse" && look(one));
    return one;
  }

  /** @param {Switch} one */
  const isOff = ({ button }) => button.ariaChecked === "false";
  const off = () => switches.filter(isOff);
  /** @param {Switch} one @param {boolean} isToBeOff */
  const set = ({ button }, isToBeOff) => (button.ariaChecked = String(!isToBeOff));

  // --- what the network makes of it ---

  function show() {
    all.disabled = off().length === 0;
    /** @param {string} layer */
    const numbers = (layer) => off().filter((one) => one.layer === layer).map(({ map }) => map);
    tryOut({ off: Object.fromEntries(LAYERS.map((layer) => [layer, numbers(layer)])) });
    if (drawing.strokes.length === 0) words.textContent = WAITS;
  }

  function paintMaps() {
    const prediction = newest;
    if (!prediction || element.hidden || tab !== "experiment") return;
    for (const { layer, map, canvas } of switches) {
      const cells = shape(layer).rows ** 2;
      paint(canvas, prediction.arrays[layer].values.subarray(map * cells, (map + 1) * cells), signed);
    }
    element.classList.toggle("empty", prediction.drawing.strokes.length === 0);
    tell(prediction);
  }
  predictions.addEventListener("prediction", paintMaps);
  onTheme(paintMaps);

  // In words, at rest: with all maps, and without those of this answer.
  /** @param {Prediction} prediction */
  function tell(prediction) {
    const { arrays, digit, drawing: of } = prediction;
    const without = of.experiment?.off;
    if (!without || !arrays.before || digit === null || of.penDown) return;
    const names = LAYERS.flatMap((layer) => without[layer].map((map) => called({ layer, map })));
    const best = (/** @type {Numbers} */ values) => values.indexOf(Math.max(...values));
    const said = (/** @type {Numbers} */ values) => `${best(values)}, ${perCent(values[best(values)])}`;
    const before = `With all maps: ${said(arrays.before.values)}.`;
    const listed = names.length > 4 ? `these ${names.length} maps` : names.join(", ");
    const doubt = doubted(prediction) ? ", and probably not a digit" : "";
    const text = names.length
      ? `${before} Without ${listed}: ${said(arrays.probabilities.values)}${doubt}.`
      : `${before} Switch a map off: click it.`;
    if (words.textContent !== text) words.textContent = text;
  }

  // --- the map that is looked at ---

  /** @param {Switch} one */
  function look(one) {
    if (one === looked) return;
    looked = one;
    for (const { button } of switches) button.tabIndex = button === one.button ? 0 : -1;
    /** @param {string} name */
    const of = (name) =>
      `${rounded(errors[name][one.layer][one.map])} %, not ${rounded(errors[name].all[0])} %`;
    about.textContent =
      `${called(one)}: without it, of MNIST's test digits ${of("mnist")}, are misread; of the pen ` +
      `digits ${of("pendigits")}. These training digits excite it most:`;
    if (!element.hidden && tab === "experiment") showNine(one.layer, one.map, called(one));
  }

  element.addEventListener("keydown", (event) => {
    const now = switches.findIndex(({ button }) => button === event.target);
    if (now < 0 || event.ctrlKey || event.altKey || event.metaKey) return;
    const columns = COLUMNS[switches[now].layer];
    /** @type {Record<string, number>} */
    const steps = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -columns, ArrowDown: columns };
    const by = steps[event.key];
    if (!by) return;
    event.preventDefault();
    const next = switches[Math.min(Math.max(now + by, 0), switches.length - 1)];
    next.button.focus();
  });
  all.addEventListener("click", () => {
    for (const one of switches) set(one, false);
    show();
    looked.button.focus(); // a disabled button would lose the keyboard's place
  });

  find("note").textContent = NOTE;
  look(switches[0]);
  return {
    element,
    enter() {
      show();
      paintMaps();
      showNine(looked.layer, looked.map, called(looked));
    },
    leave() {},
    told: () => off().map(({ layer, map }) => `${layer}-${map}`).join(".") || null,
    open(text) {
      const names = text ? text.split(".") : [];
      const wanted = names.map((name) => switches.find(({ layer, map }) => name === `${layer}-${map}`));
      if (wanted.includes(undefined)) throw new RangeError(text);
      for (const one of switches) set(one, wanted.includes(one));
      if (wanted.length) look(/** @type {Switch} */ (wanted[wanted.length - 1]));
    },
  };
}
