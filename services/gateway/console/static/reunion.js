// The meeting: time walks, the ink line follows it down the agenda, and other screens follow moves nobody writes.
import { parse, rapprocher } from "./rapprocher.js";

const EVERY = 5000;
const byId = (id) => document.getElementById(id);
const running = () => byId("reunion")?.dataset.etat === "en_cours";
const pace = (seconds) => `${Math.floor(seconds / 60)}\u00a0min\u00a0${String(seconds % 60).padStart(2, "0")}`;

// What the page says was true when it came: seconds are added from there.
const anchors = new Map();
function since(element, name) {
  const said = element.dataset[name];
  const held = anchors.get(element);
  if (held?.said === said) return Number(said) + Math.floor((Date.now() - held.at) / 1000);
  anchors.set(element, { said, at: Date.now() });
  return Number(said);
}

function tick() {
  const clock = byId("decompte");
  if (!running() || !clock) return;
  const elapsed = since(clock, "ecoule");
  const left = Number(clock.dataset.prevu) - elapsed;
  byId("compte-reste").hidden = left < 0;
  byId("compte-depasse").hidden = left >= 0;
  const [minutes, seconds] = byId("compte-reste").querySelectorAll("b");
  if (left >= 0) {
    minutes.textContent = Math.floor(left / 60);
    seconds.textContent = String(left % 60).padStart(2, "0");
  } else byId("compte-depasse").firstElementChild.textContent = `dépassé de ${pace(-left)}`;
  for (const told of document.querySelectorAll("#reunion [data-secondes]")) {
    const words = told.textContent.trim();
    const fresh = words.replace(/^\d+\s*min\s*\d\d/, pace(since(told, "secondes")));
    if (fresh !== words) told.textContent = fresh;
  }
  line(elapsed);
}

// One line at the minute it is: inside the current item, the meeting is on time.
function line(elapsed) {
  const agenda = byId("agenda");
  const mark = byId("maintenant");
  let before = 0;
  let top = 0;
  for (const item of agenda.querySelectorAll("li[id^=sujet-]")) {
    const planned = Number(item.dataset.minutes) * 60;
    const within = Math.min(1, Math.max(0, (elapsed - before) / planned));
    if (within > 0 || before === 0) top = item.offsetTop + item.offsetHeight * within;
    before += planned;
  }
  mark.hidden = false;
  mark.style.top = `${Math.round(top)}px`;
  mark.firstElementChild.textContent = pace(elapsed);
}

// What is typed in a form that says so stays until it is written, whatever is read meanwhile on another item.
const kept = (form, field) => `tocsin:${form.dataset.garde}:${field.name}`;
const fields = (form) => form.querySelectorAll("input:not([type=hidden]),textarea");
function keep({ target }) {
  const form = target.closest?.("[data-garde]");
  if (!form || target.type === "hidden" || (target.type === "radio" && !target.checked)) return;
  sessionStorage.setItem(kept(form, target), target.value);
}
function restore() {
  for (const form of document.querySelectorAll("[data-garde]:not([data-rendu])")) {
    form.dataset.rendu = "1";
    for (const field of fields(form)) {
      const held = sessionStorage.getItem(kept(form, field));
      if (held === null || field.dataset.touche) continue;
      if (field.type === "radio") field.checked = field.value === held;
      else field.value = held;
      field.dataset.touche = "1";
    }
  }
}

async function follow() {
  const page = byId("reunion");
  if (!page || document.hidden || page.dataset.etat === "close") return;
  try {
    const answer = await fetch(location.href, { headers: { "x-fragment": "1" }, cache: "no-store" });
    if (!answer.ok || answer.redirected) return;
    const fresh = parse(await answer.text());
    const told = fresh.getElementById("reunion");
    if (!told) return;
    if (told.dataset.etat !== page.dataset.etat) return location.reload();
    for (const part of page.querySelectorAll("[data-vif]")) {
      const new_ = fresh.getElementById(part.id);
      if (new_) rapprocher(part, new_);
    }
    page.dataset.sujet = told.dataset.sujet;
  } catch { /* the state of the link says so already */ }
  turn();
}

function turn() {
  restore();
  tick();
}
document.addEventListener("input", keep);
document.addEventListener("change", keep);
document.addEventListener("keydown", (event) => {
  const form = event.key === "Enter" && (event.ctrlKey || event.metaKey) && event.target.closest?.("[data-ctrl-entree]");
  if (!form) return;
  event.preventDefault();
  form.requestSubmit();
});
turn();
setInterval(turn, 1000);
setInterval(follow, EVERY);
