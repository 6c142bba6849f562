() => {
  document.onkeydown = (event) => {
    if (event.key === "Escape" && document.body.classList.contains("lab-presenting"))
      document.querySelector("#app-present").click();
  };
}
