// The page's own tools, right of its title: examples, save, link.

import { mountExamples } from "./examples.js";
import { mountLink } from "./link.js";
import { mountSave } from "./save.js";
import { mountSession } from "./session.js";
import { mountTabs } from "../shared/tabs.js";

/** @param {Mounted} element */
export function mount(element) {
  const told = element.querySelector("#told");
  const spoken = element.querySelector("[aria-live]"); // always there: one that appears is not read out
  /** @type {number | undefined} */
  let timer;

  // Says a sentence for some seconds, to eyes and ears.
  /** @type {Tell} */
  function tell(sentence) {
    told.textContent = spoken.textContent = sentence;
    told.showPopover();
    clearTimeout(timer);
    timer = setTimeout(() => {
      told.hidePopover();
      spoken.textContent = ""; // so that the same sentence can be said again
    }, 5_000);
  }

  // Menus open below their buttons, inside the window.
  for (const button of element.querySelectorAll("[data-menu]")) {
    const menu = element.querySelector(`#${button.dataset.menu}`);
    const place = () => {
      const { bottom, right } = button.getBoundingClientRect();
      menu.style.top = `${bottom + 6}px`;
      menu.style.left = `${Math.max(8, Math.min(right, innerWidth - 8) - menu.offsetWidth)}px`;
    };
    menu.addEventListener("toggle", ({ newState }) => newState === "open" && place());
    if (menu.matches(":popover-open")) place(); // opened before this script was there
  }

  mountTabs(element.querySelector("[role=tablist]"));
  mountExamples(element.querySelector("#examples"));
  mountSave(element.querySelector("#save"), tell);
  const linked = mountLink(
    element.querySelector("[data-menu=link]"),
    element.querySelector("#link"),
    element.querySelector(".whole"),
    tell,
  );
  mountSession(linked);
}
