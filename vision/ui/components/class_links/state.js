() => {
  window.onhashchange = () => location.reload();
  return [location.hash.includes("=") ? location.hash.slice(1) : ""];
}
