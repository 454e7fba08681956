// What is typed stays on this phone until it is sent; nothing is sent by itself. The page works without this script.
const html = document.documentElement;
const DAY = 86400000;
const place = (form) => `tocsin:${html.dataset.page}:${form.dataset.brouillon}${form.dataset.duJour === undefined ? "" : `:${html.dataset.jour}`}`;
const store = (work) => {
  try { return work(localStorage); } catch { return null; } // private browsing, or no room: the page still works
};
const read = (form) => store((held) => JSON.parse(held.getItem(place(form)) || "null"));
const drop = (key) => store((held) => held.removeItem(key));
const fields = (form) => [...form.elements].filter((field) => field.name && field.type !== "hidden" && field.type !== "submit");

function keep(form, waiting) {
  const values = fields(form).map((field) => [field.name, field.value, /radio|checkbox/.test(field.type) ? field.checked : null]);
  const key = form.elements.cle?.value;
  store((held) => held.setItem(place(form), JSON.stringify({ at: Date.now(), values, waiting, key: waiting ? key : null })));
}
function restore(form) {
  const draft = read(form);
  if (!draft) return;
  if (Date.now() - draft.at > DAY) return drop(place(form));
  for (const [name, value, checked] of draft.values)
    for (const field of fields(form))
      if (field.name === name && (checked === null || field.value === value)) checked === null ? (field.value = value) : (field.checked = checked);
  if (!draft.waiting) return;
  if (draft.key && form.elements.cle) form.elements.cle.value = draft.key; // the same demand: done once, even if it had arrived
  const folded = form.closest("details");
  if (folded) folded.open = true;
  tell(form, "Gardé sur ce téléphone, pas encore envoyé.");
}
function tell(form, words) {
  let said = form.querySelector(".garde");
  if (!said) {
    said = form.appendChild(document.createElement("p"));
    said.className = "garde";
    said.setAttribute("role", "status");
  }
  said.textContent = words;
}

const drafts = () => document.querySelectorAll("form[data-brouillon]");
function start() {
  const here = new URL(location.href);
  const done = here.searchParams.get("fait");
  drafts().forEach((form) => (form.dataset.brouillon === done ? drop(place(form)) : document.getElementById("refus") || restore(form)));
  if (done) for (const day of ["", `:${html.dataset.jour}`]) drop(`tocsin:${html.dataset.page}:${done}${day}`);
  if (!here.searchParams.has("dit")) return;
  ["dit", "fait"].forEach((name) => here.searchParams.delete(name)); // said once, even when the page is read again
  history.replaceState({}, "", here.pathname + here.search);
}

document.addEventListener("input", ({ target }) => target.form?.dataset.brouillon && keep(target.form, false));
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.method !== "post") return;
  event.preventDefault();
  send(form, event.submitter);
});
async function send(form, button) {
  if (form.getAttribute("aria-busy")) return;
  form.setAttribute("aria-busy", "true");
  const data = new URLSearchParams(new FormData(form));
  if (button?.name) data.append(button.name, button.value);
  const kept = form.dataset.brouillon !== undefined;
  if (kept) keep(form, true);
  try {
    const answer = await fetch(button?.getAttribute("formaction") || form.action, { method: "POST", body: data, referrerPolicy: "no-referrer" });
    const text = await answer.text();
    show(text, answer.redirected ? answer.url : null, kept && answer.status < 500 ? place(form) : null);
  } catch {
    form.removeAttribute("aria-busy");
    tell(form, kept ? "Gardé sur ce téléphone, pas encore envoyé. Le réseau ne répond pas : appuyez de nouveau quand il revient." : "Pas envoyé : le réseau ne répond pas. Appuyez de nouveau quand il revient ; rien ne sera fait deux fois.");
  }
}
function show(text, url, key) {
  const fresh = new DOMParser().parseFromString(text, "text/html");
  const main = fresh.getElementById("contenu");
  if (!main) return location.reload();
  if (key) drop(key); // it has arrived: accepted, or refused with what was typed on the page
  document.title = fresh.title;
  document.getElementById("contenu").replaceWith(main);
  if (url) history.replaceState({}, "", url);
  start();
  const said = document.getElementById("refus") || document.getElementById("dit") || main;
  said.tabIndex = -1;
  said.focus({ preventScroll: true });
  scrollTo({ top: 0 });
}
addEventListener("online", () => drafts().forEach((form) => read(form)?.waiting && tell(form, "Gardé sur ce téléphone, pas encore envoyé. Le réseau est revenu : appuyez pour envoyer.")));
start();
