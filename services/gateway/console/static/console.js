// Keeps a page fresh: the clock, the stream, forms sent without leaving the page. Without it every page still works.
import { Link } from "./flux.js";
import { parse, rapprocher } from "./rapprocher.js";

const html = document.documentElement;
const base = html.dataset.base;
const byId = (id) => document.getElementById(id);
let numero = Number(html.dataset.numero || 0);
const pad = (n) => String(n).padStart(2, "0");
const hour = (at) => `${at.getHours()}\u00a0h\u00a0${pad(at.getMinutes())}`;

// The desk's clock, not the laptop's: the page brings the desk's hour, the script makes it walk.
const clock = byId("horloge");
const drift = clock ? new Date(clock.dateTime) - Date.now() : 0;
const desk = () => new Date(Date.now() + drift);
const zoneMinutes = clock ? offsetOf(clock.dateTime) : 0;
function offsetOf(text) {
  const found = /([+-])(\d\d):(\d\d)$/.exec(text);
  return found ? (found[1] === "-" ? -1 : 1) * (Number(found[2]) * 60 + Number(found[3])) : 0;
}
const onDesk = (at) => new Date(at.getTime() + (zoneMinutes + at.getTimezoneOffset()) * 60000);
function tick() {
  if (clock && html.dataset.heure !== "jouee") clock.textContent = hour(onDesk(desk()));
  const real = byId("heure-reelle");
  if (real) {
    real.hidden = false;
    real.textContent = `Heure réelle : ${new Date().toLocaleString("fr-FR", { weekday: "short", day: "numeric", month: "long", hour: "numeric", minute: "2-digit" })}.`;
  }
}
tick();
setInterval(tick, 5000);

// Live link
function state({ etat, depuis }) {
  const at = hour(onDesk(new Date(depuis + drift)));
  const told = byId("etat");
  if (!told) return;
  const cut = { coupe: `Hors ligne depuis ${at}. Ce qui suit date de ${at}.`, session: "Session finie. Reconnectez-vous." }[etat];
  told.replaceChildren();
  if (!cut) return void (told.textContent = etat === "direct" ? "En direct" : "");
  const flag = told.appendChild(document.createElement("strong"));
  flag.className = "drapeau";
  flag.textContent = cut;
}

function entry({ numero: number, html: body, kind, fact }) {
  if (number <= numero) return;
  numero = number;
  const list = byId("flux");
  if (list && !list.dataset.filtre) {
    const item = parse(body).firstElementChild;
    if (item && !byId(item.id)) {
      item.classList.add("neuf");
      list.prepend(item);
      while (list.children.length > Number(list.dataset.lignes || 40)) list.lastElementChild.remove();
    }
  } else if (list) {
    const more = byId("nouvelles");
    if (more) more.hidden = false;
  }
  if (kind === "niveau") announce(parse(body).textContent.trim().replace(/\s+/g, " "));
  const page = document.querySelector("[data-suit]");
  if (page && (page.dataset.suit === "*" || page.dataset.suit.split(" ").includes(kind))) soon(refresh);
  document.dispatchEvent(new CustomEvent("tocsin:entree", { detail: { number, kind, fact } }));
}

function zone({ zone: name, numero: number, html: body }) {
  const held = byId(`zone-${name}`);
  if (!held || Number(held.dataset.numero || html.dataset.numero) > number) return;
  held.dataset.numero = number;
  const fresh = held.cloneNode(false);
  fresh.append(parse(body));
  rapprocher(held, fresh);
  current();
}

// A pushed bar knows nothing of this page: mark the tab again.
function current() {
  document.querySelectorAll("#zone-onglets a").forEach((link) => {
    if (link.getAttribute("href") === `${base}/${html.dataset.page}`) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  });
}

function announce(words) {
  const told = byId("annonce");
  if (told) told.textContent = words;
}

// Pages other than the situation read themselves again, at most once every two seconds, when a fact concerns them.
let waiting = null;
let readAt = 0;
function soon(work) {
  if (waiting) return;
  waiting = setTimeout(() => ((waiting = null), (readAt = Date.now()), work()), Math.max(150 + Math.random() * 250, readAt + 2000 - Date.now()));
}
async function refresh() {
  if (document.hidden) return document.addEventListener("visibilitychange", () => soon(refresh), { once: true });
  try {
    const answer = await fetch(location.href, { headers: { "x-fragment": "1" }, cache: "no-store" });
    if (answer.ok && !answer.redirected) put(await answer.text());
  } catch { /* the state of the link says so already */ }
}
function put(text, whole = false) {
  const fresh = new DOMParser().parseFromString(text, "text/html");
  const target = fresh.getElementById("contenu");
  if (!target) return location.reload();
  if (whole) {
    document.title = fresh.title;
    byId("contenu").replaceWith(target);
    html.dataset.page = fresh.documentElement.dataset.page;
  } else {
    document.querySelectorAll("[data-vif]").forEach((part) => {
      const new_ = fresh.getElementById(part.id);
      if (new_) rapprocher(part, new_);
    });
  }
  for (const id of ["zone-barre", "zone-onglets"]) if (byId(id) && fresh.getElementById(id)) rapprocher(byId(id), fresh.getElementById(id));
  current();
}

function listen() {
  const receive = (message) => ({ entree: entry, zone, etat: state, relire: refresh })[message.type](message);
  try {
    const worker = new SharedWorker(new URL("./flux.js", import.meta.url), { type: "module", name: base });
    worker.port.onmessage = ({ data }) => receive(data);
    worker.onerror = () => direct(receive);
    worker.port.postMessage({ base, numero });
    addEventListener("pagehide", () => worker.port.postMessage({ type: "parti" }));
    addEventListener("pageshow", ({ persisted }) => persisted && worker.port.postMessage({ base, numero }));
  } catch {
    direct(receive);
  }
}
function direct(receive) {
  const link = new Link(base, receive);
  link.attend(numero).forEach(receive);
}
if (byId("etat")) listen();

// Forms: a key so that a demand sent twice is done once; sent without leaving the page, so that the stream and the place stay.
document.addEventListener("input", ({ target }) => target.dataset && (target.dataset.touche = "1"));
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.method !== "post") return;
  const key = form.querySelector("[name=cle]");
  if (key && !key.value) key.value = crypto.randomUUID();
  if (form.dataset.entier !== undefined || event.defaultPrevented) return;
  event.preventDefault();
  send(form, event.submitter);
});
async function send(form, button) {
  if (form.getAttribute("aria-busy")) return;
  form.setAttribute("aria-busy", "true");
  const data = new URLSearchParams(new FormData(form));
  if (button?.name) data.append(button.name, button.value);
  try {
    const answer = await fetch(button?.getAttribute("formaction") || form.action, { method: "POST", body: data, headers: { "x-fragment": "form" } });
    if (!/text\/html/.test(answer.headers.get("content-type") || "")) return location.assign(answer.url);
    const text = await answer.text();
    if (answer.redirected && new URL(answer.url).pathname !== location.pathname) history.pushState({}, "", answer.url);
    shown = address();
    put(text, true);
    form.querySelectorAll("[data-touche]").forEach((field) => delete field.dataset.touche);
    (byId("refus") || byId("dit") || byId("contenu")).focus({ preventScroll: false });
    scrollTo({ top: 0 });
  } catch {
    form.removeAttribute("aria-busy");
    unknown(form);
  }
}
function unknown(form) {
  let told = form.querySelector(".refus");
  if (!told) {
    told = form.appendChild(document.createElement("p"));
    told.className = "refus";
    told.setAttribute("role", "alert");
  }
  told.textContent = "Issue inconnue. Renvoyez : si c’est déjà écrit, ce ne le sera pas deux fois.";
}
// Back to another page of ours reads it; a link to a part of this page only moves there.
const address = () => location.pathname + location.search;
let shown = address();
addEventListener("popstate", () => address() !== shown && location.reload());

// Copy a text to paste elsewhere; the text itself is selectable without this.
document.addEventListener("click", async ({ target }) => {
  const button = target.closest?.("[data-copie]");
  if (!button) return;
  const source = byId(button.dataset.copie);
  try {
    await navigator.clipboard.writeText(source.value ?? source.textContent.trim());
    button.textContent = "Copié";
  } catch {
    getSelection().selectAllChildren(source);
  }
});
// Pages that bring their own script name it.
for (const name of (document.querySelector("[data-script]")?.dataset.script || "").split(" ")) if (name) import(`./${name}.js`);
