// The Experiment view: one select at its top chooses what is done to the drawing or to the network, and with it which
// of three parts is seen below. The whole figure follows what is tried.

import { mountRange } from "./range.js";
import { mountSmallest } from "./smallest.js";
import { mountWithout } from "./without.js";
import { tab, tabs } from "../shared/tabs.js";
import { register } from "../shared/view.js";

/**
 * A part of the view: `enter` shows its state in the figure, again and again, `leave` ends what runs in it; `told` and
 * `open` are as in view.js, without what names the part.
 * @typedef {{ element: HTMLElement, enter: () => void, leave: () => void, told: () => string | null,
 *     open: (text: string) => void }} Tried
 */

// The last one of `changes` leads to a drawing that was kept. `errors` are of the test sets, without each map.
/**
 * @param {Mounted} element
 * @param {{ changes: import("./range.js").Kind[], errors: Record<string, Record<string, number[]>> }} props
 */
export function mount(element, { changes, errors }) {
  /** @type {HTMLSelectElement} */
  const kinds = element.querySelector(".kind");
  /** @type {Find} */
  const part = (name) => element.querySelector(`.${name}`);
  const range = mountRange(part("range"), kinds, changes);
  const smallest = mountSmallest(part("smallest"));
  const without = mountWithout(part("without"), errors);
  /** @type {Tried[]} */
  const parts = [range, smallest, without];
  /** @type {Record<string, number>} */
  const named = { smallest: changes.length, without: changes.length + 1 }; // in the select, as links call them
  /** @type {Tried | null} */
  let seen = null;

  const chosen = () => parts[Math.max(0, kinds.selectedIndex - changes.length + 1)];

  function show() {
    for (const one of parts) one.element.hidden = one !== chosen();
    const now = tab === "experiment" ? chosen() : null;
    if (seen !== now) seen?.leave();
    seen = now;
    now?.enter();
  }

  kinds.addEventListener("change", show);
  tabs.addEventListener("tab", show);
  document.addEventListener("strokes", () => seen?.enter());

  register("try", {
    told() {
      if (tab !== "experiment") return null;
      const [name] = Object.entries(named).find(([, index]) => index === kinds.selectedIndex) ?? [];
      return name ? [name, chosen().told()].filter(Boolean).join(".") : range.told();
    },
    open(text) {
      const [name, ...rest] = (text ?? "turn.").split(".");
      if (name in named) {
        parts[named[name] - changes.length + 1].open(rest.join("."));
        kinds.selectedIndex = named[name];
      } else range.open(text ?? "turn.");
      show();
    },
  });
  show();
}
