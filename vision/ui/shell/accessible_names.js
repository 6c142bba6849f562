() => {
  const within = (place, wanted) =>
    [...(place.matches(wanted) ? [place] : []), ...place.querySelectorAll(wanted)];
  const name = (button) => {
    const picture = button.querySelector("img");
    if (!picture || button.textContent.trim()) return;
    const label = button.closest(".block")?.querySelector("[data-testid=block-label]");
    const file = picture.src.split("/").pop().split(".")[0];
    button.setAttribute("aria-label", label?.textContent.trim() || decodeURIComponent(file));
    button.dataset.named = "";
  };
  const mend = (place) => {
    within(place, "button:not([aria-label]), [data-named]").forEach(name);
    for (const blank of within(place, ".empty[aria-label]:not([role])"))
      blank.setAttribute("role", "img");
  };
  const changed = ({ target, addedNodes }) => {
    const block = target.closest(".block") ?? target.closest("button");
    return block ? [block] : [...addedNodes].filter((each) => each instanceof Element);
  };
  new MutationObserver((changes) => {
    for (const place of new Set(changes.flatMap(changed))) if (place.isConnected) mend(place);
  }).observe(document.body, { childList: true, subtree: true, attributeFilter: ["src"] });
  mend(document.body);
}
