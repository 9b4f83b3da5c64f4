// What excites the map or the unit whose sum is open: the nine training digits that do it most, below the arithmetic.

import { isKnown, mountExciting } from "../shared/exciting.js";
import { focus, getChosen } from "../shared/focus.js";
import { TITLES } from "../shared/geometry.js";
import { register } from "../shared/view.js";
import { problem } from "./panel.js";

/** @param {Mounted} element */
export function mountExcites(element) {
  const button = element.querySelector("button");
  const [told, holder] = [element.querySelector("p"), element.querySelector(".nine")];
  const show = mountExciting(holder, problem(element, "excites"));
  let open = false; // and stays so from unit to unit

  function update() {
    const chosen = getChosen();
    element.hidden = !chosen || !isKnown(chosen.name);
    button.ariaExpanded = String(open);
    told.hidden = holder.hidden = !open;
    if (!chosen || element.hidden || !open) return;
    const name = `${TITLES[chosen.name]} ${chosen.unit.length === 1 ? "unit" : "map"} ${chosen.unit[0]}`;
    told.textContent = `The nine training digits that excite ${name} most, the most exciting first.`;
    show(chosen.name, chosen.unit[0], name);
  }

  button.addEventListener("click", () => {
    open = !open;
    update();
  });
  focus.addEventListener("chosen", update);
  register("excites", {
    told: () => (open && !element.hidden ? "" : null),
    open(text) {
      if (text) throw new RangeError(text);
      open = text !== null;
      update();
    },
  });
  update();
}
