(place, _tab, ...values) => {
  const open = document.querySelector("#app-tabs > .tab-wrapper [role=tab][aria-selected=true]");
  const tab = open?.dataset.tabId ?? "";
  return [`${tab}#${place(tab)}`, ...values];
}
