// In a drill the hour runs faster than the browser's: the screen asks the desk for it.
const base = document.documentElement.dataset.base;

setInterval(async () => {
  if (document.hidden) return;
  try {
    const answer = await fetch(`${base}/heure`, { cache: "no-store" });
    if (!answer.ok || answer.redirected) return;
    const { at, hour, day } = await answer.json();
    const clock = document.getElementById("horloge");
    clock.dateTime = at;
    clock.textContent = hour;
    document.getElementById("jour-du-poste").textContent = day;
  } catch {
    // the state of the link says so already
  }
}, 2000);
