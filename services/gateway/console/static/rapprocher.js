// Brings a part of the page to its new state by touching only what differs: focus, typing and reading stay where they are.
const keyOf = (node) => (node.nodeType === 1 && (node.id || node.getAttribute("name"))) || null;

function attributes(old, fresh) {
  for (const { name } of [...old.attributes]) if (!fresh.hasAttribute(name) && name !== "open") old.removeAttribute(name);
  for (const { name, value } of fresh.attributes) if (old.getAttribute(name) !== value) old.setAttribute(name, value);
}

// A field someone has touched, a folded part someone has opened and what says data-keep are theirs.
const theirs = (node) =>
  node.nodeType === 1 &&
  (node.hasAttribute("data-keep") ||
    (/^(INPUT|TEXTAREA|SELECT)$/.test(node.tagName) && (node.type === "hidden" || node === document.activeElement || node.dataset.touche)));

export function rapprocher(old, fresh) {
  if (old.isEqualNode(fresh)) return old;
  if (theirs(old)) return old;
  if (old.nodeType !== fresh.nodeType || old.nodeName !== fresh.nodeName) {
    old.replaceWith(fresh);
    return fresh;
  }
  if (old.nodeType !== 1) {
    old.nodeValue = fresh.nodeValue;
    return old;
  }
  attributes(old, fresh);
  const known = new Map();
  for (const child of old.childNodes) if (keyOf(child)) known.set(keyOf(child), child);
  let place = old.firstChild;
  for (const child of [...fresh.childNodes]) {
    const key = keyOf(child);
    const same = key ? known.get(key) : place && !keyOf(place) && place.nodeName === child.nodeName ? place : null;
    if (!same) {
      old.insertBefore(child, place);
      continue;
    }
    if (same === place) place = place.nextSibling;
    else old.insertBefore(same, place);
    if (key) known.delete(key);
    rapprocher(same, child);
  }
  while (place) {
    const next = place.nextSibling;
    if (!(place.nodeType === 1 && place.contains(document.activeElement) && place.contains(document.activeElement.form))) place.remove();
    place = next;
  }
  return old;
}

export function parse(html) {
  const holder = document.createElement("template");
  holder.innerHTML = html;
  return holder.content;
}
