"use strict";
// Rules and history: accept in bulk what was previewed, undo a batch, take in a file.
(() => {
  const main = document.getElementById("main");
  const tell = (result, words) => {
    if (result.ok) { sessionStorage.setItem("told", words); location.reload(); return; }
    Review.toast(`${result.told.error} ${result.told.hint}`, { bad: true, seconds: 20 });
  };

  document.getElementById("accept")?.addEventListener("click", async (event) => {
    event.currentTarget.disabled = true;
    const payload = { filter: JSON.parse(main.dataset.filter), rule: JSON.parse(main.dataset.rule), seen: main.dataset.stamp, batch: Review.newBatch() };
    const result = await Review.inTurn(() => Review.post("/api/accept", payload));
    tell(result, `Accepted: ${result.told.saved} decisions. They are listed below, and undone in one go.`);
  });

  document.addEventListener("click", async (event) => {
    const button = event.target.closest("[data-undo]");
    if (!button) return;
    button.disabled = true;
    const result = await Review.inTurn(() => Review.post("/api/undo", { batch: button.dataset.undo }));
    tell(result, `Undone: ${result.told.undone} decisions.`);
  });

  document.getElementById("import")?.addEventListener("change", async (event) => {
    const text = await event.target.files[0].text();
    const result = await Review.inTurn(() => Review.post("/api/import", { text }));
    tell(result, `Read ${result.told.read} decisions, ${result.told.new} of them new.`);
  });

  const told = sessionStorage.getItem("told");
  if (told) {
    sessionStorage.removeItem("told");
    Review.toast(told);
  }

  // Cards of the sample can be looked at closely; deciding is for the rule.
  for (const card of document.querySelectorAll("#cards > .card")) card.tabIndex = 0;
  Review.layers.unshift({
    isOpen: () => true,
    press(event) {
      const card = document.activeElement?.closest(".card");
      if (event.key !== "Enter" || !card) return false;
      Review.zoom.open(JSON.parse(card.dataset.zoom));
      return true;
    },
  });
})();
