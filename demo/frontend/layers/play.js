// Shows the layers one after another, from the pad to the answer.

import { onEscape } from "../shared/escape.js";

const PACE = 1600; // ms a layer

export function mountPlay(button, element) {
  const stations = [
    document.querySelector("#pad"),
    ...element.querySelectorAll("[data-layer]"),
    document.querySelector("#answer"),
  ];
  let at = -1;
  let timer = null;

  function show(number) {
    at = number < stations.length ? number : -1;
    document.body.classList.toggle("playing", at >= 0);
    stations.forEach((station, i) => station.classList.toggle("station", i === at));
    if (at >= 0) stations[at].scrollIntoView({ block: "nearest" });
    else stop();
  }

  function stop() {
    clearInterval(timer);
    timer = null;
    button.textContent = at < 0 ? "▶ Play the layers" : "▶ Go on";
  }

  button.addEventListener("click", () => {
    if (timer) return stop();
    show(at + 1);
    timer = setInterval(() => show(at + 1), PACE);
    button.textContent = "❚❚ Pause";
  });
  function end() {
    if (at < 0) return false;
    show(stations.length);
    return true;
  }
  onEscape("play", end);
  document.addEventListener("strokes", end); // who draws wants to see the drawing
}
