// A plan chosen on this computer fills the text, so that it travels as one; on paper every folded part is open.
const show = () => document.getElementById("choix-fichier")?.removeAttribute("hidden");
show();
new MutationObserver(show).observe(document.body, { childList: true });

document.addEventListener("change", async ({ target }) => {
  if (!target.dataset?.vers || !target.files?.length) return;
  const told = document.getElementById("fichier-dit");
  const file = target.files[0];
  if (file.size > 200_000) return void (told.textContent = "Ce fichier dépasse 200 ko : ce n’est pas un plan.");
  const field = document.getElementById(target.dataset.vers);
  field.value = new TextDecoder("utf-8").decode(await file.arrayBuffer());
  field.dispatchEvent(new Event("input", { bubbles: true }));
  told.textContent = `${file.name} est dans le champ ; vérifiez-le.`;
});

let opened = [];
addEventListener("beforeprint", () => {
  opened = [...document.querySelectorAll("main details:not([open])")];
  for (const part of opened) part.open = true;
});
addEventListener("afterprint", () => opened.forEach((part) => (part.open = false)));
