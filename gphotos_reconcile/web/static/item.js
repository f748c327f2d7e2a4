"use strict";
// One item beside its candidates. The next ones are fetched ahead, so that deciding never waits.
(() => {
  const coming = new Map();
  const main = () => document.getElementById("main");
  const withPart = (href) => `${href}${href.includes("?") ? "&" : "?"}part=1`;

  function fetchPart(href) {
    if (!coming.has(href)) {
      const part = fetch(withPart(href)).then(async (answer) => {
        if (!answer.ok) throw new Error(String(answer.status));
        const found = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector("main");
        // Taken out before it comes into the page: a picture seen before would be loaded at once.
        for (const made of found.querySelectorAll("img[src]")) {
          if (made.closest("[hidden]")) continue;
          made.dataset.from = made.getAttribute("src");
          made.removeAttribute("src");
        }
        return found;
      });
      part.catch(() => coming.delete(href));
      coming.set(href, part);
    }
    return coming.get(href);
  }

  // The pictures on the stage first, then the small ones; all become blobs before they are shown.
  const pictures = (part) => [...part.querySelectorAll("img[data-from]")];

  // One item after the other: a browser opens six connections, and what is looked at needs some.
  let looking = 0;
  async function lookAhead() {
    if (!Review.isServer) return;
    const mine = (looking += 1);
    let href = main().dataset.next;
    for (let depth = 0; href && depth < 3 && mine === looking; depth += 1) {
      const part = await fetchPart(href).catch(() => null);
      if (!part) return;
      const wanted = pictures(part).map((made) => made.dataset.sharp ?? made.dataset.from);
      await Promise.allSettled(wanted.map((url) => Review.pictures.load(url, { ahead: true })));
      href = part.dataset.next;
    }
  }

  // Until the next item is on the screen, keys wait: none may act upon the one just left.
  let moving = false;
  let waiting = [];

  async function place(part, href, push) {
    const fresh = document.importNode(part, true);
    await Promise.all(pictures(fresh).map(async (made) => {
      const sharp = Review.pictures.arrived(made.dataset.sharp);
      const from = sharp ? made.dataset.sharp : made.dataset.from;
      if (sharp) delete made.dataset.sharp;
      const ready = Review.pictures.load(from).then((url) => { made.src = url; }, () => { made.src = from; });
      // What is ready is shown at once; what is not does not hold up the words.
      await Promise.race([ready, new Promise((done) => setTimeout(done, 40))]);
    }));
    if (push) history.pushState(null, "", href);
    main().replaceWith(fresh);
    document.title = `${fresh.dataset.name} · gphotos-reconcile`;
    dress();
    lookAhead();
  }

  async function go(href, { push = true } = {}) {
    if (!href) return;
    moving = true;
    if (!Review.isServer) { location.href = href; return; }
    try {
      const part = await fetchPart(href);
      coming.delete(href);
      await place(part, href, push);
    } catch {
      location.href = href;
      return;
    }
    moving = false;
    const keys = waiting;
    waiting = [];
    for (const key of keys) press({ key });
  }

  function onward() {
    const { next, back } = main().dataset;
    if (next) { go(next); return; }
    moving = true;
    Review.toast("That was the last one.");
    Review.inTurn(async () => undefined).then(() => { location.href = back; });
  }

  function sharpen() {
    for (const made of main().querySelectorAll(".pane:not([hidden]) img[data-sharp]")) Review.pictures.sharpen(made);
  }

  function candidates() { return main().dataset.candidates.split(",").filter(Boolean); }
  function shown() { return Number(main().querySelector(".pane.local:not([hidden])")?.dataset.number ?? 1); }

  function show(number) {
    if (number < 1 || number > candidates().length) return;
    for (const one of main().querySelectorAll("[data-number]")) {
      const own = Number(one.dataset.number);
      if (own) one.hidden = own !== number;
    }
    for (const button of main().querySelectorAll("[data-show]")) button.setAttribute("aria-pressed", String(Number(button.dataset.show) === number));
    sharpen();
    const key = main().querySelector("[data-act=same] kbd");
    if (key) key.textContent = String(number);
  }

  function same(number) {
    const id = candidates()[number - 1];
    if (!id) { Review.toast(`There is no candidate ${number}.`); return; }
    Review.say(main(), { [id]: "same" });
    onward();
  }

  function none() {
    const ids = candidates();
    if (!ids.length) { Review.toast("There is no candidate to refuse."); return; }
    Review.say(main(), Object.fromEntries(ids.map((id) => [id, "different"])));
    onward();
  }

  async function undo() {
    const href = await Review.undo();
    if (href === null) return;
    coming.clear();
    if (href && href.includes("item")) go(href);
    else location.reload();
  }

  function zoom() {
    Review.zoom.open(JSON.parse(main().dataset.zoom), { decide: press, other: shown() });
  }

  const acts = { same: () => same(shown()), different: none, skip: onward, undo, zoom };
  const keys = { n: none, s: onward, u: undo, Enter: zoom, "[": () => show(shown() - 1), "]": () => show(shown() + 1) };

  function press(event) {
    if (moving) {
      waiting.push(event.key);
      return true;
    }
    const direction = Review.directions[event.key];
    if (direction) {
      const { next, previous } = main().dataset;
      go(direction === "left" || direction === "up" ? previous : next);
    } else if (/^[1-9]$/.test(event.key)) same(Number(event.key));
    else if (keys[event.key]) keys[event.key]();
    else return false;
    return true;
  }

  function dress() {
    sharpen();
    for (const row of Review.stored()) {
      if (row.subject !== main().dataset.subject) continue;
      const number = JSON.parse(main().dataset.objects).indexOf(row.object) + 1;
      const box = main().querySelector(`.pane[data-number="${number}"] figcaption`);
      if (!box || box.querySelector(".chip")) continue;
      const chip = document.createElement("span");
      chip.className = `chip word-${row.word}`;
      chip.textContent = `you said: ${row.word}`;
      box.append(chip);
    }
  }

  document.addEventListener("click", (event) => {
    const act = event.target.closest("[data-act]");
    if (moving) return;
    if (act) { acts[act.dataset.act](); return; }
    const choice = event.target.closest("[data-show]");
    if (choice) { show(Number(choice.dataset.show)); return; }
    if (event.target.closest(".pane .frame img")) zoom();
  });
  addEventListener("popstate", () => go(location.pathname + location.search, { push: false }));
  Review.layers.unshift({ isOpen: () => true, press });
  dress();
  // Behind the pictures of this page, so that they are not held up.
  if (document.readyState === "complete") lookAhead();
  else addEventListener("load", lookAhead);
})();
