// The page's own tools, right of its title: examples, save, link.

import { mountExamples } from "./examples.js";
import { mountLink } from "./link.js";
import { mountSave } from "./save.js";
import { mountSession } from "./session.js";

export function mount(element) {
  const told = element.querySelector("#told");
  let timer = null;

  // Says a sentence for some seconds, to eyes and ears.
  function tell(sentence) {
    told.textContent = sentence;
    told.showPopover();
    clearTimeout(timer);
    timer = setTimeout(() => told.hidePopover(), 5_000);
  }

  // Menus open below their buttons, inside the window.
  for (const button of element.querySelectorAll("[popovertarget]")) {
    const menu = element.querySelector(`#${button.getAttribute("popovertarget")}`);
    menu.addEventListener("toggle", ({ newState }) => {
      if (newState !== "open") return;
      const { bottom, right } = button.getBoundingClientRect();
      menu.style.top = `${bottom + 6}px`;
      menu.style.left = `${Math.max(8, Math.min(right, innerWidth - 8) - menu.offsetWidth)}px`;
    });
  }

  mountExamples(element.querySelector("#examples"));
  mountSave(element.querySelector("#save"), tell);
  const linked = mountLink(element.querySelector("[data-do=link]"), tell);
  mountSession(linked);
}
