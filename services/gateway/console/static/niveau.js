// The preview follows the choice without leaving the page: what was typed stays, focus stays on the choice.
import { rapprocher } from "./rapprocher.js";

let asked = 0;
document.addEventListener("change", async ({ target }) => {
  const form = target.closest?.("#choix-niveau");
  if (!form || target.name !== "niveau") return;
  const turn = ++asked;
  const address = `${form.getAttribute("action")}?niveau=${encodeURIComponent(target.value)}`;
  try {
    const answer = await fetch(address, { headers: { "x-fragment": "1" }, cache: "no-store" });
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").getElementById("apercu");
    if (turn !== asked || !answer.ok || !fresh) return;
    for (const field of fresh.querySelectorAll("input[type=hidden]")) document.querySelector(`#decision-niveau [name=${field.name}]`)?.remove();
    rapprocher(document.getElementById("apercu"), fresh);
    history.replaceState({}, "", address);
  } catch {
    form.requestSubmit();
  }
});
