// The compact view, for a frame in somebody's page: #view=compact. Gradio runs this file as the body of a
// function when it has put the page together and before the browser paints it, so that nothing jumps.

const look = () => {
  const view = new URLSearchParams(location.hash.slice(1)).get("view");
  document.documentElement.classList.toggle("compact", view === "compact");
};
addEventListener("hashchange", look);
look();
