// While a drill plays, its page reads itself again every two seconds: its facts belong to another desk and are not pushed.
import { rapprocher } from "./rapprocher.js";

let reading = false;
setInterval(async () => {
  if (reading || document.hidden || !document.querySelector("[data-joue]")) return;
  reading = true;
  const here = location.href;
  try {
    const answer = await fetch(here, { headers: { "x-fragment": "1" }, cache: "no-store" });
    if (!answer.ok || answer.redirected || here !== location.href) return;
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
    if (!fresh.querySelector("[data-joue]")) {
      // It ended: the page is another one, unless somebody is filling a form.
      if (!document.querySelector("main form[aria-busy]")) document.getElementById("contenu").replaceWith(fresh.getElementById("contenu"));
      return;
    }
    for (const part of document.querySelectorAll("main [data-vif]")) {
      const found = fresh.getElementById(part.id);
      if (found) rapprocher(part, found);
    }
  } catch {
    // the state of the link says so already
  } finally {
    reading = false;
  }
}, 2000);
