"use strict";
// The grid: arrows move between items, digits and letters decide about the one in focus.
(() => {
  const cards = [...document.querySelectorAll("#cards > .card")];
  const current = () => cards.find((card) => card === document.activeElement) ?? cards.find((card) => card.contains(document.activeElement));
  const columns = () => cards.filter((card) => card.offsetTop === cards[0].offsetTop).length;

  function focus(card) {
    if (!card) return;
    for (const other of cards) other.tabIndex = -1;
    card.tabIndex = 0;
    card.focus();
  }

  function go(direction) {
    const at = cards.indexOf(current());
    if (at < 0) { focus(cards[0]); return; }
    const by = { left: -1, right: 1, up: -columns(), down: columns() }[direction];
    if (cards[at + by]) focus(cards[at + by]);
    else document.querySelector(by > 0 ? ".pager [rel=next]" : ".pager [rel=prev]")?.focus();
  }

  function mark(card, word, text) {
    card.dataset.done = word;
    const told = card.querySelector(".verdict-word");
    told.dataset.word = word;
    told.textContent = text;
  }

  function unmark(card) {
    delete card.dataset.done;
    mark(card, "", "");
    delete card.dataset.done;
  }

  async function decide(card, words, word, text) {
    mark(card, word, text);
    focus(cards[cards.indexOf(card) + 1] ?? card);
    const result = await Review.say(card, words);
    if (!result.ok) unmark(card);
  }

  function same(card, number) {
    const id = card.dataset.candidates.split(",")[number - 1];
    if (!id) { Review.toast(`There is no candidate ${number}.`); return; }
    decide(card, { [id]: "same" }, "same", number > 1 ? `Same picture (${number})` : "Same picture");
  }

  function none(card) {
    const ids = card.dataset.candidates.split(",").filter(Boolean);
    if (!ids.length) { Review.toast("There is no candidate to refuse."); return; }
    decide(card, Object.fromEntries(ids.map((id) => [id, "different"])), "different", "Not the same");
  }

  async function undo() {
    const href = await Review.undo();
    const card = cards.find((one) => one.dataset.href === href);
    if (!card) { if (href !== null) location.reload(); return; }
    unmark(card);
    focus(card);
  }

  function zoom(card) {
    Review.zoom.open(JSON.parse(card.dataset.zoom), { decide: press });
  }

  function press(event) {
    const direction = Review.directions[event.key];
    if (direction) { go(direction); return true; }
    const card = current() ?? cards[0];
    if (!card) return false;
    if (event.key === "u") { undo(); return true; }
    if (card.dataset.kind !== "item") return false;
    if (/^[1-9]$/.test(event.key)) same(card, Number(event.key));
    else if (event.key === "n") none(card);
    else if (event.key === "s") go("right");
    else if (event.key === "Enter") zoom(card);
    else return false;
    return true;
  }

  for (const row of Review.stored()) {
    const card = cards.find((one) => one.dataset.subject === row.subject);
    if (card) mark(card, row.word, row.word === "same" ? "Same picture" : "Not the same");
  }
  if (cards[0]) cards[0].tabIndex = 0;
  Review.layers.unshift({ isOpen: () => true, press });
})();
