// One stream for every tab of a territory: a browser opens six connections to a host, and a desk has more tabs.
// Runs in a SharedWorker; a page that has none imports Link and uses it directly.
const KEPT = 300;

export class Link {
  constructor(base, tell) {
    this.base = base;
    this.tell = tell;
    this.state = { etat: "attente", depuis: Date.now() };
    this.entries = [];
    this.zones = new Map();
    this.last = null;
  }

  // A tab says where its page stopped; it receives what came since, or that it must read its page again.
  attend(numero) {
    const replay = [];
    if (this.source && this.entries.length && numero < this.entries[0].numero - 1) replay.push({ type: "relire" });
    for (const entry of this.entries) if (entry.numero > numero) replay.push(entry);
    for (const zone of this.zones.values()) replay.push(zone);
    replay.push({ type: "etat", ...this.state });
    if (!this.source) {
      this.last = numero;
      this.open();
    }
    return replay;
  }

  open() {
    this.source = new EventSource(`${this.base}/flux?apres=${this.last}`);
    this.source.onopen = () => this.now("direct");
    this.source.onerror = () => {
      this.now("coupe");
      if (this.source.readyState === EventSource.CLOSED) this.again();
    };
    this.source.addEventListener("entry", (event) => {
      const entry = { type: "entree", numero: Number(event.lastEventId), ...JSON.parse(event.data) };
      if (this.last !== null && entry.numero <= this.last) return;
      this.last = entry.numero;
      this.entries.push(entry);
      if (this.entries.length > KEPT) this.entries.shift();
      this.tell(entry);
    });
    this.source.addEventListener("zone", (event) => {
      const zone = { type: "zone", ...JSON.parse(event.data) };
      this.zones.set(zone.zone, zone);
      this.tell(zone);
    });
    this.source.addEventListener("vivant", () => this.now("direct"));
  }

  // The server refused: signed out, or restarting behind a proxy. Ask which, then try again.
  again() {
    clearTimeout(this.timer);
    this.timer = setTimeout(async () => {
      try {
        const answer = await fetch(`${this.base}/vivant`, { redirect: "manual", cache: "no-store" });
        if (answer.status === 401 || answer.status === 403) this.now("session");
      } catch {
        this.now("coupe");
      }
      this.open();
    }, 2000);
  }

  now(etat) {
    if (etat === this.state.etat) return;
    this.state = { etat, depuis: Date.now() };
    this.tell({ type: "etat", ...this.state });
  }
}

if (typeof SharedWorkerGlobalScope !== "undefined" && self instanceof SharedWorkerGlobalScope) {
  const ports = new Set();
  let link = null;
  self.onconnect = (event) => {
    const port = event.ports[0];
    port.onmessage = ({ data }) => {
      if (data.type === "parti") return ports.delete(port);
      link ??= new Link(data.base, (message) => ports.forEach((one) => one.postMessage(message)));
      ports.add(port);
      for (const message of link.attend(data.numero)) port.postMessage(message);
    };
    port.start();
  };
}
