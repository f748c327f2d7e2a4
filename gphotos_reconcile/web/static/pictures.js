"use strict";
// Pictures: fetched ahead of need and kept as blobs; where there is none, it is said in words.
Review.pictures = (() => {
  const kept = new Map();
  const arrived = new Map();
  const limit = 60;

  function load(url, { ahead = false } = {}) {
    if (!Review.isServer) return Promise.resolve(url);
    const known = kept.get(url);
    if (known) {
      kept.delete(url);
      kept.set(url, known);
      return known;
    }
    const coming = fetch(ahead ? `${url}?ahead` : url).then(async (answer) => {
      if (!answer.ok) throw new Error((await answer.text()).trim());
      const blob = URL.createObjectURL(await answer.blob());
      arrived.set(url, blob);
      return blob;
    });
    coming.catch(() => kept.delete(url));
    kept.set(url, coming);
    while (kept.size > limit) {
      const [oldest, promise] = kept.entries().next().value;
      kept.delete(oldest);
      arrived.delete(oldest);
      promise.then((blob) => setTimeout(() => URL.revokeObjectURL(blob), 30000), () => undefined);
    }
    return coming;
  }

  // Put the sharp picture in the place of the small one, decoded before, so that nothing blinks.
  async function sharpen(image) {
    const { sharp } = image.dataset;
    if (!sharp) return;
    delete image.dataset.sharp;
    try {
      const url = await load(sharp);
      const better = image.cloneNode();
      better.removeAttribute("loading");
      better.src = url;
      await better.decode();
      image.replaceWith(better);
    } catch {
      // The small one stays; where there is none either, its own error says why.
    }
  }

  async function explain(image) {
    const words = document.createElement("p");
    words.className = "nothing";
    words.textContent = "No preview.";
    const url = image.dataset.from ?? image.getAttribute("src");
    image.replaceWith(words);
    if (!Review.isServer || !url || url.startsWith("blob:")) return;
    const answer = await fetch(url).catch(() => null);
    if (answer && !answer.ok) words.textContent = (await answer.text()).trim();
  }

  // Errors of pictures do not bubble, but they can be caught on the way down.
  document.addEventListener("error", (event) => {
    if (event.target instanceof HTMLImageElement && !event.target.closest("#zoom")) explain(event.target);
  }, true);
  // A copy of the list: explaining takes an image out of the page, and the list is alive.
  for (const image of [...document.images]) {
    if (image.complete && image.naturalWidth === 0 && image.getAttribute("src")) explain(image);
  }
  return { load, sharpen, arrived: (url) => arrived.get(url) };
})();
