"use strict";
// Groups of duplicates, as a list of cards or one with all its copies.
(() => {
  const main = document.getElementById("main");
  const single = main.dataset.kind === "group" ? main : null;
  const cards = [...document.querySelectorAll("#cards > .card")];
  const copies = [...document.querySelectorAll(".copy")];

  const ids = (element) => element.dataset.candidates.split(",").filter(Boolean);
  const focused = (list) => list.find((one) => one.contains(document.activeElement));
  const columns = (list) => list.filter((one) => one.offsetTop === list[0].offsetTop).length;

  function focus(one, list) {
    if (!one) return;
    for (const other of list) other.tabIndex = -1;
    one.tabIndex = 0;
    one.focus();
  }

  function paint(words) {
    for (const copy of copies) {
      const word = words[copy.dataset.item];
      if (!word) continue;
      copy.dataset.word = word;
      for (const button of copy.querySelectorAll(".choice button")) button.setAttribute("aria-pressed", String(button.dataset.word === word));
    }
  }

  function mark(card, text) {
    card.dataset.done = text ? "yes" : "";
    if (!text) delete card.dataset.done;
    const told = card.querySelector(".verdict-word");
    told.dataset.word = text ? "keep" : "";
    told.textContent = text;
  }

  async function say(element, words, text) {
    const before = Object.fromEntries(copies.map((copy) => [copy.dataset.item, copy.dataset.word]));
    const left = ids(element).filter((id) => (words[id] ?? before[id]) !== "not_needed");
    if (!left.length) { Review.toast("At least one copy is always kept.", { bad: true }); return; }
    if (single) paint(words); else { mark(element, text); focus(cards[cards.indexOf(element) + 1] ?? element, cards); }
    const result = await Review.say(element, words);
    if (result.ok) return;
    if (single) paint(before); else mark(element, "");
  }

  function keepOnly(element, number) {
    const all = ids(element);
    if (!all[number - 1]) { Review.toast(`There is no copy ${number}.`); return; }
    say(element, Object.fromEntries(all.map((id, at) => [id, at === number - 1 ? "keep" : "not_needed"])), `Keep copy ${number}`);
  }

  function keepAll(element) {
    say(element, Object.fromEntries(ids(element).map((id) => [id, "keep"])), "Keep all");
  }

  function swap(copy) {
    if (copy) say(single, { [copy.dataset.item]: copy.dataset.word === "not_needed" ? "keep" : "not_needed" }, "");
  }

  async function undo() {
    const href = await Review.undo();
    if (href === null) return;
    if (href && single && href !== single.dataset.here) location.href = href;
    else location.reload();
  }

  function zoom(element) {
    Review.zoom.open(JSON.parse(element.dataset.zoom), { decide: press });
  }

  function move(direction) {
    if (single) {
      const { next, previous } = single.dataset;
      if (direction === "left" || direction === "right") {
        const href = direction === "left" ? previous : next;
        if (href) location.href = href;
        return;
      }
      const at = copies.indexOf(focused(copies));
      focus(copies[at + (direction === "up" ? -1 : 1)] ?? copies[at < 0 ? 0 : at], copies);
      return;
    }
    const at = cards.indexOf(focused(cards));
    if (at < 0) { focus(cards[0], cards); return; }
    const by = { left: -1, right: 1, up: -columns(cards), down: columns(cards) }[direction];
    focus(cards[at + by], cards);
  }

  function skip() {
    if (!single) { move("right"); return; }
    location.href = single.dataset.next || single.dataset.back;
  }

  function press(event) {
    const direction = Review.directions[event.key];
    if (direction) { move(direction); return true; }
    const element = single ?? focused(cards) ?? cards[0];
    if (!element) return false;
    if (/^[1-9]$/.test(event.key)) keepOnly(element, Number(event.key));
    else if (event.key === "a") keepAll(element);
    else if (event.key === "x" && single) swap(focused(copies) ?? copies[0]);
    else if (event.key === "s") skip();
    else if (event.key === "u") undo();
    else if (event.key === "Enter") zoom(element);
    else return false;
    return true;
  }

  document.addEventListener("click", (event) => {
    const act = event.target.closest("[data-act]")?.dataset.act;
    if (act) ({ all: () => keepAll(single), skip, undo, zoom: () => zoom(single) })[act]();
    const choice = event.target.closest(".choice button");
    if (choice) say(single, { [choice.closest(".copy").dataset.item]: choice.dataset.word }, "");
    if (event.target.closest(".copy .frame img")) zoom(single);
  });

  for (const row of Review.stored()) {
    const element = [single, ...cards].find((one) => one && JSON.parse(one.dataset.objects).includes(row.object));
    if (element === single && single) paint({ [ids(single)[JSON.parse(single.dataset.objects).indexOf(row.object)]]: row.word });
    else if (element) mark(element, "Decided");
  }
  for (const made of document.querySelectorAll(".copy img[data-sharp]")) Review.pictures.sharpen(made);
  if (cards[0]) cards[0].tabIndex = 0;
  if (copies[0]) copies[0].tabIndex = 0;
  Review.layers.unshift({ isOpen: () => true, press });
})();
