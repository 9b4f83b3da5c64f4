// Play: a pulse runs along the lines, layer after layer, from the pad to the answer; with a unit's sum open it goes
// from what the unit reads over the products and the sum to its cell.

import { onEscape } from "../shared/escape.js";
import { current, focus, getChosen } from "../shared/focus.js";
import { register } from "../shared/view.js";

const PACE = 1600; // ms a layer
const SVG = "http://www.w3.org/2000/svg";

// Of a unit's sum, in order: what is read, what it is multiplied with, and what comes out, and the unit's own cell.
const PARTS = [
  "[aria-label=patch], [aria-label=cells], .terms",
  "[aria-label=kernel]",
  "[aria-label=products]",
  ".term p",
  ".total",
  ".result",
];

/**
 * @param {HTMLElement} button
 * @param {Mounted} element
 * @param {ReturnType<typeof import("./lines.js").mountLines>} lines
 */
export function mountPlay(button, element, lines) {
  const layers = /** @type {HTMLElement[]} */ ([
    document.querySelector("#pad"),
    ...element.querySelectorAll("[data-layer]"),
    document.querySelector("#answer"),
  ]);
  const pulses = document.createElementNS(SVG, "svg");
  pulses.setAttribute("class", "lines pulses");
  pulses.setAttribute("aria-hidden", "true");
  document.querySelector("#figure")?.append(pulses);
  let at = -1;
  /** @type {number | undefined} */
  let timer;
  let inside = false; // a unit's sum, not the layers

  // What is lit, one after another: [part of the page, what it is lit with].
  const stations = () => inside ? partsOfSum() : layers;

  function partsOfSum() {
    const panel = element.querySelector(".sum");
    const { name } = getChosen() ?? {};
    const cell = element.querySelector(`[data-layer="${name}"] .map > i:not([hidden])`) ??
      document.querySelector(".bars");
    const parts = [...PARTS.map((part) => panel.querySelector(part)), cell];
    return /** @type {HTMLElement[]} */ (parts.filter(Boolean));
  }

  /** @param {number} number */
  function show(number) {
    clear();
    const all = stations();
    at = number < all.length ? number : -1;
    document.body.classList.toggle("playing", at >= 0 && !inside);
    if (at < 0) return stop();
    all[at].classList.add(inside ? "lit" : "station");
    if (!inside) {
      all[at].scrollIntoView({ block: "nearest" });
      pulse(all[at].dataset.layer ?? (all[at].id === "answer" ? "softmax" : null));
    }
  }

  function clear() {
    pulses.replaceChildren();
    for (const kind of ["lit", "station"]) {
      document.querySelectorAll(`.${kind}`).forEach((one) => one.classList.remove(kind));
    }
  }

  // Along all lines that lead to a layer.
  /** @param {string | null} to */
  function pulse(to) {
    const group = lines.groups.find((one) => one.to === to);
    if (!group || (to === "softmax" && !lines.places().across)) return;
    pulses.replaceChildren(...group.pairs.map((pair, i) => {
      const path = document.createElementNS(SVG, "path");
      path.setAttribute("d", lines.line(group.from, group.to, pair, i));
      path.setAttribute("pathLength", "1");
      return path;
    }));
  }

  function stop() {
    clearInterval(timer);
    timer = undefined;
    button.textContent = at < 0 ? "▶ Play the layers" : "▶ Go on";
  }

  button.addEventListener("click", () => {
    if (timer) return stop();
    if (at < 0) inside = getChosen() !== null;
    show(at + 1);
    timer = setInterval(() => show(at + 1), PACE);
    button.textContent = "❚❚ Pause";
  });
  function end() {
    if (at < 0) return false;
    clear();
    at = -1;
    document.body.classList.remove("playing");
    stop();
    return true;
  }
  onEscape("play", end);
  document.addEventListener("strokes", end); // who draws wants to see the drawing
  focus.addEventListener("current", () => current() && !inside && end()); // and who points, what is pointed at
  register("play", {
    told: () => null, // no link tells it, but one ends it, and so does the lesson's next card
    open(text) {
      if (text !== null) throw new RangeError(text);
      end();
    },
  });
}
