// What the link hides, and large type. Gradio runs this file as the body of a function when it has put the page
// together and before the browser paints it, so that nothing jumps; modes.js goes on from there.

const link = new URLSearchParams(location.hash.slice(1));
const hidden = (link.get("hide") ?? "").split(".").filter((name) => /^[a-z]+$/.test(name));
document.documentElement.classList.add(...hidden.map((name) => `hide-${name}`));
document.documentElement.classList.toggle("projector", link.has("projector"));
