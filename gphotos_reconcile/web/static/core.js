"use strict";
// What every page needs: saying a word to the server (or to this browser's own store), undo, keys.
const Review = (() => {
  const body = document.body;
  const isServer = body.dataset.mode === "server";
  const csrf = document.querySelector("meta[name=csrf]")?.content ?? "";
  const saving = document.getElementById("saving");
  const toasts = document.getElementById("toasts");
  let pending = 0;
  let chain = Promise.resolve();

  const wait = (ms) => new Promise((done) => setTimeout(done, ms));
  const newBatch = () =>
    Array.from(crypto.getRandomValues(new Uint8Array(16)), (n) => n.toString(16).padStart(2, "0")).join("");

  function toast(text, { bad = false, link = null, seconds = 5 } = {}) {
    const box = document.createElement("div");
    box.className = bad ? "toast bad" : "toast";
    const words = document.createElement("span");
    words.textContent = text;
    box.append(words);
    if (link) {
      const a = document.createElement("a");
      a.href = link.href;
      a.textContent = link.text;
      box.append(a);
    }
    toasts.replaceChildren(box);
    setTimeout(() => box.remove(), seconds * 1000);
  }

  function showPending() {
    saving.dataset.state = pending ? "wait" : "";
    saving.textContent = pending ? "Saving…" : "Saved";
  }

  // Asked again with the same batch until there is an answer: the server counts a batch once.
  async function post(path, payload) {
    for (let tries = 0; ; tries += 1) {
      let answer = null;
      try {
        answer = await fetch(path, {
          method: "POST",
          headers: { "Content-Type": "application/json", "X-CSRF-Token": csrf },
          body: JSON.stringify(payload),
        });
      } catch (error) {
        if (tries >= 20) return { ok: false, status: 0, told: { error: "The review has ended.", hint: "Start it again; this was not saved." } };
      }
      if (answer && answer.status !== 503) {
        const told = await answer.json().catch(() => ({ error: "This was refused.", hint: "Reload the page." }));
        return { ok: answer.ok, status: answer.status, told };
      }
      if (tries >= 20) return { ok: false, status: 503, told: { error: "The catalogue stays busy.", hint: "This was not saved." } };
      await wait(Math.min(3000, 150 * (tries + 1)));
    }
  }

  // One after the other, in the order they were said; `make` runs when its turn has come.
  function inTurn(make) {
    pending += 1;
    showPending();
    const result = chain.then(make).finally(() => {
      pending -= 1;
      showPending();
    });
    chain = result.catch(() => undefined);
    return result;
  }

  addEventListener("beforeunload", (event) => {
    if (pending) event.preventDefault();
  });

  // What this tab said, for undo: batch and the page it was said on.
  const spoken = {
    read: () => JSON.parse(sessionStorage.getItem("spoken") ?? "[]"),
    push(entry) { sessionStorage.setItem("spoken", JSON.stringify([...this.read(), entry].slice(-500))); },
    pop() {
      const all = this.read();
      const last = all.pop();
      sessionStorage.setItem("spoken", JSON.stringify(all));
      return last;
    },
  };

  const store = isServer ? null : {
    key: `gphotos-reconcile decisions ${body.dataset.store}`,
    read() { return JSON.parse(localStorage.getItem(this.key) ?? "[]"); },
    write(rows) { localStorage.setItem(this.key, JSON.stringify(rows)); },
  };

  function keepHere(element, words, batch) {
    const ids = element.dataset.candidates.split(",");
    const objects = JSON.parse(element.dataset.objects);
    const names = JSON.parse(element.dataset.names);
    const subjects = element.dataset.subjects ? JSON.parse(element.dataset.subjects) : null;
    const rows = Object.entries(words).map(([id, word], number) => {
      const place = ids.indexOf(id);
      return {
        uid: `${batch}.${number}`, decided_at: new Date().toISOString(), scope: subjects ? "group" : "pair",
        subject: subjects ? subjects[place] : element.dataset.subject, object: objects[place], word, batch, note: "",
        subject_name: subjects ? names[place] : element.dataset.name, object_name: names[place], undone_at: null,
      };
    });
    store.write([...store.read(), ...rows]);
    return { ok: true, told: { version: "" } };
  }

  // Say words about the candidates of an item, or the members of a group; answers when saved.
  function say(element, words) {
    const batch = newBatch();
    const href = element.dataset.here || element.dataset.href;
    spoken.push({ batch, href });
    return inTurn(async () => {
      if (!isServer) return keepHere(element, words, batch);
      const { item, group, side, seen } = element.dataset;
      const result = group
        ? await post("/api/say-group", { side, group: Number(group), words, batch, seen })
        : await post("/api/say", { item: Number(item), words, batch, seen });
      if (result.ok) {
        element.dataset.seen = result.told.version;
      } else {
        toast(`${result.told.error} ${result.told.hint}`, { bad: true, seconds: 20, link: { href, text: "Look" } });
      }
      return result;
    });
  }

  // Undo what this tab said last (or, if nothing, the newest decision of all); tells where that was.
  async function undo() {
    const last = spoken.pop();
    const result = await inTurn(async () => {
      if (isServer) {
        const answer = await post("/api/undo", { batch: last?.batch ?? "" });
        // Before the next word has its turn: it has to name the version that the undo gave.
        for (const shown of answer.ok ? document.querySelectorAll("[data-subject]") : []) {
          shown.dataset.seen = answer.told.versions[shown.dataset.subject] ?? shown.dataset.seen;
        }
        return answer;
      }
      const rows = store.read();
      const batch = last?.batch ?? rows.at(-1)?.batch;
      if (!batch) return { ok: false, told: { error: "Nothing is left to undo.", hint: "" } };
      store.write(rows.filter((row) => row.batch !== batch));
      return { ok: true, told: {} };
    });
    toast(result.ok ? "Undone." : `${result.told.error} ${result.told.hint}`, { bad: !result.ok });
    return result.ok ? last?.href ?? "" : null;
  }

  // Keys go to the topmost open layer only: the zoom, then the page.
  const layers = [];
  const typing = (target) => target.closest("input:not([type=range]), select, textarea, [contenteditable]");
  addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
    if (typing(event.target)) return;
    if (document.getElementById("keys").open) return;
    if (event.key === "?") {
      event.preventDefault();
      document.getElementById("keys").showModal();
      return;
    }
    const onButton = event.target.closest("button, a[href], video, summary");
    if (onButton && (event.key === "Enter" || event.key === " ")) return;
    const layer = layers.findLast((one) => one.isOpen());
    if (layer?.press(event)) event.preventDefault();
  });

  document.querySelector(".bar [aria-current]")?.scrollIntoView({ block: "nearest", inline: "center" });
  document.getElementById("show-keys")?.addEventListener("click", () => document.getElementById("keys").showModal());
  document.getElementById("download")?.addEventListener("click", () => {
    const text = JSON.stringify({ format: "gphotos-reconcile decisions", version: 1, decisions: store.read() }, null, 1);
    const a = document.createElement("a");
    a.href = URL.createObjectURL(new Blob([text], { type: "application/json" }));
    a.download = "decisions.json";
    a.click();
  });

  const directions = { ArrowLeft: "left", h: "left", ArrowRight: "right", l: "right", ArrowUp: "up", k: "up", ArrowDown: "down", j: "down" };
  return { isServer, say, undo, post, inTurn, newBatch, toast, layers, directions, stored: () => store?.read() ?? [] };
})();
