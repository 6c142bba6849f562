(milliseconds) => {
  if (window.labTold) return;
  window.labTold = true;
  const tell = (sentence) => {
    document.querySelector(".lab-told")?.remove();
    const told = document.createElement("div");
    told.className = "lab-told";
    told.setAttribute("role", "alert");
    told.textContent = sentence;
    told.addEventListener("mousedown", (event) => event.preventDefault());  // the focus stays
    told.addEventListener("click", () => told.remove());
    document.querySelector(".gradio-container").append(told);
    setTimeout(() => told.remove(), milliseconds);
  };
  const fetched = window.fetch;
  window.fetch = async (...asked) => {
    const answer = await fetched(...asked);
    const address = String(asked[0].url ?? asked[0]);
    if (answer.status === 500 && address.includes("/run/"))
      answer.clone().json().then(({error, visible}) => error && visible && tell(error));
    return answer;
  };
}
