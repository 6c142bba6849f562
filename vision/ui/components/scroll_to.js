(id, block) => {  // to `block` of the screen; without one, no farther than it takes to see it
  const reveal = (place) => {  // its step, if another one is open
    const step = place?.closest("[class*=lab-step-]"), item = step?.closest(".tabitem");
    const name = step?.className.match(/lab-step-(\w+)/)[1];
    const part = step?.querySelector(":scope > .tabs > .tab-wrapper [role=tab][aria-selected=true]");
    const known = JSON.parse(item?.querySelector("[data-steps]").dataset.steps ?? "{}");
    item?.querySelector(`.lab-steps input[value=${known[part?.dataset.tabId] ?? name}]`)?.click();
  };
  const aim = (place) => block ?? (place.offsetHeight > innerHeight ? "start" : "nearest");
  let theirs = false;  // whether the visitor has begun to scroll
  for (const kind of ["wheel", "touchmove", "keydown", "pointerdown"])
    addEventListener(kind, () => { theirs = true; }, { once: true, passive: true });
  const settle = (place, left) => {  // what opens or grows meanwhile may have moved it
    const { top, bottom } = place.getBoundingClientRect();
    if (theirs || !left) return;
    if (!block || bottom <= 0 || top >= innerHeight) place.scrollIntoView({ block: aim(place) });
    setTimeout(settle, 500, place, left - 1);
  };
  const find = (left) => {
    const place = document.getElementById(id);
    if (!place?.offsetParent) {
      if (left === 25) reveal(place);
      if (left) setTimeout(find, 100, left - 1);
      return;
    }
    const { top, bottom } = place.getBoundingClientRect();
    if (block || top < 0 || bottom > innerHeight)
      place.scrollIntoView({ block: aim(place) });
    setTimeout(settle, 800, place, 4);
  };
  find(30);
}
