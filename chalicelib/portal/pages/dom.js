// Elements from plain values. Texts become text nodes, never markup, whatever they hold.

export function h(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (name === "data") Object.assign(element.dataset, value);
    else if (name === "value") element.value = value;
    else element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

export const byId = (id) => document.getElementById(id);

/** Fill an element anew only when what it shows has changed, so that screen readers and focus are left in peace. */
export function show(element, signature, make) {
  const text = JSON.stringify(signature);
  if (element.shown === text) return;
  element.shown = text;
  element.replaceChildren(...[make()].flat().filter(Boolean));
}
