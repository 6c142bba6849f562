(_tab, ...values) => [
  document.querySelector("#app-tabs > .tab-wrapper [role=tab][aria-selected=true]")?.dataset.tabId
    ?? "",
  ...values,
]
